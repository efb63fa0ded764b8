#include "memory/os/virtual_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cassert>
#include <cstdint>

namespace lindvm {
namespace {

constexpr int k_reserve_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;

struct PageSpan {
  void* begin;
  size_t bytes;
};

PageSpan page_span(std::byte* base, size_t offset, size_t bytes) {
  size_t mask = host_page_size() - 1;
  size_t first = offset & ~mask;
  size_t last = (offset + bytes + mask) & ~mask;
  return {base + first, last - first};
}

/// Below this the calls cost what they spare.
constexpr size_t k_min_expected = size_t{128} << 10;
constexpr size_t k_huge_page = size_t{2} << 20;

}  // namespace

void expect_filling(void* begin, size_t bytes) {
  if (bytes < k_min_expected) return;
  size_t mask = host_page_size() - 1;
  auto first = (reinterpret_cast<uintptr_t>(begin) + mask) & ~mask;
  auto last = (reinterpret_cast<uintptr_t>(begin) + bytes) & ~mask;
  auto* range = reinterpret_cast<void*>(first);
  if (bytes >= 2 * k_huge_page) madvise(range, last - first, MADV_HUGEPAGE);
  madvise(range, last - first, MADV_POPULATE_WRITE);
}

size_t host_page_size() {
  static const size_t size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::optional<Reservation> Reservation::reserve(size_t bytes) {
  size_t mask = host_page_size() - 1;
  size_t size = (bytes + mask) & ~mask;
  void* base = mmap(nullptr, size, PROT_NONE, k_reserve_flags, -1, 0);
  if (base == MAP_FAILED) return std::nullopt;
  return Reservation(static_cast<std::byte*>(base), size);
}

Reservation::~Reservation() {
  if (base_) munmap(base_, size_);
}

bool Reservation::commit(size_t offset, size_t bytes) {
  PageSpan span = page_span(base_, offset, bytes);
  assert(offset + bytes <= size_);
  return span.bytes == 0 || mprotect(span.begin, span.bytes, PROT_READ | PROT_WRITE) == 0;
}

bool Reservation::decommit(size_t offset, size_t bytes) {
  PageSpan span = page_span(base_, offset, bytes);
  assert(offset + bytes <= size_);
  return span.bytes == 0 ||
         mmap(span.begin, span.bytes, PROT_NONE, k_reserve_flags | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool Reservation::make_inaccessible(size_t offset, size_t bytes) {
  PageSpan span = page_span(base_, offset, bytes);
  assert(offset + bytes <= size_);
  return span.bytes == 0 || mprotect(span.begin, span.bytes, PROT_NONE) == 0;
}

void Reservation::populate(size_t offset, size_t bytes) {
  PageSpan span = page_span(base_, offset, bytes);
  madvise(span.begin, span.bytes, MADV_POPULATE_WRITE);
}

void Reservation::prefer_small_pages() { madvise(base_, size_, MADV_NOHUGEPAGE); }

void Reservation::prefer_huge_pages() { madvise(base_, size_, MADV_HUGEPAGE); }

}  // namespace lindvm
