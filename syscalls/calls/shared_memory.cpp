// System V shared memory by number: layouts of 32-bit machines over kernel/shared_segments.h.

#include <sys/ipc.h>
#include <sys/shm.h>
#include <unistd.h>

#include "syscalls/kernel/memory_state.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// struct ipc64_perm.
struct GuestIpcPermissions {
  int32_t key;
  uint32_t uid, gid, creator_uid, creator_gid;
  uint32_t mode;
  uint16_t sequence;
  uint16_t padding;
  uint32_t unused[2];
};

/// struct shmid64_ds.
struct GuestSegment {
  GuestIpcPermissions permissions;
  uint32_t size;
  uint32_t attach_time[2], detach_time[2], change_time[2];
  int32_t creator_pid, last_pid;
  uint32_t attached;
  uint32_t unused[2];
};
static_assert(sizeof(GuestIpcPermissions) == 36 && sizeof(GuestSegment) == 84);

/// struct shminfo64.
struct GuestSegmentLimits {
  uint32_t max_bytes, min_bytes, max_ids, max_attached, max_pages;
  uint32_t unused[4];
};

/// struct shm_info.
struct GuestSegmentTotals {
  int32_t used_ids;
  uint32_t pages, resident, swapped, swap_attempts, swap_successes;
};

constexpr int32_t k_ids_per_sequence = 32768;

const Identity& caller_of(Thread& thread) { return thread.process().identity(); }

void split(int64_t time, uint32_t (&halves)[2]) {
  halves[0] = static_cast<uint32_t>(time);
  halves[1] = static_cast<uint32_t>(static_cast<uint64_t>(time) >> 32);
}

GuestSegment to_guest(const SegmentStatus& status, int32_t id) {
  GuestSegment guest{};
  guest.permissions = {
      status.key, status.uid, status.gid, status.creator_uid, status.creator_gid, status.mode, {}, {}, {}};
  guest.permissions.sequence = static_cast<uint16_t>(id / k_ids_per_sequence);
  guest.size = static_cast<uint32_t>(status.size);
  split(status.attach_time, guest.attach_time);
  split(status.detach_time, guest.detach_time);
  split(status.change_time, guest.change_time);
  guest.creator_pid = status.creator_pid;
  guest.last_pid = status.last_pid;
  guest.attached = static_cast<uint32_t>(status.attached);
  return guest;
}

/// One shmctl call.
class Control {
 public:
  Control(Thread& thread, MemoryState& memory, int32_t id, uint32_t buffer)
      : caller_(caller_of(thread)),
        segments_(memory.segments()),
        addresses_(memory.addresses()),
        id_(id),
        buffer_(buffer) {}

  SysResult run(uint32_t command) {
    switch (command) {
      case IPC_RMID:
        return segments_.remove(caller_, id_);
      case IPC_SET:
        return change();
      case IPC_STAT:
        return status();
      case IPC_INFO:
        return limits();
      case SHM_LOCK:
      case SHM_UNLOCK:
        return segments_.set_locked(caller_, id_, command == SHM_LOCK);
      case SHM_STAT:
      case flag::ShmCommands_SHM_STAT_ANY:
        return status_by_index(command == SHM_STAT);
      case SHM_INFO:
        return totals();
      default:
        return SysResult::error(EINVAL);
    }
  }

 private:
  template <class T>
  SysResult put(const T& value, int64_t answer) {
    bool done = copy_out(addresses_.memory(), buffer_, &value, sizeof value);
    return done ? SysResult(answer) : SysResult::error(EFAULT);
  }

  SysResult change() {
    GuestSegment guest;
    if (!copy_in(&guest, addresses_.memory(), buffer_, sizeof guest)) return SysResult::error(EFAULT);
    const GuestIpcPermissions& wanted = guest.permissions;
    return segments_.change(caller_, id_, wanted.uid, wanted.gid, wanted.mode);
  }

  SysResult status() {
    SegmentStatus status;
    SYS_TRY(segments_.status(caller_, id_, status));
    return put(to_guest(status, id_), 0);
  }

  SysResult status_by_index(bool checks_access) {
    SegmentStatus status;
    int64_t id = SYS_TRY(segments_.status_by_index(caller_, id_, checks_access, status));
    return put(to_guest(status, static_cast<int32_t>(id)), id);
  }

  SysResult limits() {
    constexpr auto k_most = static_cast<uint32_t>(SharedSegments::k_max_segment);
    constexpr uint32_t k_count = SharedSegments::k_max_count;
    GuestSegmentLimits limits{k_most, 1, k_count, k_count, k_most / k_guest_page, {}};
    return put(limits, segments_.totals().highest_index);
  }

  SysResult totals() {
    SegmentTotals all = segments_.totals();
    auto pages = static_cast<uint32_t>(all.pages);
    return put(GuestSegmentTotals{all.used_ids, pages, pages, 0, 0, 0}, all.highest_index);
  }

  const Identity& caller_;
  SharedSegments& segments_;
  AddressMap& addresses_;
  int32_t id_;
  uint32_t buffer_;
};

}  // namespace

SysResult sys_shmget(Thread& thread, const Scalar<int32_t>& key, const Scalar<uint32_t>& size,
                     const BitsAndMode<FlagSet::ShmgetFlags, int32_t>& flags) {
  MemoryState* memory = thread.process().memory();
  if (!memory) return SysResult::error(ENOSYS);
  return memory->segments().get(caller_of(thread), key.value, size.value, static_cast<uint32_t>(flags.value));
}

SysResult sys_shmat(Thread& thread, const Scalar<int32_t>& id, const Address& address,
                    const Flags<FlagSet::ShmatFlags>& flags) {
  MemoryState* memory = thread.process().memory();
  if (!memory) return SysResult::error(ENOSYS);
  return memory->segments().attach(caller_of(thread), memory->addresses(), id.value, address.value,
                                   flags.bits);
}

SysResult sys_shmdt(Thread& thread, const Address& address) {
  MemoryState* memory = thread.process().memory();
  if (!memory) return SysResult::error(ENOSYS);
  return memory->segments().detach(caller_of(thread), memory->addresses(), address.value);
}

SysResult sys_shmctl(Thread& thread, const Scalar<int32_t>& id, const Choice<FlagSet::ShmCommands>& command,
                     const Address& buffer) {
  MemoryState* memory = thread.process().memory();
  if (!memory) return SysResult::error(ENOSYS);
  return Control(thread, *memory, id.value, buffer.value).run(command.value);
}

}  // namespace lindvm
