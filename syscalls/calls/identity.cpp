// Who the process is: numbers, users, groups, capabilities, process groups. All of it is the VM's record;
// what guards files, the host's thread follows (kernel/host_credentials.h).

#include <linux/capability.h>
#include <linux/securebits.h>

#include <algorithm>

#include "syscalls/kernel/host_credentials.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr uint32_t k_unchanged = UINT32_MAX;
constexpr int32_t k_max_groups = 65536;

Identity& self(Thread& thread) { return thread.process().identity(); }

/// A process's users or its groups, and the right to make them what one likes.
struct Role {
  Owner& owner;
  bool is_free;
};

Role users(Thread& thread) { return {self(thread).user, self(thread).may(CAP_SETUID)}; }
Role groups(Thread& thread) { return {self(thread).owner_group, self(thread).may(CAP_SETGID)}; }

/// May the process take this number? Its own ones, and any with privilege.
bool may_become(const Role& role, uint32_t id, bool with_saved = true) {
  const Owner& owner = role.owner;
  return role.is_free || (with_saved ? owner.has(id) : id == owner.real || id == owner.effective);
}

/// Real and effective as setreuid and setregid do it.
SysResult set_real_effective(const Role& role, uint32_t real, uint32_t effective) {
  if (real != k_unchanged && !may_become(role, real, false)) return SysResult::error(EPERM);
  if (effective != k_unchanged && !may_become(role, effective)) return SysResult::error(EPERM);
  Owner& owner = role.owner;
  uint32_t old_real = owner.real;
  if (real != k_unchanged) owner.real = real;
  if (effective != k_unchanged) owner.effective = effective;
  bool moves_saved = real != k_unchanged || (effective != k_unchanged && effective != old_real);
  if (moves_saved) owner.saved = owner.effective;
  owner.file_system = owner.effective;
  return SysResult();
}

SysResult set_all(const Role& role, uint32_t real, uint32_t effective, uint32_t saved) {
  for (uint32_t id : {real, effective, saved}) {
    if (id != k_unchanged && !may_become(role, id)) return SysResult::error(EPERM);
  }
  Owner& owner = role.owner;
  if (real != k_unchanged) owner.real = real;
  if (effective != k_unchanged) owner.effective = effective;
  if (saved != k_unchanged) owner.saved = saved;
  owner.file_system = owner.effective;
  return SysResult();
}

SysResult set_one(const Role& role, uint32_t id) {
  if (id == k_unchanged) return SysResult::error(EINVAL);
  Owner& owner = role.owner;
  if (role.is_free) {
    owner = {id, id, id, id};
    return SysResult();
  }
  if (id != owner.real && id != owner.saved) return SysResult::error(EPERM);
  owner.effective = owner.file_system = id;
  return SysResult();
}

/// Answers the old one, whether or not it changes.
SysResult set_file_system(const Role& role, uint32_t id) {
  uint32_t old = role.owner.file_system;
  if (may_become(role, id) && id != k_unchanged) role.owner.file_system = id;
  return SysResult(old);
}

SysResult put_all(const Owner& owner, Out<uint32_t>& real, Out<uint32_t>& effective, Out<uint32_t>& saved) {
  SYS_TRY(real.put(owner.real));
  SYS_TRY(effective.put(owner.effective));
  return saved.put(owner.saved);
}

bool is_root(const Owner& user) { return user.real == 0 || user.effective == 0 || user.saved == 0; }

/// What the file system's user 0 may do to files (Linux's CAP_FS_SET).
constexpr std::array<uint32_t, 2> k_file_capabilities{
    1u << CAP_CHOWN | 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER |
        1u << CAP_FSETID | 1u << CAP_LINUX_IMMUTABLE | 1u << CAP_MKNOD,
    1u << (CAP_MAC_OVERRIDE - 32)};

/// Not being 0 to the file system takes the capabilities for it out of effect.
void follow_file_system_user(Identity& identity, const Owner& before) {
  const bool was_root = before.file_system == 0, is_root = identity.user.file_system == 0;
  for (size_t i = 0; i < 2; ++i) {
    uint32_t& effective = identity.effective_capabilities[i];
    if (was_root && !is_root) effective &= ~k_file_capabilities[i];
    if (!was_root && is_root) effective |= identity.permitted_capabilities[i] & k_file_capabilities[i];
  }
}

/// Losing the last user number 0 loses the capabilities; they are in effect while the effective one is 0.
void follow_user(Identity& identity, const Owner& before) {
  const Owner& now = identity.user;
  if (identity.secure_bits & SECBIT_NO_SETUID_FIXUP) return;
  if (is_root(before) && !is_root(now)) {
    identity.ambient_capabilities = {};
    bool keeps = identity.secure_bits & SECBIT_KEEP_CAPS;
    if (!keeps) identity.permitted_capabilities = identity.effective_capabilities = {};
  }
  if (before.effective == 0 && now.effective != 0) identity.effective_capabilities = {};
  if (before.effective != 0 && now.effective == 0) {
    identity.effective_capabilities = identity.permitted_capabilities;
  }
  if (before.effective == now.effective) follow_file_system_user(identity, before);
}

/// Others who are of the new user or group now shall not look into what the process knows from before.
void hide(Identity& identity, const Owner& before, const Owner& now) {
  bool is_same = before.effective == now.effective && before.file_system == now.file_system;
  identity.is_dumpable &= is_same;
}

/// The host's thread follows a change; one to numbers that the host does not know is none (EINVAL), nor is
/// one of the groups in a user namespace that must keep them (EPERM). So does the limit of locked memory,
/// which a capability lifts.
SysResult follow(Thread& thread, const Identity& before) {
  if (int error = act_as(self(thread)); error != 0) {
    self(thread) = before;
    return SysResult(error);
  }
  if (MemoryState* memory = thread.process().memory()) memory->follow(self(thread));
  return SysResult();
}

/// Changes the users by one of the functions above.
template <class Change, class... Ids>
SysResult change_users(Thread& thread, Change change, Ids... ids) {
  Identity before = self(thread);
  int64_t result = SYS_TRY(change(users(thread), static_cast<uint32_t>(ids)...));
  follow_user(self(thread), before.user);
  hide(self(thread), before.user, self(thread).user);
  SYS_TRY(follow(thread, before));
  return SysResult(result);
}

template <class Change, class... Ids>
SysResult change_groups(Thread& thread, Change change, Ids... ids) {
  Identity before = self(thread);
  int64_t result = SYS_TRY(change(groups(thread), static_cast<uint32_t>(ids)...));
  hide(self(thread), before.owner_group, self(thread).owner_group);
  SYS_TRY(follow(thread, before));
  return SysResult(result);
}

struct CapabilityHeader {
  uint32_t version;
  int32_t pid;
};
struct CapabilityData {
  uint32_t effective, permitted, inheritable;
};

/// Halves of the sets that the version has; 0 if it is unknown: then the header gets the preferred one.
int capability_words(const CapabilityHeader& header) {
  if (header.version == _LINUX_CAPABILITY_VERSION_1) return 1;
  bool is_known =
      header.version == _LINUX_CAPABILITY_VERSION_2 || header.version == _LINUX_CAPABILITY_VERSION_3;
  return is_known ? 2 : 0;
}

SysResult refuse_version(const Pointer& pointer, CapabilityHeader header, bool is_question) {
  header.version = _LINUX_CAPABILITY_VERSION_3;
  SYS_TRY(pointer.write(header));
  return is_question ? SysResult() : SysResult::error(EINVAL);
}

}  // namespace

SysResult sys_getpid(Thread& thread) { return SysResult(self(thread).pid); }
SysResult sys_getppid(Thread& thread) { return SysResult(self(thread).parent); }
SysResult sys_gettid(Thread& thread) { return SysResult(thread.tid()); }
SysResult sys_getuid(Thread& thread) { return SysResult(self(thread).user.real); }
SysResult sys_geteuid(Thread& thread) { return SysResult(self(thread).user.effective); }
SysResult sys_getgid(Thread& thread) { return SysResult(self(thread).owner_group.real); }
SysResult sys_getegid(Thread& thread) { return SysResult(self(thread).owner_group.effective); }

SysResult sys_getresuid(Thread& thread, Out<uint32_t>& real, Out<uint32_t>& effective, Out<uint32_t>& saved) {
  return put_all(self(thread).user, real, effective, saved);
}
SysResult sys_getresgid(Thread& thread, Out<uint32_t>& real, Out<uint32_t>& effective, Out<uint32_t>& saved) {
  return put_all(self(thread).owner_group, real, effective, saved);
}

SysResult sys_setuid(Thread& thread, const Scalar<int32_t>& uid) {
  return change_users(thread, set_one, uid.value);
}
SysResult sys_setreuid(Thread& thread, const Scalar<int32_t>& real, const Scalar<int32_t>& effective) {
  return change_users(thread, set_real_effective, real.value, effective.value);
}
SysResult sys_setresuid(Thread& thread, const Scalar<int32_t>& real, const Scalar<int32_t>& effective,
                        const Scalar<int32_t>& saved) {
  return change_users(thread, set_all, real.value, effective.value, saved.value);
}
SysResult sys_setfsuid(Thread& thread, const Scalar<int32_t>& uid) {
  return change_users(thread, set_file_system, uid.value);
}
SysResult sys_setgid(Thread& thread, const Scalar<int32_t>& gid) {
  return change_groups(thread, set_one, gid.value);
}
SysResult sys_setregid(Thread& thread, const Scalar<int32_t>& real, const Scalar<int32_t>& effective) {
  return change_groups(thread, set_real_effective, real.value, effective.value);
}
SysResult sys_setresgid(Thread& thread, const Scalar<int32_t>& real, const Scalar<int32_t>& effective,
                        const Scalar<int32_t>& saved) {
  return change_groups(thread, set_all, real.value, effective.value, saved.value);
}
SysResult sys_setfsgid(Thread& thread, const Scalar<int32_t>& gid) {
  return change_groups(thread, set_file_system, gid.value);
}

SysResult sys_getgroups(Thread& thread, const Scalar<int32_t>& size, const Pointer& list) {
  const std::vector<uint32_t>& groups = self(thread).groups;
  auto count = static_cast<int32_t>(groups.size());
  if (size.value < 0 || (size.value != 0 && size.value < count)) return SysResult::error(EINVAL);
  if (size.value != 0 && count != 0) SYS_TRY(list.write(groups[0], groups.size() * sizeof(uint32_t)));
  return SysResult(count);
}

SysResult sys_setgroups(Thread& thread, const Scalar<int32_t>& size, const Pointer& list) {
  if (!self(thread).may(CAP_SETGID)) return SysResult::error(EPERM);
  if (size.value < 0 || size.value > k_max_groups) return SysResult::error(EINVAL);
  std::vector<uint32_t> groups(static_cast<size_t>(size.value));
  if (!groups.empty() && !list.read(groups[0], groups.size() * sizeof(uint32_t)))
    return SysResult::error(EFAULT);
  std::sort(groups.begin(), groups.end());
  Identity before = self(thread);
  self(thread).groups = std::move(groups);
  return follow(thread, before);
}

SysResult sys_capget(Thread& thread, const Pointer& pointer, const Pointer& data) {
  CapabilityHeader header;
  if (!pointer.read(header)) return SysResult::error(EFAULT);
  int words = capability_words(header);
  if (words == 0) return refuse_version(pointer, header, data.value == 0);
  if (header.pid < 0) return SysResult::error(EINVAL);
  bool is_init = header.pid == Identity::k_init;
  if (!is_init && !thread.process().is_own(header.pid)) return SysResult::error(ESRCH);
  if (data.value == 0) return SysResult();
  const Identity& identity = self(thread);
  CapabilityData sets[2];
  for (size_t i = 0; i < 2; ++i) {
    sets[i] = {identity.effective_capabilities[i], identity.permitted_capabilities[i],
               identity.inheritable_capabilities[i]};
  }
  return data.write(sets, static_cast<size_t>(words) * sizeof(CapabilityData));
}

SysResult sys_capset(Thread& thread, const Pointer& pointer, const Pointer& data) {
  CapabilityHeader header;
  if (!pointer.read(header)) return SysResult::error(EFAULT);
  int words = capability_words(header);
  if (words == 0) return refuse_version(pointer, header, false);
  if (!thread.process().is_own(header.pid)) return SysResult::error(EPERM);
  CapabilityData sets[2] = {};
  if (!data.read(sets, static_cast<size_t>(words) * sizeof(CapabilityData))) return SysResult::error(EFAULT);
  Identity& identity = self(thread);
  const Identity before = identity;
  const std::array<uint32_t, 2> bounding = identity.bounding_capabilities();
  for (size_t i = 0; i < 2; ++i) {
    bool grows = (sets[i].permitted & ~identity.permitted_capabilities[i]) ||
                 (sets[i].effective & ~sets[i].permitted) ||
                 (sets[i].inheritable &
                  ~(identity.inheritable_capabilities[i] | identity.permitted_capabilities[i])) ||
                 (sets[i].inheritable & ~(identity.inheritable_capabilities[i] | bounding[i]));
    if (grows) return SysResult::error(EPERM);
  }
  for (size_t i = 0; i < 2; ++i) {
    identity.effective_capabilities[i] = sets[i].effective;
    identity.permitted_capabilities[i] = sets[i].permitted;
    identity.inheritable_capabilities[i] = sets[i].inheritable;
    identity.ambient_capabilities[i] &= sets[i].permitted & sets[i].inheritable;
  }
  return follow(thread, before);
}

SysResult sys_getpgid(Thread& thread, const Scalar<int32_t>& pid) {
  if (pid.value == Identity::k_init) return SysResult(Identity::k_init);
  return thread.process().is_own(pid.value) ? SysResult(self(thread).group) : SysResult::error(ESRCH);
}
SysResult sys_getsid(Thread& thread, const Scalar<int32_t>& pid) {
  if (pid.value == Identity::k_init) return SysResult(Identity::k_init);
  return thread.process().is_own(pid.value) ? SysResult(self(thread).session) : SysResult::error(ESRCH);
}

SysResult sys_setpgid(Thread& thread, const Scalar<int32_t>& pid, const Scalar<int32_t>& group) {
  if (group.value < 0 || (group.value == 0 && pid.value < 0)) return SysResult::error(EINVAL);
  Identity& identity = self(thread);
  if (pid.value != 0 && pid.value != identity.pid) return SysResult::error(ESRCH);
  int32_t wanted = group.value ? group.value : identity.pid;
  bool exists = wanted == identity.pid || wanted == identity.group;
  if (identity.leads_session() || !exists) return SysResult::error(EPERM);
  identity.group = wanted;
  return SysResult();
}

SysResult sys_setsid(Thread& thread) {
  Identity& identity = self(thread);
  if (identity.group == identity.pid) return SysResult::error(EPERM);
  identity.group = identity.session = identity.pid;
  return SysResult(identity.pid);
}

}  // namespace lindvm
