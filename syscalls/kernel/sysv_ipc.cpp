#include "syscalls/kernel/sysv_ipc.h"

namespace lindvm {

SysResult SysvObject::check_access(uint32_t wanted) const {
  uint32_t user = geteuid(), granted = mode;
  if (user == 0) return SysResult();
  if (user == uid || user == creator_uid) {
    granted >>= 6;
  } else if (getegid() == gid || getegid() == creator_gid) {
    granted >>= 3;
  }
  uint32_t requested = (wanted >> 6 | wanted >> 3 | wanted) & 7;
  return requested & ~granted ? SysResult::error(EACCES) : SysResult();
}

SysResult SysvObject::check_owner() const {
  uint32_t user = geteuid();
  return user == 0 || user == uid || user == creator_uid ? SysResult() : SysResult::error(EPERM);
}

GuestIpcPermissions SysvObject::permissions() const {
  return {key, uid, gid, creator_uid, creator_gid, mode, sequence, 0, 0, 0};
}

void SysvObject::set_permissions(const GuestIpcPermissions& guest) {
  uid = guest.uid;
  gid = guest.gid;
  mode = (mode & ~0777u) | (guest.mode & 0777);
  changed = time(nullptr);
}

}  // namespace lindvm
