#include "syscalls/kernel/view/reopen.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/mounts.h"
#include "syscalls/kernel/view/virtual_file.h"

namespace lindvm {
namespace {

bool writes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_TRUNC | O_APPEND)); }

/// Devices, pipes and sockets may be written where nothing may be changed.
bool is_special(int fd) {
  struct stat status;
  return fstat(fd, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

SysResult check_access(const OpenFile& file, int flags) {
  bool is_special_file = is_special(file.host_fd());
  if (file.place()) {
    bool refuses = file.is_read_only() && writes(flags) && !is_special_file;
    return refuses ? SysResult::error(EROFS) : SysResult();
  }
  int held = fcntl(file.host_fd(), F_GETFL);
  if (held < 0 || (held & O_PATH)) return SysResult::error(EACCES);
  int mode = held & O_ACCMODE, wanted = flags & O_ACCMODE;
  bool is_within = mode == O_RDWR || (mode == wanted && (mode == O_WRONLY || !writes(flags)));
  return is_within ? SysResult() : SysResult::error(EACCES);
}

}  // namespace

SysResult reopen(Process& process, const FileRef& file, int flags, FileRef& opened) {
  flags &= ~(O_CREAT | O_EXCL | O_NOFOLLOW);
  const VirtualEntry* entry = file->place().node.entry;
  if (entry && entry->kind != VirtualKind::device) return open_virtual(process, file->place(), flags, opened);
  if (file->host_fd() < 0) return SysResult::error(ENXIO);
  bool is_program = process.fs() && file == process.fs()->program();
  if (is_program && !(flags & O_PATH) && writes(flags)) return SysResult::error(ETXTBSY);
  if (!(flags & O_PATH)) SYS_TRY(check_access(*file, flags));
  OwnedFd fd;
  SYS_TRY(open_descriptor(file->host_fd(), flags, fd));
  FilePlace place = file->place();
  opened = std::make_shared<HostFile>(std::move(fd), file->is_read_only());
  opened->set_place(place);
  return SysResult();
}

}  // namespace lindvm
