#pragma once
// Who a guest process is: its numbers inside the VM, users and groups, limits, and what prctl keeps. Owned by
// the Process; written by system calls of its threads, one at a time.

#include <sys/resource.h>
#include <sys/types.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "syscalls/kernel/machine.h"

namespace lindvm {

/// User or group numbers.
struct Owner {
  uint32_t real = 0, effective = 0, saved = 0, file_system = 0;

  /// Is it one of those that a process may take on without privilege?
  bool has(uint32_t id) const { return id == real || id == effective || id == saved; }
};

struct Identity {
  static constexpr uint32_t k_last_capability = 40;
  static constexpr int32_t k_init = 1;  ///< the process that every other descends from; the VM itself

  int32_t pid = static_cast<int32_t>(process_number());
  int32_t parent = k_init;
  // Until they are changed those that lind-vm was started in, which have no number here, as in a namespace of
  // processes. So killpg(getpgrp()) is kill(0), the own group; it would be all processes if that were 1.
  int32_t group = 0;
  int32_t session = 0;
  Owner user, owner_group;
  std::vector<uint32_t> groups;
  std::array<uint32_t, 2> effective_capabilities{}, permitted_capabilities{}, inheritable_capabilities{};
  std::array<uint32_t, 2> ambient_capabilities{};  ///< that programs keep which have none of their own
  std::array<uint32_t, 2> dropped_capabilities{};  ///< from the bounding set
  uint32_t secure_bits = 0;  ///< SECBIT_ of linux/securebits.h; SECBIT_KEEP_CAPS is PR_SET_KEEPCAPS
  std::array<rlimit, RLIM_NLIMITS> limits = no_limits();

  bool is_dumpable = true;
  bool is_subreaper = false;
  bool no_new_privileges = false;
  int32_t parent_death_signal = 0;
  int32_t nice = 0;
  uint32_t personality = 0;
  uint32_t io_priority = 0;

  /// As the calling thread of the host is.
  static Identity of_host();
  static std::vector<uint32_t> groups_of_host();
  /// Has it made its session itself, and so left the terminal of the one before?
  bool leads_session() const { return session == pid; }
  /// As far as permissions go.
  bool is_in_group(uint32_t gid) const {
    return gid == owner_group.effective || std::find(groups.begin(), groups.end(), gid) != groups.end();
  }
  /// The host process's set without what was dropped.
  std::array<uint32_t, 2> bounding_capabilities() const;
  /// Is the capability, of linux/capability.h, in effect?
  bool may(int capability) const {
    return contains(effective_capabilities, static_cast<uint32_t>(capability));
  }
  static bool contains(const std::array<uint32_t, 2>& capabilities, uint32_t number) {
    return capabilities[number / 32] >> (number % 32) & 1;
  }

 private:
  static std::array<rlimit, RLIM_NLIMITS> no_limits() {
    std::array<rlimit, RLIM_NLIMITS> limits;
    limits.fill({RLIM_INFINITY, RLIM_INFINITY});
    return limits;
  }
};

}  // namespace lindvm
