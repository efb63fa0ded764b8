#pragma once
// System V shared memory: segments by id and key, in a namespace of the guests' own. Each is an anonymous
// file of the host that attaching maps. Shared by the processes that may see each other's segments; any
// thread may call. Answers are Linux's.

#include <cstdint>
#include <ctime>
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "memory/address_map.h"
#include "syscalls/kernel/identity.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// What IPC_STAT tells.
struct SegmentStatus {
  int32_t key = 0;
  uint32_t uid = 0, gid = 0, creator_uid = 0, creator_gid = 0;
  uint32_t mode = 0;  ///< permissions, SHM_DEST, SHM_LOCKED
  uint64_t size = 0;
  int64_t attach_time = 0, detach_time = 0, change_time = 0;
  int32_t creator_pid = 0, last_pid = 0;
  uint64_t attached = 0;
};

/// What SHM_INFO tells.
struct SegmentTotals {
  int32_t used_ids = 0;
  int32_t highest_index = 0;
  uint64_t pages = 0;
};

class SharedSegments {
 public:
  static constexpr uint64_t k_max_segment = AddressMap::k_end;
  static constexpr uint32_t k_max_count = 4096;  ///< SHMMNI

  /// shmget(2): an id.
  SysResult get(const Identity& caller, int32_t key, uint64_t size, uint32_t flags);
  /// shmat(2): the address.
  SysResult attach(const Identity& caller, AddressMap& addresses, int32_t id, uint64_t address,
                   uint32_t flags);
  /// shmdt(2).
  SysResult detach(const Identity& caller, AddressMap& addresses, uint64_t address);

  // shmctl(2). By index: SHM_STAT, which answers the id.
  SysResult status(const Identity& caller, int32_t id, SegmentStatus& status);
  SysResult status_by_index(const Identity& caller, int32_t index, bool checks_access, SegmentStatus& status);
  SysResult change(const Identity& caller, int32_t id, uint32_t uid, uint32_t gid, uint32_t mode);
  SysResult remove(const Identity& caller, int32_t id);
  SysResult set_locked(const Identity& caller, int32_t id, bool is_locked);
  SegmentTotals totals();

  /// A process ends: its attachments are no more.
  void forget(const AddressMap& addresses);

 private:
  struct Segment {
    int32_t id = 0;
    SegmentStatus status;
    OwnedFd memory;
    uint64_t inode = 0;
    uint64_t attached_bytes = 0;  ///< when they were last counted
  };

  // All below with mutex_ held.
  SysResult create(const Identity& caller, int32_t key, uint64_t size, uint32_t flags);
  /// EINVAL for no segment, EACCES for one that the caller may not access in this way.
  SysResult find(const Identity& caller, int32_t id, uint32_t access, Segment*& segment);
  /// EPERM for one that is another's.
  SysResult find_owned(const Identity& caller, int32_t id, Segment*& segment);
  /// EPERM for another's segment or where nothing may be locked, ENOMEM beyond the limit.
  SysResult check_locking(const Identity& caller, const Segment& segment) const;
  AddressMap::Attachments attachments(const Segment& segment) const;
  /// Counts attachments anew: what was unmapped by other means than shmdt is seen now.
  SegmentStatus status_of(const Identity& caller, Segment& segment) const;
  /// Ends segments that were removed and that nobody has attached any more.
  void sweep();

  std::mutex mutex_;
  std::map<int32_t, Segment> segments_;  // by index, which is the lower part of the id
  std::set<const AddressMap*> users_;    // that ever attached one
  int32_t sequence_ = 0;
};

}  // namespace lindvm
