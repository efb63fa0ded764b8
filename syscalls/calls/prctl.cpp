// prctl(2): what a process or thread keeps for itself, and its capabilities beyond capset(2).

#include <linux/capability.h>
#include <linux/prctl.h>
#include <linux/securebits.h>

#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

Identity& self(Thread& thread) { return thread.process().identity(); }

SysResult set_name(Thread& thread, const Pointer& name) {
  char text[sizeof thread.name];
  if (!name.memory) return SysResult::error(EFAULT);
  int64_t length = copy_string(text, sizeof text, *name.memory, name.value);
  if (length < 0 && length != -ENAMETOOLONG) return SysResult(length);
  thread.set_name({text, length < 0 ? sizeof text : static_cast<size_t>(length)});
  return SysResult();
}

SysResult set_flag(bool& flag, uint32_t value) {
  if (value > 1) return SysResult::error(EINVAL);
  flag = value;
  return SysResult();
}

SysResult set_death_signal(Thread& thread, uint32_t number) {
  if (number > k_signal_count) return SysResult::error(EINVAL);
  self(thread).parent_death_signal = static_cast<int32_t>(number);
  return SysResult();
}

SysResult no_new_privileges(Thread& thread, const Pointer& a, const Pointer& b, const Pointer& c,
                            const Pointer& d) {
  if (a.value != 1 || b.value || c.value || d.value) return SysResult::error(EINVAL);
  self(thread).no_new_privileges = true;
  return SysResult();
}

SysResult keep_capabilities(Identity& identity, uint32_t keeps) {
  if (keeps > 1) return SysResult::error(EINVAL);
  if (identity.secure_bits & SECBIT_KEEP_CAPS_LOCKED) return SysResult::error(EPERM);
  identity.secure_bits = (identity.secure_bits & ~SECBIT_KEEP_CAPS) | (keeps ? SECBIT_KEEP_CAPS : 0);
  return SysResult();
}

/// Locks, each next above the bit that it locks, stay.
SysResult set_secure_bits(Identity& identity, uint32_t bits) {
  constexpr uint32_t k_locks = SECURE_ALL_LOCKS, k_all = SECURE_ALL_BITS | SECURE_ALL_LOCKS;
  uint32_t locks = identity.secure_bits & k_locks;
  bool changes_locked = (locks >> 1 & (bits ^ identity.secure_bits)) || (locks & ~bits);
  if (changes_locked || bits & ~k_all || !identity.may(CAP_SETPCAP)) return SysResult::error(EPERM);
  identity.secure_bits = bits;
  return SysResult();
}

SysResult read_bounding_set(const Identity& identity, uint32_t capability) {
  if (capability > Identity::k_last_capability) return SysResult::error(EINVAL);
  return SysResult(Identity::contains(identity.bounding_capabilities(), capability));
}

/// A bound of what a program that is executed can get, and of what can become inheritable.
SysResult drop_from_bounding_set(Identity& identity, uint32_t capability) {
  if (!identity.may(CAP_SETPCAP)) return SysResult::error(EPERM);
  if (capability > Identity::k_last_capability) return SysResult::error(EINVAL);
  identity.dropped_capabilities[capability / 32] |= 1u << (capability % 32);
  return SysResult();
}

SysResult clear_ambient_set(Identity& identity, const Pointer& a, const Pointer& b, const Pointer& c) {
  if (a.value || b.value || c.value) return SysResult::error(EINVAL);
  identity.ambient_capabilities = {};
  return SysResult();
}

SysResult raise_ambient(Identity& identity, uint32_t capability) {
  bool is_passed_on = Identity::contains(identity.permitted_capabilities, capability) &&
                      Identity::contains(identity.inheritable_capabilities, capability);
  if (!is_passed_on || identity.secure_bits & SECBIT_NO_CAP_AMBIENT_RAISE) return SysResult::error(EPERM);
  identity.ambient_capabilities[capability / 32] |= 1u << (capability % 32);
  return SysResult();
}

SysResult ambient_set(Identity& identity, uint32_t action, const Pointer& number, const Pointer& c,
                      const Pointer& d) {
  if (action == PR_CAP_AMBIENT_CLEAR_ALL) return clear_ambient_set(identity, number, c, d);
  uint32_t capability = number.value;
  if (capability > Identity::k_last_capability || c.value || d.value) return SysResult::error(EINVAL);
  switch (action) {
    case PR_CAP_AMBIENT_IS_SET:
      return SysResult(Identity::contains(identity.ambient_capabilities, capability));
    case PR_CAP_AMBIENT_RAISE:
      return raise_ambient(identity, capability);
    case PR_CAP_AMBIENT_LOWER:
      identity.ambient_capabilities[capability / 32] &= ~(1u << (capability % 32));
      return SysResult();
  }
  return SysResult::error(EINVAL);
}

}  // namespace

SysResult sys_prctl(Thread& thread, const Named<FlagSet::PrctlOptions>& option, const Pointer& a,
                    const Pointer& b, const Pointer& c, const Pointer& d) {
  Identity& identity = self(thread);
  switch (option.value) {
    case PR_SET_NAME:
      return set_name(thread, a);
    case PR_GET_NAME:
      return a.write(thread.name);
    case PR_SET_PDEATHSIG:
      return set_death_signal(thread, a.value);
    case PR_GET_PDEATHSIG:
      return a.write(identity.parent_death_signal);
    case PR_SET_DUMPABLE:
      return set_flag(identity.is_dumpable, a.value);
    case PR_GET_DUMPABLE:
      return SysResult(identity.is_dumpable);
    case PR_SET_KEEPCAPS:
      return keep_capabilities(identity, a.value);
    case PR_GET_KEEPCAPS:
      return SysResult(identity.secure_bits & SECBIT_KEEP_CAPS ? 1 : 0);
    case PR_SET_SECUREBITS:
      return set_secure_bits(identity, a.value);
    case PR_GET_SECUREBITS:
      return SysResult(identity.secure_bits);
    case PR_SET_CHILD_SUBREAPER:
      identity.is_subreaper = a.value;
      return SysResult();
    case PR_GET_CHILD_SUBREAPER:
      return a.write(int32_t{identity.is_subreaper});
    case PR_SET_NO_NEW_PRIVS:
      return no_new_privileges(thread, a, b, c, d);
    case PR_GET_NO_NEW_PRIVS:
      return a.value || b.value || c.value || d.value ? SysResult::error(EINVAL)
                                                      : SysResult(identity.no_new_privileges);
    case PR_SET_TIMERSLACK:
      thread.set_timer_slack(a.value);
      return SysResult();
    case PR_GET_TIMERSLACK:
      return SysResult(static_cast<int64_t>(thread.timer_slack));
    case PR_CAPBSET_READ:
      return read_bounding_set(identity, a.value);
    case PR_CAPBSET_DROP:
      return drop_from_bounding_set(identity, a.value);
    case PR_CAP_AMBIENT:
      return ambient_set(identity, a.value, b, c, d);
    case PR_GET_TID_ADDRESS:
      return a.write(thread.clear_tid_address);
    case PR_GET_TIMING:
      return SysResult(PR_TIMING_STATISTICAL);
    case PR_SET_TIMING:
      return a.value == PR_TIMING_STATISTICAL ? SysResult() : SysResult::error(EINVAL);
    case PR_GET_SECCOMP:               // which nothing turns on
    case PR_TASK_PERF_EVENTS_DISABLE:  // of which there are none
    case PR_TASK_PERF_EVENTS_ENABLE:
      return SysResult();
  }
  return SysResult::error(EINVAL);
}

}  // namespace lindvm
