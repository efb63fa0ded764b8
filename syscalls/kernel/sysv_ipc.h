#pragma once
// What System V message queues and semaphore sets have in common: keys, identifiers, owners and permissions.
// They live in the VM, which is a namespace of its own: guests of one VM share them, and the host's stay out
// of reach. A table synchronises itself; an object's own state is guarded by its mutex, which is taken after
// the table's where both are held. Any thread.

#include <sys/ipc.h>

#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "syscalls/kernel/identity.h"
#include "syscalls/kernel/wait_queue.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// struct ipc64_perm of a 32-bit guest.
struct GuestIpcPermissions {
  int32_t key;
  uint32_t uid, gid, cuid, cgid;
  uint32_t mode;
  uint16_t sequence;
  uint16_t unused0;
  uint32_t unused1, unused2;
};
static_assert(sizeof(GuestIpcPermissions) == 36);

/// A time in two words.
struct GuestSplitTime {
  uint32_t low, high;

  GuestSplitTime() : low(0), high(0) {}
  explicit GuestSplitTime(time_t time)
      : low(static_cast<uint32_t>(time)), high(static_cast<uint32_t>(time >> 32)) {}
};

/// Owner, permissions and life of an object.
struct SysvObject {
  int32_t key = 0;
  uint32_t uid = 0, gid = 0;
  uint32_t creator_uid = 0, creator_gid = 0;
  uint32_t mode = 0;
  uint16_t sequence = 0;
  time_t changed = time(nullptr);
  bool is_removed = false;
  std::mutex mutex;  ///< guards all of an object but key and sequence
  WaitQueue waiters;

  /// `wanted` are permission bits in any of the three places: EACCES.
  SysResult check_access(const Identity& caller, uint32_t wanted) const;
  /// For IPC_SET and IPC_RMID: EPERM.
  SysResult check_owner(const Identity& caller) const;
  void set_creator(const Identity& creator);
  GuestIpcPermissions permissions() const;
  void set_permissions(const GuestIpcPermissions& guest);
};

/// Objects of one kind by key and identifier.
template <class T>
class SysvTable {
 public:
  static constexpr size_t k_max_objects = 32000;
  static constexpr int32_t k_identifier_step = 32768;

  /// What msgget and semget do; `is_fitting` looks at an object that is there already.
  template <class Make, class IsFitting>
  SysResult get(const Identity& caller, int32_t key, int32_t flags, Make&& make, IsFitting&& is_fitting) {
    std::lock_guard lock(mutex_);
    if (auto known = by_key_.find(key); key != IPC_PRIVATE && known != by_key_.end()) {
      if ((flags & IPC_CREAT) && (flags & IPC_EXCL)) return SysResult::error(EEXIST);
      T& object = *slots_[static_cast<size_t>(known->second)];
      std::lock_guard object_lock(object.mutex);
      SYS_TRY(is_fitting(object));
      SYS_TRY(object.check_access(caller, static_cast<uint32_t>(flags)));
      return SysResult(identifier(known->second));
    }
    if (key != IPC_PRIVATE && !(flags & IPC_CREAT)) return SysResult::error(ENOENT);
    std::shared_ptr<T> object;
    SYS_TRY(make(object));
    object->set_creator(caller);
    return add(std::move(object), key, flags);
  }

  /// EINVAL for numbers that are none, also where another object has the place now.
  SysResult find(int32_t id, std::shared_ptr<T>& object) const {
    std::lock_guard lock(mutex_);
    SYS_TRY(check(id));
    object = at(id % k_identifier_step);
    return SysResult();
  }
  /// By place instead of identifier (MSG_STAT, SEM_STAT): its identifier.
  SysResult find_by_index(int32_t index, std::shared_ptr<T>& object) const {
    std::lock_guard lock(mutex_);
    if (index < 0 || !at(index)) return SysResult::error(EINVAL);
    object = at(index);
    return SysResult(identifier(index));
  }

  /// EPERM unless the caller may. Those who wait for the object find it removed.
  SysResult remove(const Identity& caller, int32_t id) {
    std::lock_guard lock(mutex_);
    SYS_TRY(check(id));
    size_t index = static_cast<size_t>(id % k_identifier_step);
    std::shared_ptr<T> object = slots_[index];
    std::lock_guard object_lock(object->mutex);
    SYS_TRY(object->check_owner(caller));
    object->is_removed = true;
    object->waiters.wake_all();
    if (object->key != IPC_PRIVATE) by_key_.erase(object->key);
    slots_[index] = nullptr;
    ++sequences_[index];
    --count_;
    return SysResult();
  }

  size_t count() const {
    std::lock_guard lock(mutex_);
    return count_;
  }
  int32_t highest_index() const {
    std::lock_guard lock(mutex_);
    for (size_t i = slots_.size(); i-- > 0;) {
      if (slots_[i]) return static_cast<int32_t>(i);
    }
    return 0;
  }
  template <class F>
  void for_each(F&& action) const {
    std::lock_guard lock(mutex_);
    for (const std::shared_ptr<T>& object : slots_) {
      if (object) action(*object);
    }
  }

 private:
  std::shared_ptr<T> at(int32_t index) const {
    return static_cast<size_t>(index) < slots_.size() ? slots_[static_cast<size_t>(index)] : nullptr;
  }
  int32_t identifier(int32_t index) const {
    return sequences_[static_cast<size_t>(index)] % 0xffff * k_identifier_step + index;
  }

  /// Of an object that is there?
  SysResult check(int32_t id) const {
    int32_t index = id % k_identifier_step;
    bool is_there = id >= 0 && at(index) && identifier(index) == id;
    return is_there ? SysResult() : SysResult::error(EINVAL);
  }

  SysResult add(std::shared_ptr<T> object, int32_t key, int32_t flags) {
    if (count_ >= k_max_objects) return SysResult::error(ENOSPC);
    size_t index = 0;
    while (index < slots_.size() && slots_[index]) ++index;
    if (index == slots_.size()) slots_.emplace_back(), sequences_.push_back(0);
    object->key = key;
    object->mode = static_cast<uint32_t>(flags) & 0777;
    object->sequence = sequences_[index];
    if (key != IPC_PRIVATE) by_key_[key] = static_cast<int32_t>(index);
    slots_[index] = std::move(object);
    ++count_;
    return SysResult(identifier(static_cast<int32_t>(index)));
  }

  mutable std::mutex mutex_;
  // Guarded by mutex_:
  std::vector<std::shared_ptr<T>> slots_;
  std::vector<uint16_t> sequences_;  // one per slot
  std::map<int32_t, int32_t> by_key_;
  size_t count_ = 0;
};

}  // namespace lindvm
