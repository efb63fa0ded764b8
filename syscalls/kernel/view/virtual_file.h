#pragma once
// Open files of the made-up trees: directories, files whose text was made when they were opened, and
// descriptors that only stand for a path (O_PATH). Any thread.

#include <atomic>

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

/// A file with a text, which is a sealed memory file of the host.
class GeneratedFile final : public HostFile {
 public:
  GeneratedFile(OwnedFd fd, Process& process, const FilePlace& place)
      : HostFile(std::move(fd), true), process_(process) {
    set_place(place);
  }
  SysResult status(FileStatus& status) override;

 private:
  Process& process_;
};

/// Opens a node as openat does, but for links; `flags` are the host's.
SysResult open_virtual(Process& process, const FilePlace& place, int flags, FileRef& opened);

}  // namespace lindvm
