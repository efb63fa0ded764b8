#pragma once
// Open file descriptions that are a host descriptor: files, directories, terminals, pipes, sockets. Owns the
// descriptor, unless it was inherited from whoever started lind-vm. Any thread.

#include <poll.h>

#include <atomic>
#include <mutex>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/directory_positions.h"
#include "syscalls/kernel/open_file.h"

namespace lindvm {

class HostFile : public OpenFile {
 public:
  enum class Inherited : bool { no, yes };

  /// `is_read_only` for what is below a read-only mount.
  explicit HostFile(OwnedFd fd, bool is_read_only = false, Inherited inherited = Inherited::no);
  /// A descriptor that stays open, and whose description other processes share: O_NONBLOCK is kept here and
  /// not set on it.
  static FileRef inherit(int fd);
  ~HostFile() override;

  SysResult readv(Vectors vectors) override;
  SysResult writev(Vectors vectors) override;
  SysResult preadv(Vectors vectors, int64_t offset, int flags) override;
  SysResult pwritev(Vectors vectors, int64_t offset, int flags) override;
  SysResult seek(int64_t offset, int whence) override;
  SysResult status(FileStatus& status) override;
  SysResult flags() override;
  SysResult set_flags(int flags) override;
  SysResult truncate(int64_t size) override;
  SysResult allocate(int mode, int64_t offset, int64_t length) override;
  SysResult advise(int64_t offset, int64_t length, int advice) override;
  SysResult sync(bool data_only) override;
  SysResult set_times(const timespec (&times)[2]) override;
  SysResult read_directory(uint64_t from, DirectorySink& sink) override;
  SysResult readable_bytes() override;
  SysResult receive(Vectors vectors, int flags, Received& received) override;
  SysResult send(Vectors vectors, int flags) override;
  SysResult shutdown(int how) override;
  int host_fd() const override { return fd_.get(); }
  SysResult check_ready(short events) override {
    return emulates_nonblock_.load(std::memory_order_relaxed) ? poll_ready(events) : SysResult();
  }
  bool outlives_close() const override { return is_inherited_; }
  bool is_read_only() const override { return is_read_only_; }

 private:
  SysResult poll_ready(short events);

  OwnedFd fd_;
  bool is_read_only_ = false;
  bool is_inherited_ = false;
  std::atomic<bool> emulates_nonblock_{false};
  std::mutex reading_directory_;
  std::atomic<bool> is_directory_{false};  ///< has been read as one
  DirectoryPositions positions_;
};

}  // namespace lindvm
