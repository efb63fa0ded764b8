#pragma once
// Guest layouts of structures that only calls by number use and that differ from the host's: file systems'
// status. Pure functions.

#include <sys/vfs.h>

#include <cstring>

#include "syscalls/linux/abi.h"

namespace lindvm {

template <>
struct Layout<linux_abi::Abi, struct statfs> {
  struct Guest {
    uint32_t type, block_bytes;
    uint64_t blocks, free_blocks, available_blocks, files, free_files;
    uint32_t id[2];
    uint32_t name_length, fragment_bytes, flags, spare[4];
  };
  static_assert(sizeof(Guest) == 88);
  static Guest to_guest(const struct statfs& host) {
    Guest guest{};
    guest.type = static_cast<uint32_t>(host.f_type);
    guest.block_bytes = static_cast<uint32_t>(host.f_bsize);
    guest.blocks = host.f_blocks;
    guest.free_blocks = host.f_bfree;
    guest.available_blocks = host.f_bavail;
    guest.files = host.f_files;
    guest.free_files = host.f_ffree;
    std::memcpy(guest.id, &host.f_fsid, sizeof guest.id);
    guest.name_length = static_cast<uint32_t>(host.f_namelen);
    guest.fragment_bytes = static_cast<uint32_t>(host.f_frsize);
    guest.flags = static_cast<uint32_t>(host.f_flags);
    return guest;
  }
};

}  // namespace lindvm
