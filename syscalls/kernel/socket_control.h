#pragma once
// Control messages of sendmsg and recvmsg between the layouts of 32-bit guests (headers of 12 bytes, data
// aligned to 4) and the host (16, 8): descriptors become the guest's or the host's, process ids and times are
// translated. The calling guest thread's host thread.

#include <sys/socket.h>

#include <cstddef>
#include <span>
#include <vector>

#include "syscalls/kernel/open_file.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// What the kernel takes at most (net.core.optmem_max).
inline constexpr size_t k_max_control_bytes = 20480;

/// Control messages for a host call, and the files that they name, which must stay open during it.
struct HostControl {
  std::vector<uint64_t> words;  ///< storage of `bytes`, aligned as the host wants it
  size_t size = 0;
  std::vector<FileRef> files;

  std::byte* data() { return reinterpret_cast<std::byte*>(words.data()); }
};

/// EINVAL for broken headers, EBADF for descriptors that are not open, EPERM for somebody else's credentials.
SysResult to_host_control(Thread& thread, std::span<const std::byte> guest, HostControl& host);

/// Bytes that a host call needs for what a guest has `guest_size` bytes for.
size_t host_control_size(size_t guest_size);

/// What a guest gets for a host's answer: fills `guest` (already of the size that the guest has room for) and
/// answers how much of it is used. Descriptors enter the thread's table. Adds MSG_CTRUNC to `flags` if
/// something did not fit.
size_t to_guest_control(Thread& thread, std::span<const std::byte> host, std::span<std::byte> guest,
                        int& flags, bool close_on_exec);

}  // namespace lindvm
