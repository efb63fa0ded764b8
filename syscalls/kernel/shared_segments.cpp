#include "syscalls/kernel/shared_segments.h"

#include <fmt/format.h>
#include <linux/capability.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include "memory/os/host_pages.h"
#include "syscalls/table/flags.h"

namespace lindvm {
namespace {

constexpr uint32_t k_permissions = 0777, k_readable = 4, k_writable = 2;
constexpr uint32_t k_huge_page_group = 0;  ///< vm.hugetlb_shm_group
constexpr int32_t k_index_count = 32768;   ///< an id is index + k_index_count * sequence
constexpr int32_t k_max_sequence = INT32_MAX / k_index_count;

bool may_access(const Identity& caller, const SegmentStatus& status, uint32_t access) {
  uint32_t granted = status.mode, user = caller.user.effective;
  if (user == status.uid || user == status.creator_uid) {
    granted >>= 6;
  } else if (caller.is_in_group(status.gid) || caller.is_in_group(status.creator_gid)) {
    granted >>= 3;
  }
  return (granted & access) == access || caller.may(CAP_IPC_OWNER);
}

bool is_owner(const Identity& caller, const SegmentStatus& status) {
  uint32_t user = caller.user.effective;
  return user == status.uid || user == status.creator_uid;
}

/// The request that attaching is; `address` is checked as shmat does.
SysResult attach_request(uint64_t address, uint32_t flags, MapRequest& request) {
  bool remaps = flags & flag::ShmatFlags_SHM_REMAP;
  if (flags & flag::ShmatFlags_SHM_RND) address &= ~(k_guest_page - 1);
  if (address % k_guest_page != 0 || (remaps && address == 0)) return SysResult::error(EINVAL);
  request.address = address;
  request.flags = MAP_SHARED;
  if (address != 0) request.flags |= remaps ? MAP_FIXED : MAP_FIXED_NOREPLACE;
  request.prot = flags & flag::ShmatFlags_SHM_RDONLY ? PROT_READ : PROT_READ | PROT_WRITE;
  if (flags & flag::ShmatFlags_SHM_EXEC) request.prot |= PROT_EXEC;
  request.area_flags = k_area_segment;
  return SysResult();
}

}  // namespace

SysResult SharedSegments::get(const Identity& caller, int32_t key, uint64_t size, uint32_t flags) {
  std::lock_guard lock(mutex_);
  sweep();
  if (key == IPC_PRIVATE) return create(caller, key, size, flags);
  for (const auto& [index, segment] : segments_) {
    if (segment.status.key != key) continue;
    if (flags & IPC_CREAT && flags & IPC_EXCL) return SysResult::error(EEXIST);
    if (size > segment.status.size) return SysResult::error(EINVAL);
    uint32_t wanted = (flags >> 6 | flags >> 3 | flags) & 7;
    return may_access(caller, segment.status, wanted) ? SysResult(segment.id) : SysResult::error(EACCES);
  }
  return flags & IPC_CREAT ? create(caller, key, size, flags) : SysResult::error(ENOENT);
}

SysResult SharedSegments::create(const Identity& caller, int32_t key, uint64_t size, uint32_t flags) {
  if (size == 0 || size > k_max_segment) return SysResult::error(EINVAL);
  if (flags & flag::ShmgetFlags_SHM_HUGETLB) {
    bool may_ask = caller.may(CAP_IPC_LOCK) || caller.is_in_group(k_huge_page_group);
    return SysResult::error(may_ask ? ENOMEM : EPERM);  // no such pages for guests
  }
  if (segments_.size() >= k_max_count) return SysResult::error(ENOSPC);
  Segment segment;
  struct stat file{};
  uint64_t bytes = (size + k_guest_page - 1) & ~(k_guest_page - 1);
  if (!host_pages::create_shared_memory(bytes, segment.memory)) return SysResult::error(ENOMEM);
  if (fstat(segment.memory.get(), &file) != 0) return SysResult::of_host(-1);
  segment.inode = file.st_ino;
  segment.status = {.key = key, .uid = caller.user.effective, .gid = caller.owner_group.effective};
  segment.status.creator_uid = segment.status.uid;
  segment.status.creator_gid = segment.status.gid;
  segment.status.mode = flags & k_permissions;
  segment.status.size = size;
  segment.status.change_time = std::time(nullptr);
  segment.status.creator_pid = caller.pid;
  int32_t index = 0;
  while (segments_.contains(index)) ++index;
  segment.id = index + k_index_count * sequence_;
  sequence_ = sequence_ == k_max_sequence ? 0 : sequence_ + 1;
  int32_t id = segment.id;
  segments_.emplace(index, std::move(segment));
  return SysResult(id);
}

SysResult SharedSegments::find(const Identity& caller, int32_t id, uint32_t access, Segment*& segment) {
  sweep();
  auto found = id < 0 ? segments_.end() : segments_.find(id % k_index_count);
  if (found == segments_.end() || found->second.id != id) return SysResult::error(EINVAL);
  segment = &found->second;
  return may_access(caller, segment->status, access) ? SysResult() : SysResult::error(EACCES);
}

SysResult SharedSegments::find_owned(const Identity& caller, int32_t id, Segment*& segment) {
  SYS_TRY(find(caller, id, 0, segment));
  bool may_change = is_owner(caller, segment->status) || caller.may(CAP_SYS_ADMIN);
  return may_change ? SysResult() : SysResult::error(EPERM);
}

SysResult SharedSegments::attach(const Identity& caller, AddressMap& addresses, int32_t id, uint64_t address,
                                 uint32_t flags) {
  MapRequest request;
  SYS_TRY(attach_request(address, flags, request));
  std::lock_guard lock(mutex_);
  Segment* segment = nullptr;
  bool writes = request.prot & PROT_WRITE;
  SYS_TRY(find(caller, id, writes ? k_readable | k_writable : k_readable, segment));
  std::string name = fmt::format("/SYSV{:08x} (deleted)", static_cast<uint32_t>(segment->status.key));
  request.length = segment->status.size;
  request.file = {segment->memory.get(), name};
  SysResult attached(addresses.map(request));
  if (attached.error_number() == EEXIST) return SysResult::error(EINVAL);
  if (!attached.ok()) return attached;
  users_.insert(&addresses);
  segment->attached_bytes = attachments(*segment).bytes;
  segment->status.attach_time = std::time(nullptr);
  segment->status.last_pid = caller.pid;
  return attached;
}

SysResult SharedSegments::detach(const Identity& caller, AddressMap& addresses, uint64_t address) {
  std::lock_guard lock(mutex_);
  uint64_t inode = 0;
  SYS_TRY(SysResult(addresses.detach(address, inode)));
  for (auto& [index, segment] : segments_) {
    if (segment.inode != inode) continue;
    segment.status.detach_time = std::time(nullptr);
    segment.status.last_pid = caller.pid;
  }
  sweep();
  return SysResult();
}

SysResult SharedSegments::status(const Identity& caller, int32_t id, SegmentStatus& status) {
  std::lock_guard lock(mutex_);
  Segment* segment = nullptr;
  SYS_TRY(find(caller, id, k_readable, segment));
  status = status_of(caller, *segment);
  return SysResult();
}

SysResult SharedSegments::status_by_index(const Identity& caller, int32_t index, bool checks_access,
                                          SegmentStatus& status) {
  std::lock_guard lock(mutex_);
  sweep();
  auto found = segments_.find(index);
  if (found == segments_.end()) return SysResult::error(EINVAL);
  if (checks_access && !may_access(caller, found->second.status, k_readable)) return SysResult::error(EACCES);
  status = status_of(caller, found->second);
  return SysResult(found->second.id);
}

SysResult SharedSegments::change(const Identity& caller, int32_t id, uint32_t uid, uint32_t gid,
                                 uint32_t mode) {
  std::lock_guard lock(mutex_);
  Segment* segment = nullptr;
  SYS_TRY(find_owned(caller, id, segment));
  SegmentStatus& status = segment->status;
  status.uid = uid;
  status.gid = gid;
  status.mode = (status.mode & ~k_permissions) | (mode & k_permissions);
  status.change_time = std::time(nullptr);
  return SysResult();
}

SysResult SharedSegments::remove(const Identity& caller, int32_t id) {
  std::lock_guard lock(mutex_);
  Segment* segment = nullptr;
  SYS_TRY(find_owned(caller, id, segment));
  segment->status.mode |= SHM_DEST;
  segment->status.key = IPC_PRIVATE;
  sweep();
  return SysResult();
}

// Whether host memory is really locked is not what the guest can see.
SysResult SharedSegments::set_locked(const Identity& caller, int32_t id, bool is_locked) {
  std::lock_guard lock(mutex_);
  Segment* segment = nullptr;
  SYS_TRY(find(caller, id, 0, segment));
  SegmentStatus& status = segment->status;
  if (is_locked) {
    SYS_TRY(check_locking(caller, *segment));
  } else if (!caller.may(CAP_IPC_LOCK) && !is_owner(caller, status)) {
    return SysResult::error(EPERM);
  }
  status.mode = (status.mode & ~uint32_t{SHM_LOCKED}) | (is_locked ? uint32_t{SHM_LOCKED} : 0);
  return SysResult();
}

SysResult SharedSegments::check_locking(const Identity& caller, const Segment& segment) const {
  if (caller.may(CAP_IPC_LOCK)) return SysResult();
  uint64_t limit = caller.limits[RLIMIT_MEMLOCK].rlim_cur, locked = 0;
  if (!is_owner(caller, segment.status) || limit == 0) return SysResult::error(EPERM);
  if (segment.status.mode & SHM_LOCKED) return SysResult();
  for (const auto& [index, other] : segments_) {
    if (other.status.mode & SHM_LOCKED) locked += other.status.size;
  }
  return locked + segment.status.size > limit ? SysResult::error(ENOMEM) : SysResult();
}

SegmentTotals SharedSegments::totals() {
  std::lock_guard lock(mutex_);
  sweep();
  SegmentTotals totals;
  for (const auto& [index, segment] : segments_) {
    ++totals.used_ids;
    totals.highest_index = index;
    totals.pages += (segment.status.size + k_guest_page - 1) / k_guest_page;
  }
  return totals;
}

void SharedSegments::forget(const AddressMap& addresses) {
  std::lock_guard lock(mutex_);
  users_.erase(&addresses);
  sweep();
}

AddressMap::Attachments SharedSegments::attachments(const Segment& segment) const {
  AddressMap::Attachments all;
  for (const AddressMap* user : users_) {
    AddressMap::Attachments found = user->attachments(segment.inode);
    all.areas += found.areas;
    all.bytes += found.bytes;
  }
  return all;
}

SegmentStatus SharedSegments::status_of(const Identity& caller, Segment& segment) const {
  AddressMap::Attachments attached = attachments(segment);
  SegmentStatus& status = segment.status;
  if (attached.bytes < segment.attached_bytes) {
    status.detach_time = std::time(nullptr);
    status.last_pid = caller.pid;
  }
  segment.attached_bytes = attached.bytes;
  status.attached = attached.areas;
  return status;
}

void SharedSegments::sweep() {
  std::erase_if(segments_, [this](const auto& entry) {
    return entry.second.status.mode & SHM_DEST && attachments(entry.second).areas == 0;
  });
}

}  // namespace lindvm
