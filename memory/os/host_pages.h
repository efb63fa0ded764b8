#pragma once
// Host mappings inside a reservation, page by page: what an address map (memory/address_map.h) asks of the
// host. A range never becomes a hole of the host's address space, where something of the VM could land: it is
// replaced in one step, or given back as inaccessible pages. Addresses and lengths are whole pages. Answers
// are 0 or negated Linux error numbers. Any thread; the caller orders calls on the same pages.

#include <cstddef>
#include <cstdint>

#include "memory/os/owned_fd.h"

namespace lindvm::host_pages {

/// Private zero pages. Their host mappings have equal attributes, so that neighbours become one.
int map_anonymous(std::byte* at, size_t bytes, uint32_t prot, bool populate);

struct FileRange {
  int fd = -1;
  uint64_t offset = 0;
  bool is_shared = false;
};
/// If it fails, what was mapped there is gone.
int map_file(std::byte* at, size_t bytes, uint32_t prot, const FileRange& file, bool populate);

/// Inaccessible, without contents.
int release(std::byte* at, size_t bytes);
int protect(std::byte* at, size_t bytes, uint32_t prot);

/// Moves one host mapping's pages to another place. `from` stays mapped as it was, private pages there
/// without contents. EFAULT if the range is more than one host mapping and the host cannot move that.
int move(std::byte* from, std::byte* to, size_t bytes);

/// MADV_ advice, by the host's numbers, which are Linux's.
int advise(std::byte* at, size_t bytes, int advice);
int sync(std::byte* at, size_t bytes, int flags);
/// mincore(2): one byte per page.
int residency(std::byte* at, size_t bytes, uint8_t* pages);
int lock(std::byte* at, size_t bytes, bool on_fault);
int unlock(std::byte* at, size_t bytes);

/// Bytes of the range that take host memory now.
uint64_t resident_bytes(const std::byte* at, size_t bytes);

/// Memory to be mapped shared, in a file without a name; false if the host refuses (errno says why).
bool create_shared_memory(uint64_t bytes, OwnedFd& file);

/// How many mappings the host allows this process.
size_t max_mappings();

}  // namespace lindvm::host_pages
