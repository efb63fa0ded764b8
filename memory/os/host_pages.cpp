#include "memory/os/host_pages.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

#include "memory/os/virtual_memory.h"

namespace lindvm::host_pages {
namespace {

constexpr int k_anonymous = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
constexpr size_t k_default_max_mappings = 65530;

// The guest's code is not in its memory: nothing there is ever to be executed by the host.
int host_prot(uint32_t prot) {
  if (prot & PROT_WRITE) return PROT_READ | PROT_WRITE;
  return prot & (PROT_READ | PROT_EXEC) ? PROT_READ : PROT_NONE;
}

int answer(bool done) { return done ? 0 : -errno; }

int map(std::byte* at, size_t bytes, uint32_t prot, int flags, int fd, uint64_t offset) {
  void* mapped = mmap(at, bytes, host_prot(prot), flags, fd, static_cast<off_t>(offset));
  return answer(mapped != MAP_FAILED);
}

/// Mapping a device may fail after the host has removed what was there, so it is first tried elsewhere.
int try_mapping(uint32_t prot, const FileRange& file, int type) {
  struct stat status{};
  if (fstat(file.fd, &status) != 0) return -errno;
  if (S_ISREG(status.st_mode)) return 0;
  void* trial =
      mmap(nullptr, host_page_size(), host_prot(prot), type, file.fd, static_cast<off_t>(file.offset));
  if (trial == MAP_FAILED) return -errno;
  munmap(trial, host_page_size());
  return 0;
}

}  // namespace

int map_anonymous(std::byte* at, size_t bytes, uint32_t prot, bool populate) {
  return map(at, bytes, prot, k_anonymous | MAP_FIXED | (populate ? MAP_POPULATE : 0), -1, 0);
}

int map_file(std::byte* at, size_t bytes, uint32_t prot, const FileRange& file, bool populate) {
  int type = file.is_shared ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE;
  int flags = type | MAP_FIXED | (populate ? MAP_POPULATE : 0);
  int error = try_mapping(prot, file, type);
  if (error == 0) error = map(at, bytes, prot, flags, file.fd, file.offset);
  if (error != 0) release(at, bytes);
  return error;
}

int release(std::byte* at, size_t bytes) { return map(at, bytes, PROT_NONE, k_anonymous | MAP_FIXED, -1, 0); }

int protect(std::byte* at, size_t bytes, uint32_t prot) {
  return answer(mprotect(at, bytes, host_prot(prot)) == 0);
}

int move(std::byte* from, std::byte* to, size_t bytes) {
  int flags = MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP;
  return answer(mremap(from, bytes, bytes, flags, to) != MAP_FAILED);
}

int advise(std::byte* at, size_t bytes, int advice) { return answer(madvise(at, bytes, advice) == 0); }
int sync(std::byte* at, size_t bytes, int flags) { return answer(msync(at, bytes, flags) == 0); }
int residency(std::byte* at, size_t bytes, uint8_t* pages) { return answer(mincore(at, bytes, pages) == 0); }
int lock(std::byte* at, size_t bytes, bool on_fault) {
  return answer(mlock2(at, bytes, on_fault ? MLOCK_ONFAULT : 0) == 0);
}
// Not by way of libc: sanitizers make that do nothing.
int unlock(std::byte* at, size_t bytes) { return answer(syscall(SYS_munlock, at, bytes) == 0); }

uint64_t resident_bytes(const std::byte* at, size_t bytes) {
  constexpr uint64_t k_present = uint64_t{1} << 63;
  static const OwnedFd pagemap(open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC));
  if (!pagemap) return 0;
  std::array<uint64_t, 4096> entries;
  size_t page = host_page_size(), first = reinterpret_cast<uintptr_t>(at) / page, count = bytes / page;
  uint64_t present = 0;
  for (size_t done = 0; done < count;) {
    size_t wanted = std::min(entries.size(), count - done) * sizeof(uint64_t);
    ssize_t got =
        pread(pagemap.get(), entries.data(), wanted, static_cast<off_t>((first + done) * sizeof(uint64_t)));
    if (got <= 0) break;
    size_t read = static_cast<size_t>(got) / sizeof(uint64_t);
    present += static_cast<uint64_t>(std::count_if(entries.data(), entries.data() + read,
                                                   [](uint64_t entry) { return entry & k_present; }));
    done += read;
  }
  return present * page;
}

bool create_shared_memory(uint64_t bytes, OwnedFd& file) {
  file = OwnedFd(memfd_create("lind-vm", MFD_CLOEXEC));
  return file && ftruncate(file.get(), static_cast<off_t>(bytes)) == 0;
}

size_t max_mappings() {
  static const size_t limit = [] {
    size_t value = 0;
    std::FILE* file = std::fopen("/proc/sys/vm/max_map_count", "re");
    if (!file) return k_default_max_mappings;
    bool is_read = std::fscanf(file, "%zu", &value) == 1;
    std::fclose(file);
    return is_read ? value : k_default_max_mappings;
  }();
  return limit;
}

}  // namespace lindvm::host_pages
