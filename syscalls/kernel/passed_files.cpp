#include "syscalls/kernel/passed_files.h"

#include <linux/kcmp.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/socket.h"

namespace lindvm {
namespace {

/// Do two descriptors of this process share an open file description?
bool is_same_description(int left, int right) {
  pid_t self = getpid();
  return syscall(SYS_kcmp, self, self, KCMP_FILE, left, right) == 0;
}

}  // namespace

PassedFiles& PassedFiles::instance() {
  static auto* files = new PassedFiles;  // outlives every guest
  return *files;
}

void PassedFiles::note(std::span<const FileRef> files) {
  std::lock_guard lock(mutex_);
  for (const FileRef& file : files) {
    struct stat status;
    if (fstat(file->host_fd(), &status) != 0) continue;
    FileRef kept = S_ISDIR(status.st_mode) ? file : nullptr;
    if (file->is_read_only()) read_only_.emplace(status.st_dev, status.st_ino);
    entries_.push_back({status.st_dev, status.st_ino, file, std::move(kept)});
    if (entries_.size() > k_max_entries) entries_.pop_front();
  }
}

FileRef PassedFiles::take(OwnedFd fd) {
  struct stat status;
  if (fstat(fd.get(), &status) != 0) return nullptr;
  std::lock_guard lock(mutex_);
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->device != status.st_dev || entry->inode != status.st_ino) continue;
    FileRef file = entry->file.lock();
    if (file && is_same_description(file->host_fd(), fd.get())) return file;
  }
  if (S_ISDIR(status.st_mode)) return nullptr;
  return Socket::wrap(std::move(fd), read_only_.contains({status.st_dev, status.st_ino}));
}

SysResult install_file(Thread& thread, FileRef file, bool close_on_exec) {
  return thread.process().fds().add({std::move(file), {}, {}, close_on_exec});
}

pid_t to_guest_process_id(Thread& thread, pid_t host) {
  return host == getpid() ? thread.process().identity().pid : 0;
}

}  // namespace lindvm
