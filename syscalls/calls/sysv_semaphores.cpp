// System V semaphores (kernel/sysv_semaphores.h).

#include "syscalls/kernel/sysv_semaphores.h"

#include <sys/sem.h>

#include <algorithm>

#include "syscalls/kernel/passed_files.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// struct semid64_ds of a 32-bit guest.
struct GuestSemaphoreSet {
  GuestIpcPermissions permissions;
  GuestSplitTime operated, changed;
  uint32_t count;
  uint32_t unused[2];
};
static_assert(sizeof(GuestSemaphoreSet) == 64);

/// struct seminfo, the same everywhere.
struct SemaphoreLimits {
  int32_t map, sets, semaphores, undos, per_set, operations, per_process, undo_size, max_value,
      max_adjustment;
};

constexpr uint32_t k_stat_any = 20;

SysResult tell_limits(const Pointer& buffer, bool tells_use) {
  SysvTable<SemaphoreSet>& sets = semaphore_sets();
  constexpr int32_t k_sets = static_cast<int32_t>(SysvTable<SemaphoreSet>::k_max_objects);
  SemaphoreLimits limits{};
  limits.sets = k_sets;
  limits.per_set = SemaphoreSet::k_max_semaphores;
  limits.semaphores = limits.map = limits.undos = k_sets * limits.per_set;
  limits.operations = limits.per_process = SemaphoreSet::k_max_operations;
  limits.undo_size = 20;
  limits.max_value = limits.max_adjustment = SemaphoreSet::k_max_value;
  if (tells_use) {
    limits.undo_size = static_cast<int32_t>(sets.count());
    limits.max_adjustment = 0;
    sets.for_each(
        [&](SemaphoreSet& set) { limits.max_adjustment += static_cast<int32_t>(set.semaphores.size()); });
  }
  SYS_TRY(buffer.write(limits));
  return SysResult(sets.highest_index());
}

SysResult tell_set(const Identity& caller, int32_t id, uint32_t command, const Pointer& buffer) {
  std::shared_ptr<SemaphoreSet> set;
  bool is_by_index = command != IPC_STAT;
  int64_t result =
      SYS_TRY(is_by_index ? semaphore_sets().find_by_index(id, set) : semaphore_sets().find(id, set));
  std::lock_guard lock(set->mutex);
  if (command != k_stat_any) SYS_TRY(set->check_access(caller, 0444));
  GuestSemaphoreSet guest{};
  guest.permissions = set->permissions();
  guest.operated = GuestSplitTime(set->operated);
  guest.changed = GuestSplitTime(set->changed);
  guest.count = static_cast<uint32_t>(set->semaphores.size());
  SYS_TRY(buffer.write(guest));
  return SysResult(result);
}

SysResult change_set(const Identity& caller, int32_t id, const Pointer& buffer) {
  GuestSemaphoreSet guest;
  if (!buffer.read(guest)) return SysResult::error(EFAULT);
  std::shared_ptr<SemaphoreSet> set;
  SYS_TRY(semaphore_sets().find(id, set));
  std::lock_guard lock(set->mutex);
  SYS_TRY(set->check_owner(caller));
  set->set_permissions(guest.permissions);
  return SysResult();
}

SysResult get_all(SemaphoreSet& set, const Pointer& buffer) {
  std::vector<uint16_t> values;
  for (const SemaphoreSet::Semaphore& one : set.semaphores)
    values.push_back(static_cast<uint16_t>(one.value));
  bool is_written = buffer.write_bytes(values.data(), values.size() * sizeof(uint16_t));
  return is_written ? SysResult() : SysResult::error(EFAULT);
}

SysResult set_all(Thread& thread, SemaphoreSet& set, const Pointer& buffer) {
  std::vector<uint16_t> values(set.semaphores.size());
  if (!buffer.read_bytes(values.data(), values.size() * sizeof(uint16_t))) return SysResult::error(EFAULT);
  bool is_in_range = std::all_of(values.begin(), values.end(),
                                 [](uint16_t value) { return value <= SemaphoreSet::k_max_value; });
  if (!is_in_range) return SysResult::error(ERANGE);
  for (size_t i = 0; i < values.size(); ++i) {
    set.semaphores[i].value = values[i];
    set.semaphores[i].last_process = thread.process().identity().pid;
  }
  SemaphoreUndo::clear(set, 0, values.size());
  set.changed = time(nullptr);
  set.waiters.wake_all();
  return SysResult();
}

SysResult set_value(Thread& thread, SemaphoreSet& set, size_t number, int32_t value) {
  if (value < 0 || value > SemaphoreSet::k_max_value) return SysResult::error(ERANGE);
  SYS_TRY(set.check_access(thread.process().identity(), 0222));
  set.semaphores[number].value = value;
  set.semaphores[number].last_process = thread.process().identity().pid;
  SemaphoreUndo::clear(set, number, 1);
  set.changed = time(nullptr);
  set.waiters.wake_all();
  return SysResult();
}

/// Commands on the values of a set; `set` has its mutex locked.
SysResult control_values(Thread& thread, SemaphoreSet& set, int32_t number, uint32_t command,
                         const Pointer& argument) {
  auto index = static_cast<size_t>(number);
  bool is_there = number >= 0 && index < set.semaphores.size();
  if (command == SETVAL) {
    return is_there ? set_value(thread, set, index, static_cast<int32_t>(argument.value))
                    : SysResult::error(EINVAL);
  }
  SYS_TRY(set.check_access(thread.process().identity(), command == SETALL ? 0222 : 0444));
  if (command == GETALL) return get_all(set, argument);
  if (command == SETALL) return set_all(thread, set, argument);
  if (!is_there) return SysResult::error(EINVAL);
  const SemaphoreSet::Semaphore& semaphore = set.semaphores[index];
  switch (command) {
    case GETVAL:
      return SysResult(semaphore.value);
    case GETPID:
      return SysResult(semaphore.last_process);
    case GETNCNT:
      return SysResult(semaphore.waiting_for_more);
    default:
      return SysResult(semaphore.waiting_for_zero);
  }
}

SysResult operate(Thread& thread, int32_t id, const Pointer& operations, uint32_t count,
                  const Deadline* deadline) {
  if (count < 1 || id < 0) return SysResult::error(EINVAL);
  if (count > SemaphoreSet::k_max_operations) return SysResult::error(E2BIG);
  std::vector<SemaphoreOperation> list(count);
  if (!operations.read_bytes(list.data(), count * sizeof list[0])) return SysResult::error(EFAULT);
  std::shared_ptr<SemaphoreSet> set;
  SYS_TRY(semaphore_sets().find(id, set));
  return set->operate(thread, set, list, deadline);
}

}  // namespace

SysResult sys_semget(Thread& thread, const Scalar<int32_t>& key, const Scalar<int32_t>& count,
                     const BitsAndMode<FlagSet::IpcFlags, int32_t>& flags) {
  if (count.value < 0 || count.value > SemaphoreSet::k_max_semaphores) return SysResult::error(EINVAL);
  auto make = [&](std::shared_ptr<SemaphoreSet>& set) {
    if (count.value == 0) return SysResult::error(EINVAL);
    set = std::make_shared<SemaphoreSet>(count.value);
    return SysResult();
  };
  return semaphore_sets().get(thread.process().identity(), key.value, flags.value, make,
                              [&](SemaphoreSet& set) {
                                bool is_enough = static_cast<size_t>(count.value) <= set.semaphores.size();
                                return is_enough ? SysResult() : SysResult::error(EINVAL);
                              });
}

SysResult sys_semctl(Thread& thread, const Scalar<int32_t>& id, const Scalar<int32_t>& number,
                     const Choice<FlagSet::SemaphoreCommands>& command, const Pointer& argument) {
  if (id.value < 0) return SysResult::error(EINVAL);
  const Identity& caller = thread.process().identity();
  switch (command.value) {
    case IPC_INFO:
      return tell_limits(argument, false);
    case SEM_INFO:
      return tell_limits(argument, true);
    case IPC_STAT:
    case SEM_STAT:
    case k_stat_any:
      return tell_set(caller, id.value, command.value, argument);
    case IPC_SET:
      return change_set(caller, id.value, argument);
    case IPC_RMID:
      return semaphore_sets().remove(caller, id.value);
    case GETALL:
    case SETALL:
    case GETVAL:
    case SETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
      break;
    default:
      return SysResult::error(EINVAL);
  }
  std::shared_ptr<SemaphoreSet> set;
  SYS_TRY(semaphore_sets().find(id.value, set));
  std::lock_guard lock(set->mutex);
  return control_values(thread, *set, number.value, command.value, argument);
}

SysResult sys_semop(Thread& thread, const Scalar<int32_t>& id, const Pointer& operations,
                    const Scalar<uint32_t>& count) {
  return operate(thread, id.value, operations, count.value, nullptr);
}

SysResult sys_semtimedop_time64(Thread& thread, const Scalar<int32_t>& id, const Pointer& operations,
                                const Scalar<uint32_t>& count, const OptionalTime& timeout) {
  Deadline deadline;
  if (timeout.is_given()) SYS_TRY(deadline_after(timeout.value(), deadline));
  return operate(thread, id.value, operations, count.value, timeout.is_given() ? &deadline : nullptr);
}

}  // namespace lindvm
