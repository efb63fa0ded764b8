#include "memory/os/code_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "memory/os/virtual_memory.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

namespace lindvm {
namespace {

/// Pages are asked for in steps that grow with what there is.
constexpr size_t k_first_step = size_t{16} << 10, k_last_step = size_t{256} << 10;

/// A file in memory that may be mapped executable: kernels before 6.3 do not know the flag that says so.
int open_code_file() {
  int fd = memfd_create("lind-vm code", MFD_CLOEXEC | MFD_EXEC);
  return fd >= 0 ? fd : memfd_create("lind-vm code", MFD_CLOEXEC);
}

}  // namespace

std::unique_ptr<CodeMemory> CodeMemory::create(size_t bytes, bool allows_breakpoints) {
  int fd = open_code_file();
  if (fd < 0) return nullptr;
  std::unique_ptr<CodeMemory> memory;
  if (ftruncate(fd, static_cast<off_t>(bytes)) == 0) {
    void* writable = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int access = PROT_READ | PROT_EXEC | (allows_breakpoints ? PROT_WRITE : 0);
    void* executable = mmap(nullptr, bytes, access, MAP_SHARED, fd, 0);
    if (writable != MAP_FAILED && executable != MAP_FAILED) {
      memory.reset(new CodeMemory(static_cast<uint8_t*>(writable), static_cast<uint8_t*>(executable), bytes));
    } else {
      if (writable != MAP_FAILED) munmap(writable, bytes);
      if (executable != MAP_FAILED) munmap(executable, bytes);
    }
  }
  close(fd);
  return memory;
}

CodeMemory::~CodeMemory() {
  munmap(writable_, size_);
  munmap(executable_, size_);
}

const uint8_t* CodeMemory::allocate(size_t bytes, size_t alignment) {
  std::lock_guard lock(mutex_);
  size_t start = (used_ + alignment - 1) & ~(alignment - 1);
  if (start + bytes > size_) return nullptr;
  used_ = start + bytes;
  if (used_ > populated_) populate(used_);
  return executable_ + start;
}

/// A page fault on a file in memory costs several times what its page does. Ranges larger than a step are
/// reserved rather than filled.
void CodeMemory::populate(size_t end) {
  const size_t page = host_page_size();
  size_t begin = std::max(populated_, (end - 1) & ~(page - 1));
  if (end - populated_ <= k_last_step) begin = populated_;
  step_ = std::clamp(2 * step_, std::max(page, k_first_step), k_last_step);
  populated_ = std::min(begin + step_, size_);
  madvise(writable_ + begin, populated_ - begin, MADV_POPULATE_WRITE);
}

void CodeMemory::write(const uint8_t* address, std::span<const uint8_t> code) {
  std::memcpy(writable_ + (address - executable_), code.data(), code.size());
  auto* begin = reinterpret_cast<char*>(const_cast<uint8_t*>(address));
  __builtin___clear_cache(begin, begin + code.size());
}

}  // namespace lindvm
