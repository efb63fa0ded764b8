// Calls on the guest's address space: the address map does the work (memory/address_map.h).

#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <string>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// Pages that mincore answers at a time.
constexpr size_t k_residency_piece = 1024;
constexpr size_t k_max_memfd_name = 249;
/// What needs nothing of the guest's code: it is not in its memory, so there is no instruction stream to
/// serialise, and restartable sequences are not offered.
constexpr uint32_t k_membarrier_commands = flag::MembarrierCommands_MEMBARRIER_CMD_GLOBAL |
                                           flag::MembarrierCommands_MEMBARRIER_CMD_GLOBAL_EXPEDITED |
                                           flag::MembarrierCommands_MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED |
                                           flag::MembarrierCommands_MEMBARRIER_CMD_PRIVATE_EXPEDITED |
                                           flag::MembarrierCommands_MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;

/// Personalities without an address map do not have these calls.
template <class Call>
SysResult on_addresses(Thread& thread, Call&& call) {
  MemoryState* memory = thread.process().memory();
  return memory ? SysResult(call(memory->addresses())) : SysResult::error(ENOSYS);
}

}  // namespace

SysResult sys_brk(Thread& thread, const Address& address) {
  return on_addresses(thread,
                      [&](AddressMap& map) { return static_cast<int64_t>(map.set_break(address.value)); });
}

SysResult sys_mmap2(Thread& thread, const Address& address, const Scalar<uint32_t>& length,
                    const Flags<FlagSet::MemoryProt>& prot, const Flags<FlagSet::MapFlags>& flags,
                    const FdNumber& fd, const Scalar<uint32_t>& page_offset) {
  MapRequest request{address.value, length.value, prot.bits, flags.bits};
  request.offset = uint64_t{page_offset.value} * k_guest_page;
  FileRef file;  // until it is mapped
  std::string name;
  if (!flags.has(MAP_ANONYMOUS)) {
    file = thread.process().fds().get(fd.value);
    if (!file) return SysResult::error(EBADF);
    if (file->host_fd() < 0) return SysResult::error(ENODEV);
    if (file->place() && thread.process().fs()) name = thread.process().fs()->path_of(*file);
    request.file = {file->host_fd(), name};
  }
  return on_addresses(thread, [&](AddressMap& map) { return map.map(request); });
}

SysResult sys_munmap(Thread& thread, const Address& address, const Scalar<uint32_t>& length) {
  return on_addresses(thread, [&](AddressMap& map) { return map.unmap(address.value, length.value); });
}

SysResult sys_mprotect(Thread& thread, const Address& address, const Scalar<uint32_t>& length,
                       const Flags<FlagSet::MemoryProt>& prot) {
  return on_addresses(thread,
                      [&](AddressMap& map) { return map.protect(address.value, length.value, prot.bits); });
}

SysResult sys_mremap(Thread& thread, const Address& address, const Scalar<uint32_t>& old_length,
                     const Scalar<uint32_t>& new_length, const Flags<FlagSet::RemapFlags>& flags,
                     const Address& new_address) {
  return on_addresses(thread, [&](AddressMap& map) {
    return map.remap(address.value, old_length.value, new_length.value, flags.bits, new_address.value);
  });
}

SysResult sys_madvise(Thread& thread, const Address& address, const Scalar<uint32_t>& length,
                      const Choice<FlagSet::MemoryAdvice>& advice) {
  return on_addresses(thread, [&](AddressMap& map) {
    return map.advise(address.value, length.value, static_cast<int>(advice.value));
  });
}

SysResult sys_msync(Thread& thread, const Address& address, const Scalar<uint32_t>& length,
                    const Flags<FlagSet::SyncFlags>& flags) {
  return on_addresses(thread,
                      [&](AddressMap& map) { return map.sync(address.value, length.value, flags.bits); });
}

SysResult sys_mincore(Thread& thread, const Address& address, const Scalar<uint32_t>& length,
                      const Address& vector) {
  MemoryState* memory = thread.process().memory();
  if (!memory) return SysResult::error(ENOSYS);
  AddressMap& addresses = memory->addresses();
  uint64_t begin = address.value, end = begin + length.value;
  if (begin % k_guest_page != 0) return SysResult::error(EINVAL);
  if (end > addresses.memory().size_bytes()) return SysResult::error(ENOMEM);
  std::array<uint8_t, k_residency_piece> pages;
  uint64_t answer = vector.value;
  for (; begin < end; begin += pages.size() * k_guest_page) {
    size_t count = std::min<size_t>(pages.size(), (end - begin + k_guest_page - 1) / k_guest_page);
    SYS_TRY(SysResult(addresses.residency(begin, count * k_guest_page, pages)));
    if (!copy_out(addresses.memory(), answer, pages.data(), count)) return SysResult::error(EFAULT);
    answer += count;
  }
  return SysResult();
}

SysResult sys_mlock(Thread& thread, const Address& address, const Scalar<uint32_t>& length) {
  return on_addresses(thread, [&](AddressMap& map) { return map.lock(address.value, length.value, 0); });
}

SysResult sys_mlock2(Thread& thread, const Address& address, const Scalar<uint32_t>& length,
                     const Flags<FlagSet::LockFlags>& flags) {
  return on_addresses(thread,
                      [&](AddressMap& map) { return map.lock(address.value, length.value, flags.bits); });
}

SysResult sys_munlock(Thread& thread, const Address& address, const Scalar<uint32_t>& length) {
  return on_addresses(thread, [&](AddressMap& map) { return map.unlock(address.value, length.value); });
}

SysResult sys_mlockall(Thread& thread, const Flags<FlagSet::LockAllFlags>& flags) {
  return on_addresses(thread, [&](AddressMap& map) { return map.lock_all(flags.bits); });
}

SysResult sys_munlockall(Thread& thread) {
  return on_addresses(thread, [](AddressMap& map) { return map.unlock_all(); });
}

SysResult sys_memfd_create(Thread& thread, const Late<Path>& name, const Flags<FlagSet::MemfdFlags>& flags) {
  if (flags.bits & ~Flags<FlagSet::MemfdFlags>::k_known) return SysResult::error(EINVAL);
  if (flags.has(MFD_HUGETLB)) return SysResult::error(ENOSYS);  // no such pages for guests
  if (name.error == ENAMETOOLONG || name.view().size() > k_max_memfd_name) return SysResult::error(EINVAL);
  SYS_TRY(name.check());
  OwnedFd memory(memfd_create(name.c_str(), flags.bits | MFD_CLOEXEC));
  if (!memory) return SysResult::of_host(-1);
  FdEntry entry{std::make_shared<HostFile>(std::move(memory))};
  entry.closes_on_exec = flags.has(MFD_CLOEXEC);
  return thread.process().fds().add(std::move(entry));
}

// Guest threads are threads of the host process, so its barriers are theirs.
SysResult sys_membarrier(Thread&, const Choice<FlagSet::MembarrierCommands>& command,
                         const Scalar<uint32_t>& flags, const Scalar<int32_t>&) {
  if (flags.value != 0 || command.value & ~k_membarrier_commands) return SysResult::error(EINVAL);
  SysResult result = SysResult::of_host(syscall(SYS_membarrier, command.value, 0, 0));
  if (command.value != 0 || !result.ok()) return result;
  return SysResult(result.value() & k_membarrier_commands);
}

}  // namespace lindvm
