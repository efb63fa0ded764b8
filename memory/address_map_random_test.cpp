// Random sequences of memory calls, made on an address map and on the host kernel at once: results, areas and
// contents must be the same. The host's side is a window of its address space that nothing else uses.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "memory/address_map.h"
#include "memory/guarded_bytes.h"
#include "memory/guest_access.h"
#include "memory/os/fault.h"

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LINDVM_WINDOW_TAKEN  // the sanitizer has the addresses of the window
#endif
#endif

namespace lindvm {
namespace {

constexpr uint64_t k_page = k_guest_page;
constexpr uint64_t k_window_pages = 40;
constexpr uint64_t k_window = k_window_pages * k_page;
constexpr uint64_t k_looked_at = 3 * k_window;  // calls reach beyond the window they begin in
constexpr uint64_t k_guest_window = uint64_t{1} << 30;
constexpr uint64_t k_host_window = uint64_t{0x3000} << 32;

/// An area with what both sides can tell of it, relative to the window.
struct Shape {
  uint64_t begin, end;
  std::string access;
  uint64_t offset;
  uint64_t inode;

  bool operator==(const Shape&) const = default;
  bool continues_as(const Shape& next) const {
    return end == next.begin && access == next.access && inode == next.inode &&
           (inode == 0 || offset + (end - begin) == next.offset);
  }
};
std::string to_text(const std::vector<Shape>& shapes) {
  std::string text;
  for (const Shape& s : shapes) {
    text += std::to_string(s.begin / k_page) + '-' + std::to_string(s.end / k_page) + ' ' + s.access + ' ' +
            std::to_string(s.offset / k_page) + " inode " + std::to_string(s.inode) + '\n';
  }
  return text;
}
void add(std::vector<Shape>& shapes, Shape shape) {
  if (!shapes.empty() && shapes.back().continues_as(shape)) {
    shapes.back().end = shape.end;
  } else {
    shapes.push_back(std::move(shape));
  }
}

/// What a call answered, and whether an address is in the window is all that is compared of one outside it.
struct Answer {
  int64_t value;
  bool is_outside = false;
  bool operator==(const Answer&) const = default;
};

struct Call {
  const char* name;
  uint64_t begin, length, other;
  uint32_t prot, flags;
  int fd;
  uint64_t offset;
};
std::string to_text(const Call& call) {
  char text[200];
  std::snprintf(text, sizeof text, "%s begin %lld length %lld other %lld prot %x flags %x fd %d offset %lld",
                call.name, static_cast<long long>(call.begin / k_page),
                static_cast<long long>(call.length / k_page), static_cast<long long>(call.other / k_page),
                call.prot, call.flags, call.fd, static_cast<long long>(call.offset / k_page));
  return text;
}

class HostSide {
 public:
  ~HostSide() { munmap(at(0), k_looked_at); }

  std::byte* at(uint64_t offset) const { return reinterpret_cast<std::byte*>(k_host_window + offset); }
  Answer map(const Call& c) {
    return address(mmap(at(c.begin), c.length, static_cast<int>(c.prot), static_cast<int>(c.flags), c.fd,
                        static_cast<off_t>(c.offset)),
                   c.length);
  }
  Answer unmap(const Call& c) { return zero(munmap(at(c.begin), c.length)); }
  Answer protect(const Call& c) { return zero(mprotect(at(c.begin), c.length, static_cast<int>(c.prot))); }
  Answer remap(const Call& c) {
    return address(mremap(at(c.begin), c.length, c.offset, static_cast<int>(c.flags), at(c.other)), c.offset);
  }
  Answer advise(const Call& c) { return zero(madvise(at(c.begin), c.length, static_cast<int>(c.flags))); }
  Answer sync(const Call& c) { return zero(msync(at(c.begin), c.length, static_cast<int>(c.flags))); }
  int read(uint64_t offset) const {
    uint8_t byte;
    return guarded_read(&byte, at(offset), 1) ? byte : -1;
  }
  bool write(uint64_t offset, uint8_t byte) { return guarded_write(at(offset), &byte, 1); }

  std::vector<Shape> shapes() const {
    std::vector<Shape> joined;
    for (Shape& mapping : mappings()) add(joined, std::move(mapping));
    return joined;
  }
  /// Does the range lie in one mapping? The kernel does not join all that look alike.
  bool is_one_mapping(uint64_t begin, uint64_t length) const {
    for (const Shape& mapping : mappings()) {
      if (mapping.begin <= begin && begin < mapping.end) return begin + length <= mapping.end;
    }
    return true;
  }

 private:
  std::vector<Shape> mappings() const {
    std::vector<Shape> found;
    std::FILE* file = std::fopen("/proc/self/maps", "re");
    char* line = nullptr;
    size_t size = 0;
    while (getline(&line, &size, file) > 0) {
      unsigned long begin, end, offset, inode;
      char access[5], name[200] = "";
      std::sscanf(line, "%lx-%lx %4s %lx %*s %lu %199[^\n]", &begin, &end, access, &offset, &inode, name);
      if (end <= k_host_window || begin >= k_host_window + k_looked_at) continue;
      bool is_zero = std::string_view(name).find("/dev/zero") != std::string_view::npos;
      found.push_back({begin - k_host_window, end - k_host_window, access, offset, is_zero ? 1 : inode});
    }
    std::free(line);
    std::fclose(file);
    return found;
  }
  static Answer zero(int result) { return {result == 0 ? 0 : -errno}; }
  static Answer address(void* result, uint64_t length) {
    if (result == MAP_FAILED) return {-errno};
    uint64_t begin = reinterpret_cast<uint64_t>(result);
    if (begin >= k_host_window && begin + length <= k_host_window + k_looked_at) {
      return {static_cast<int64_t>(begin - k_host_window)};
    }
    munmap(result, length);
    return {0, true};
  }
};

class GuestSide {
 public:
  GuestSide() {
    std::error_code error;
    memory_ = LinearMemory::create({.min_pages = 1, .max_pages = 65536, .is_mapped = true}, 0, error);
    int number = 0;
    map_ = AddressMap::create(memory_, {.image_bytes = k_page, .heap_start = k_page}, {}, number);
  }

  Answer map(const Call& c) {
    return address(map_->map({guest(c.begin), c.length, c.prot, c.flags, {c.fd, "file"}, c.offset}),
                   c.length);
  }
  Answer unmap(const Call& c) { return {map_->unmap(guest(c.begin), c.length)}; }
  Answer protect(const Call& c) { return {map_->protect(guest(c.begin), c.length, c.prot)}; }
  Answer remap(const Call& c) {
    return address(map_->remap(guest(c.begin), c.length, c.offset, c.flags, guest(c.other)), c.offset);
  }
  Answer advise(const Call& c) { return {map_->advise(guest(c.begin), c.length, static_cast<int>(c.flags))}; }
  Answer sync(const Call& c) { return {map_->sync(guest(c.begin), c.length, c.flags)}; }
  int read(uint64_t offset) const {
    uint8_t byte;
    return copy_in(&byte, *memory_, guest(offset), 1) ? byte : -1;
  }
  bool write(uint64_t offset, uint8_t byte) { return copy_out(*memory_, guest(offset), &byte, 1); }

  std::vector<Shape> shapes() const {
    std::vector<Shape> shapes;
    for (const Area& area : map_->areas()) {
      if (area.end <= k_guest_window || area.begin >= k_guest_window + k_looked_at) continue;
      std::string access = "---p";
      if (area.prot & PROT_READ) access[0] = 'r';
      if (area.prot & PROT_WRITE) access[1] = 'w';
      if (area.is_shared()) access[3] = 's';
      bool is_zero = area.has_file() && area.backing->name.starts_with("/dev/zero");
      uint64_t inode = area.has_file() ? area.backing->inode : 0;
      add(shapes,
          {area.begin - k_guest_window, area.end - k_guest_window, access, area.offset, is_zero ? 1 : inode});
    }
    return shapes;
  }
  /// Does the range lie in one area? What madvise said makes areas differ too.
  bool is_one_area(uint64_t begin, uint64_t length) const {
    for (const Area& area : map_->areas()) {
      if (area.begin <= guest(begin) && guest(begin) < area.end) return guest(begin) + length <= area.end;
    }
    return true;
  }

 private:
  static uint64_t guest(uint64_t offset) { return k_guest_window + offset; }
  Answer address(int64_t result, uint64_t length) {
    if (result < 0) return {result};
    uint64_t begin = static_cast<uint64_t>(result);
    if (begin >= k_guest_window && begin + length <= k_guest_window + k_looked_at) {
      return {static_cast<int64_t>(begin - k_guest_window)};
    }
    map_->unmap(begin, length);
    return {0, true};
  }

  std::shared_ptr<LinearMemory> memory_;
  std::unique_ptr<AddressMap> map_;
};

class Sequence {
 public:
  explicit Sequence(uint32_t seed) : random_(seed) {
    for (OwnedFd* file : {&file_, &read_only_}) {
      *file = OwnedFd(memfd_create("random", MFD_CLOEXEC));
      EXPECT_EQ(ftruncate(file->get(), 20 * k_page), 0);
    }
    std::string path = "/proc/self/fd/" + std::to_string(read_only_.get());
    read_only_ = OwnedFd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  }

  /// False after the first difference.
  bool step() {
    Call call = make_call();
    history_ += to_text(call) + '\n';
    Answer expected = run(host_, call), answer = run(guest_, call);
    EXPECT_EQ(answer.value, expected.value) << history_ << to_text(host_.shapes());
    EXPECT_EQ(answer.is_outside, expected.is_outside) << history_;
    std::string areas = to_text(guest_.shapes()), host_areas = to_text(host_.shapes());
    EXPECT_EQ(areas, host_areas) << history_;
    return answer == expected && areas == host_areas && touch();
  }

 private:
  uint64_t below(uint64_t end) { return random_() % end; }
  template <class T>
  T one_of(std::initializer_list<T> values) {
    return values.begin()[below(values.size())];
  }
  uint32_t some_prot() {
    return static_cast<uint32_t>(
        one_of({PROT_NONE, PROT_READ, PROT_READ | PROT_WRITE, PROT_READ | PROT_WRITE}));
  }

  Call make_call() {
    Call call{"map", below(k_window_pages) * k_page, (1 + below(8)) * k_page, 0, some_prot(), 0, -1, 0};
    if (below(30) == 0) call.length = 0;
    if (below(30) == 0) ++call.begin;
    if (below(10) == 0) call.length -= std::min<uint64_t>(call.length, below(k_page));
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        return make_map(call);
      case 3:
        call.name = "unmap";
        return call;
      case 4:
        call.name = "protect";
        return call;
      case 5:
      case 6:
        return make_remap(call);
      default:
        call.name = below(2) ? "advise" : "sync";
        call.flags = static_cast<uint32_t>(
            call.name[0] == 'a' ? one_of({MADV_DONTNEED, MADV_DONTNEED, MADV_REMOVE, MADV_FREE,
                                          MADV_POPULATE_READ, MADV_POPULATE_WRITE, MADV_WIPEONFORK, 7777})
                                : one_of({MS_SYNC, MS_ASYNC, MS_SYNC | MS_ASYNC, MS_INVALIDATE, 64}));
        return call;
    }
  }

  Call make_map(Call call) {
    call.flags = static_cast<uint32_t>(one_of({MAP_SHARED, MAP_PRIVATE, MAP_PRIVATE, MAP_SHARED_VALIDATE}));
    if (below(40) == 0) call.flags = 0;
    call.flags |= static_cast<uint32_t>(
        one_of({MAP_FIXED, MAP_FIXED, MAP_FIXED, MAP_FIXED_NOREPLACE, 0, MAP_FIXED | MAP_POPULATE}));
    if (below(2)) {
      call.flags |= MAP_ANONYMOUS;
    } else {
      call.fd = one_of({file_.get(), file_.get(), read_only_.get(), -1});
      call.offset = below(12) * k_page + (below(30) == 0 ? 5 : 0);
    }
    return call;
  }

  Call make_remap(Call call) {
    call.name = "remap";
    call.flags = static_cast<uint32_t>(
        one_of({0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_MAYMOVE | MREMAP_FIXED, MREMAP_FIXED,
                MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, 64}));
    call.other = below(k_window_pages) * k_page;
    call.offset = below(3) ? call.length : (1 + below(8)) * k_page;
    // Several areas at once are moved by some kernels only.
    uint64_t begin = call.begin & ~(k_page - 1);
    bool is_one = guest_.is_one_area(begin, call.length) && host_.is_one_mapping(begin, call.length);
    if (!is_one) call.length = k_page;
    return call;
  }

  template <class Side>
  static Answer run(Side& side, const Call& call) {
    switch (call.name[0]) {
      case 'm':
        return side.map(call);
      case 'u':
        return side.unmap(call);
      case 'p':
        return side.protect(call);
      case 'r':
        return side.remap(call);
      case 'a':
        return side.advise(call);
      default:
        return side.sync(call);
    }
  }

  /// Writes somewhere, and compares all pages.
  bool touch() {
    for (int i = 0; i < 3; ++i) {
      uint64_t offset = below(k_window);
      auto byte = static_cast<uint8_t>(random_());
      EXPECT_EQ(guest_.write(offset, byte), host_.write(offset, byte)) << history_;
      touched_.push_back(offset);
    }
    if (touched_.size() > 200) touched_.erase(touched_.begin(), touched_.begin() + 100);
    for (uint64_t offset : touched_) {
      int expected = host_.read(offset), found = guest_.read(offset);
      EXPECT_EQ(found, expected) << "at page " << offset / k_page << '\n' << history_;
      if (found != expected) return false;
    }
    return !testing::Test::HasFailure();
  }

  std::mt19937 random_;
  OwnedFd file_, read_only_;
  HostSide host_;
  GuestSide guest_;
  std::vector<uint64_t> touched_;
  std::string history_;
};

TEST(AddressMapRandom, DoesWhatTheHostKernelDoes) {
#ifdef LINDVM_WINDOW_TAKEN
  GTEST_SKIP() << "no window of free addresses under ThreadSanitizer";
#endif
  install_fault_handlers();
  const char* seed = std::getenv("LINDVM_SEED");
  uint32_t first = seed ? static_cast<uint32_t>(std::strtoul(seed, nullptr, 0)) : 1;
  for (uint32_t run = 0; run < 60; ++run) {
    Sequence sequence(first + run);
    for (int i = 0; i < 120; ++i) {
      ASSERT_TRUE(sequence.step()) << "seed " << first + run << ", step " << i;
    }
  }
}

}  // namespace
}  // namespace lindvm
