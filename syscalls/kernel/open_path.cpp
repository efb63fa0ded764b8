// openat in terms of files: in the view of a process, or below a directory (kernel/lookup.h).

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/lookup.h"
#include "syscalls/kernel/operations.h"
#include "syscalls/kernel/view/file_view.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/reopen.h"
#include "syscalls/kernel/view/virtual_file.h"

namespace lindvm {
namespace {

bool makes_unnamed(int flags) { return (flags & O_TMPFILE) == O_TMPFILE; }

/// Would opening change anything below a read-only mount?
bool changes(int flags) {
  if (flags & O_PATH) return false;
  return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_TRUNC | O_CREAT)) || makes_unnamed(flags);
}

bool follows(int flags) {
  bool makes_new = (flags & O_CREAT) && (flags & O_EXCL) && !(flags & O_PATH);
  return !(flags & O_NOFOLLOW) && !makes_new;
}

FileRef file_of(OwnedFd fd, const FilePlace& place) {
  auto file = std::make_shared<HostFile>(std::move(fd), place.mount->is_read_only());
  file->set_place(place);
  return file;
}

/// One openat in a view.
class Opening {
 public:
  Opening(Process& process, const OpenHow& how) : process_(process), how_(how), walk_(process, how.resolve) {}

  SysResult run(const OpenFile* start, std::string_view path, FileRef& file) {
    SYS_TRY(walk_.begin(start, path));
    while (true) {
      SYS_TRY(walk_.to_last());
      bool is_over = true;
      SYS_TRY(open_last(file, is_over));
      if (is_over) return SysResult();
    }
  }

 private:
  /// Opens the last component, or goes on with the link that it is.
  SysResult open_last(FileRef& file, bool& is_over) {
    if (walk_.last_kind() != Walk::Last::name) {
      if (walk_.last_kind() == Walk::Last::dot_dot) SYS_TRY(walk_.up());
      if (how_.flags & O_CREAT) return SysResult::error(how_.flags & O_EXCL ? EEXIST : EISDIR);
      return open_reached(walk_.here(), file);
    }
    if (walk_.needs_directory() && (how_.flags & O_CREAT)) return SysResult::error(EISDIR);
    Reached& here = walk_.here();
    bool is_hosts = !here.place.node && !walk_.is_point(walk_.last());
    bool is_read_only = here.place.mount->is_read_only();
    if (is_hosts && !(is_read_only && changes(how_.flags))) return open_on_host(file, is_over);
    return open_known(file, is_over);
  }

  SysResult open_on_host(FileRef& file, bool& is_over) {
    Reached& here = walk_.here();
    bool follows_link = follows(how_.flags) || walk_.needs_directory();
    std::string target;
    if (follows_link && read_link_at(here.fd, walk_.last().c_str(), target).ok()) {
      Reached link;
      SYS_TRY(walk_.child(walk_.last(), link));
      if (is_link(link)) return follow(link, file, is_over);
    }
    // The guest's flags as they are, since it can ask for them; the slash stands for O_DIRECTORY.
    std::string name = walk_.last() + (walk_.needs_directory() ? "/" : "");
    OwnedFd fd;
    SysResult result = open_plain(here.fd, name.c_str(), how_.flags, how_.mode, fd);
    if (follows_link && result.error_number() == ELOOP) {  // it has just become a link
      is_over = false;
      return walk_.follow_text(name);
    }
    SYS_TRY(result);
    file = file_of(std::move(fd), {here.place.mount, nullptr, {}});
    return SysResult();
  }

  /// What is there already, or cannot be made.
  SysResult open_known(FileRef& file, bool& is_over) {
    Reached found;
    SysResult result = walk_.child(walk_.last(), found);
    bool creates = how_.flags & O_CREAT;
    bool is_proc = is_in_proc(walk_.here().place.node);
    if (result.error_number() == ENOENT && creates && !is_proc) return SysResult::error(EROFS);
    SYS_TRY(result);
    if (creates && (how_.flags & O_EXCL)) return SysResult::error(EEXIST);
    if (is_link(found)) {
      if (follows(how_.flags) || walk_.needs_directory()) return follow(found, file, is_over);
      if (!(how_.flags & O_PATH)) return SysResult::error(ELOOP);
    } else if (walk_.needs_directory() && !found.is_directory()) {
      return SysResult::error(ENOTDIR);
    }
    return open_reached(found, file);
  }

  SysResult follow(Reached& link, FileRef& file, bool& is_over) {
    Reached target;
    SYS_TRY(walk_.follow(link, target, is_over));
    return is_over ? reopen(process_, target.file, how_.flags, file) : SysResult();
  }

  SysResult open_reached(Reached& reached, FileRef& file) {
    if (reached.file) return reopen(process_, reached.file, how_.flags, file);
    FilePlace place = reached.place;
    if (place.node) return open_virtual(process_, place, how_.flags, file);
    struct stat status;
    SYS_TRY(SysResult::of_host(fstat(reached.fd, &status)));
    if (S_ISDIR(status.st_mode)) return open_directory(reached, file);
    if (how_.flags & O_DIRECTORY) return SysResult::error(ENOTDIR);
    bool is_kept = S_ISREG(status.st_mode) && place.mount->is_read_only();
    if (is_kept && changes(how_.flags & ~O_CREAT)) return SysResult::error(EROFS);
    if (how_.flags & O_PATH) {
      file = file_of(OwnedFd(fcntl(reached.fd, F_DUPFD_CLOEXEC, 0)), place);
      return SysResult();
    }
    OwnedFd fd;
    SYS_TRY(open_descriptor(reached.fd, how_.flags & ~(O_CREAT | O_EXCL | O_NOFOLLOW), fd));
    file = file_of(std::move(fd), place);
    return SysResult();
  }

  SysResult open_directory(const Reached& reached, FileRef& file) {
    bool makes_file = makes_unnamed(how_.flags);
    if (!makes_file && changes(how_.flags)) return SysResult::error(EISDIR);
    if (makes_file && reached.place.mount->is_read_only()) return SysResult::error(EROFS);
    OwnedFd fd;
    int flags = how_.flags & ~(O_CREAT | O_EXCL | (how_.flags & O_PATH ? O_NOFOLLOW : 0));
    if (makes_file) flags |= how_.flags & O_EXCL;
    SYS_TRY(open_plain(reached.fd, ".", flags, how_.mode, fd));
    FilePlace place = reached.place;
    if (makes_file) place.point = nullptr;
    file = file_of(std::move(fd), place);
    return SysResult();
  }

  Process& process_;
  const OpenHow& how_;
  Walk walk_;
};

SysResult open_in_view(Process& process, const AtFd& dir, const Path& path, const OpenHow& how,
                       FileRef& file) {
  PlainPath plain;
  if (how.resolve == 0 && plan(process, dir, path.view(), plain) &&
      !(changes(how.flags) && plain.place.mount->is_read_only())) {
    OwnedFd fd;
    SysResult result = open_plain(plain.directory, plain.path, how.flags, how.mode, fd);
    if (result.error_number() != ELOOP) {
      SYS_TRY(result);
      file = file_of(std::move(fd), plain.place);
      return SysResult();
    }
  }
  return Opening(process, how).run(dir.file.get(), path.view(), file);
}

SysResult open_read_only(int directory, const Path& path, int flags, OwnedFd& opened) {
  if ((flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC)) {
    OwnedFd found;  // only what is there is read-only
    if (!(flags & O_CREAT)) SYS_TRY(PathResolver::open(directory, path.c_str(), O_PATH, 0, found));
    return SysResult::error(EROFS);
  }
  SysResult result = PathResolver::open(directory, path.c_str(), flags & ~(O_CREAT | O_EXCL), 0, opened);
  if (!(flags & O_CREAT)) return result;
  if (result.error_number() == ENOENT) return SysResult::error(EROFS);
  return result.ok() && (flags & O_EXCL) ? SysResult::error(EEXIST) : result;
}

SysResult open_below(const AtFd& dir, const Path& path, const OpenHow& how, FileRef& file) {
  int directory = -1;
  SYS_TRY(directory_of(dir, directory));
  bool is_read_only = dir.file->is_read_only();
  OwnedFd opened;
  SYS_TRY(is_read_only ? open_read_only(directory, path, how.flags, opened)
                       : PathResolver::open(directory, path.c_str(), how.flags, how.mode, opened));
  file = std::make_shared<HostFile>(std::move(opened), is_read_only);
  return SysResult();
}

}  // namespace

SysResult directory_of(const AtFd& dir, int& host_fd) {
  if (!dir.file) return SysResult::error(EBADF);
  host_fd = dir.file->host_fd();
  return host_fd < 0 ? SysResult::error(ENOTDIR) : SysResult();
}

SysResult open_file(Thread& thread, const AtFd& dir, const Path& path, const OpenHow& how, FileRef& file) {
  FsState* fs = thread.process().fs();
  if (!fs) return open_below(dir, path, how, file);
  OpenHow masked = how;
  masked.mode &= ~fs->umask();
  bool is_outside = !path.view().empty() && path.view()[0] != '/' && dir.file && !dir.file->place();
  return is_outside ? open_below(dir, path, masked, file)
                    : open_in_view(thread.process(), dir, path, masked, file);
}

}  // namespace lindvm
