#include "syscalls/kernel/sysv_semaphores.h"

#include <sys/sem.h>

#include <algorithm>
#include <set>
#include <utility>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/passed_files.h"
#include "syscalls/kernel/process.h"

namespace lindvm {
namespace {

/// Every process's adjustments.
struct UndoList {
  std::mutex mutex;
  std::set<SemaphoreUndo*> processes;  // guarded by mutex
};
UndoList& undo_list() {
  static auto* list = new UndoList;  // outlives every guest
  return *list;
}

constexpr int32_t k_max_adjustment = 32767;  // SEMAEM

bool has_undo(std::span<const SemaphoreOperation> operations) {
  return std::any_of(operations.begin(), operations.end(),
                     [](const SemaphoreOperation& one) { return one.flags & SEM_UNDO; });
}

}  // namespace

SysvTable<SemaphoreSet>& semaphore_sets() {
  static auto* table = new SysvTable<SemaphoreSet>;  // outlives every guest
  return *table;
}

SysResult SemaphoreSet::try_all(std::span<const SemaphoreOperation> operations, const SemaphoreUndo* undo,
                                std::vector<int32_t>& values, const SemaphoreOperation*& blocked) const {
  blocked = nullptr;
  values.clear();
  for (const Semaphore& one : semaphores) values.push_back(one.value);
  for (const SemaphoreOperation& one : operations) {
    int32_t& value = values[one.number];
    if (one.change == 0 ? value != 0 : value + one.change < 0) {
      blocked = &one;
      return SysResult();
    }
    if (value + one.change > k_max_value) return SysResult::error(ERANGE);
    if (one.flags & SEM_UNDO) {
      int32_t adjustment = undo->adjustment(*this, one.number) - one.change;
      if (adjustment < -k_max_adjustment - 1 || adjustment > k_max_adjustment)
        return SysResult::error(ERANGE);
    }
    value += one.change;
  }
  return SysResult();
}

SysResult SemaphoreSet::wait(Thread& thread, std::unique_lock<std::mutex>& lock,
                             const SemaphoreOperation& blocked, const Deadline* deadline) {
  Semaphore& semaphore = semaphores[blocked.number];
  int32_t& counter = blocked.change == 0 ? semaphore.waiting_for_zero : semaphore.waiting_for_more;
  uint32_t seen = waiters.changes();
  ++counter;
  lock.unlock();
  SysResult result = never_again(thread, waiters.wait(thread, seen, deadline));
  lock.lock();
  --counter;
  if (is_removed) return SysResult::error(EIDRM);
  return result.error_number() == ETIMEDOUT ? SysResult::error(EAGAIN) : result;
}

SysResult SemaphoreSet::operate(Thread& thread, const std::shared_ptr<SemaphoreSet>& self,
                                std::span<const SemaphoreOperation> operations, const Deadline* deadline) {
  bool alters = std::any_of(operations.begin(), operations.end(),
                            [](const SemaphoreOperation& one) { return one.change != 0; });
  bool is_in_range = std::all_of(operations.begin(), operations.end(), [&](const SemaphoreOperation& one) {
    return one.number < semaphores.size();
  });
  if (!is_in_range) return SysResult::error(EFBIG);
  SemaphoreUndo* undo = has_undo(operations) ? &SemaphoreUndo::of(thread) : nullptr;
  std::unique_lock lock(mutex);
  SYS_TRY(check_access(thread.process().identity(), alters ? 0222 : 0444));
  std::vector<int32_t> values;
  for (;;) {
    if (is_removed) return SysResult::error(EIDRM);
    const SemaphoreOperation* blocked = nullptr;
    SYS_TRY(try_all(operations, undo, values, blocked));
    if (!blocked) break;
    if (blocked->flags & IPC_NOWAIT) return SysResult::error(EAGAIN);
    SYS_TRY(wait(thread, lock, *blocked, deadline));
  }
  for (const SemaphoreOperation& one : operations) {
    Semaphore& semaphore = semaphores[one.number];
    semaphore.value = values[one.number];
    semaphore.last_process = thread.process().identity().pid;
    if ((one.flags & SEM_UNDO) && one.change != 0) undo->adjust(self, one.number, -one.change);
  }
  operated = time(nullptr);
  if (alters) waiters.wake_all();
  return SysResult();
}

SemaphoreUndo::SemaphoreUndo() {
  UndoList& list = undo_list();
  std::lock_guard lock(list.mutex);
  list.processes.insert(this);
}

SemaphoreUndo::~SemaphoreUndo() {
  UndoList& list = undo_list();
  {
    std::lock_guard lock(list.mutex);
    list.processes.erase(this);
  }
  for (auto& [key, entry] : entries_) {
    std::shared_ptr<SemaphoreSet> set = entry.set.lock();
    if (!set) continue;
    std::lock_guard lock(set->mutex);
    for (size_t i = 0; i < entry.values.size(); ++i) {
      int32_t value = set->semaphores[i].value + entry.values[i];
      set->semaphores[i].value = std::clamp(value, 0, SemaphoreSet::k_max_value);
    }
    set->waiters.wake_all();
  }
}

SemaphoreUndo& SemaphoreUndo::of(Thread& thread) {
  UndoList& list = undo_list();
  std::shared_ptr<SemaphoreUndo>& slot = thread.process().semaphore_undo();
  {
    std::lock_guard lock(list.mutex);
    if (slot) return *slot;
  }
  auto made = std::make_shared<SemaphoreUndo>();
  std::lock_guard lock(list.mutex);
  if (!slot) std::swap(slot, made);
  return *slot;
}

void SemaphoreUndo::clear(const SemaphoreSet& set, size_t first, size_t count) {
  UndoList& list = undo_list();
  std::lock_guard lock(list.mutex);
  for (SemaphoreUndo* process : list.processes) {
    auto found = process->entries_.find(&set);
    if (found == process->entries_.end()) continue;
    auto begin = found->second.values.begin() + static_cast<ptrdiff_t>(first);
    std::fill_n(begin, count, 0);
  }
}

int32_t SemaphoreUndo::adjustment(const SemaphoreSet& set, size_t number) const {
  std::lock_guard lock(undo_list().mutex);
  auto found = entries_.find(&set);
  return found == entries_.end() ? 0 : found->second.values[number];
}

void SemaphoreUndo::adjust(const std::shared_ptr<SemaphoreSet>& set, size_t number, int32_t by) {
  std::lock_guard lock(undo_list().mutex);
  Entry& entry = entries_[set.get()];
  if (entry.set.expired()) entry = {set, std::vector<int32_t>(set->semaphores.size())};
  entry.values[number] += by;
}

}  // namespace lindvm
