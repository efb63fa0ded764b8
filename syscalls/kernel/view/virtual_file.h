#pragma once
// Open files of the made-up trees: directories, files whose text was made when they were opened, and
// descriptors that only stand for a path (O_PATH). Any thread.

#include <fcntl.h>

#include <atomic>
#include <mutex>

#include "syscalls/kernel/host_file.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/virtual_tree.h"

namespace lindvm {

/// A directory, or anything opened with O_PATH. The process outlives it.
class VirtualFile final : public OpenFile {
 public:
  VirtualFile(Process& process, const FilePlace& place, int flags) : process_(process), flags_(flags) {
    set_place(place);
  }

  SysResult readv(Vectors vectors) override;
  SysResult writev(Vectors vectors) override;
  SysResult seek(int64_t offset, int whence) override;
  SysResult status(FileStatus& status) override;
  SysResult flags() override { return SysResult(flags_); }
  SysResult set_flags(int flags) override;
  SysResult read_directory(uint64_t from, DirectorySink& sink) override;
  bool is_read_only() const override { return true; }

 private:
  bool is_path() const;
  bool is_directory() const { return lindvm::is_directory(*place().node.entry); }

  Process& process_;
  int flags_;
  std::atomic<int64_t> position_{0};
};

/// A file with a text, which is kept in a memory file of the host. As Linux makes such texts, so is this one:
/// when it is read from its beginning, or from where the last read did not end. What is written goes to the
/// row's function.
class GeneratedFile final : public HostFile {
 public:
  /// `readable` and `writable` are one memory file, empty so far; `access` is one of O_RDONLY, O_WRONLY,
  /// O_RDWR.
  GeneratedFile(OwnedFd readable, OwnedFd writable, int access, Process& process, const FilePlace& place)
      : HostFile(std::move(readable), true),
        text_file_(std::move(writable)),
        access_(access),
        process_(process) {
    set_place(place);
  }

  SysResult readv(Vectors vectors) override;
  SysResult preadv(Vectors vectors, int64_t offset, int flags) override;
  SysResult writev(Vectors vectors) override;
  SysResult pwritev(Vectors vectors, int64_t, int) override { return writev(vectors); }
  SysResult seek(int64_t offset, int whence) override;
  SysResult status(FileStatus& status) override;
  SysResult flags() override;
  /// There is nothing to cut off.
  SysResult truncate(int64_t) override {
    return access_ == O_RDONLY ? SysResult::error(EINVAL) : SysResult();
  }
  /// With the text, for whoever reads past readv.
  int host_fd() const override;

 private:
  VirtualContext context() const { return {process_, place().node}; }
  bool reads() const { return access_ != O_WRONLY; }
  /// Makes the text anew.
  void renew() const;
  template <class Read>
  SysResult read_at(int64_t position, Read&& read);

  OwnedFd text_file_;
  int access_;
  Process& process_;
  mutable std::mutex renewing_;
  mutable std::atomic<bool> has_text_{false};
  std::atomic<int64_t> read_until_{0};
};

/// Opens a node as openat does, but for links; `flags` are the host's.
SysResult open_virtual(Process& process, const FilePlace& place, int flags, FileRef& opened);

}  // namespace lindvm
