#include "syscalls/kernel/sysv_ipc.h"

#include <linux/capability.h>

namespace lindvm {

SysResult SysvObject::check_access(const Identity& caller, uint32_t wanted) const {
  uint32_t user = caller.user.effective, granted = mode;
  if (user == uid || user == creator_uid) {
    granted >>= 6;
  } else if (caller.is_in_group(gid) || caller.is_in_group(creator_gid)) {
    granted >>= 3;
  }
  uint32_t requested = (wanted >> 6 | wanted >> 3 | wanted) & 7;
  bool is_granted = (requested & ~granted) == 0 || caller.may(CAP_IPC_OWNER);
  return is_granted ? SysResult() : SysResult::error(EACCES);
}

SysResult SysvObject::check_owner(const Identity& caller) const {
  uint32_t user = caller.user.effective;
  bool owns = user == uid || user == creator_uid || caller.may(CAP_SYS_ADMIN);
  return owns ? SysResult() : SysResult::error(EPERM);
}

void SysvObject::set_creator(const Identity& creator) {
  uid = creator_uid = creator.user.effective;
  gid = creator_gid = creator.owner_group.effective;
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
