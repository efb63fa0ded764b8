#pragma once
// Open file descriptions: what descriptors of a cage refer to, one interface for every kind. Shared by
// descriptors and cages; any thread may call, and the implementation synchronises itself. Calls answer
// Linux's error numbers. I/O vectors hold translated guest addresses: an implementation passes them to the
// host kernel, or copies through memory/guarded_bytes.h [R4]. What blocks is ended
// by signals of the calling guest thread (EINTR).

#include <sys/stat.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "syscalls/kernel/view/place.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// A file's metadata. Linux's struct statx, which is the same on every machine.
using FileStatus = struct statx;

/// One entry of a directory.
struct DirectoryEntry {
  uint64_t inode = 0;
  uint64_t next = 0;  ///< position after the entry, opaque
  uint8_t type = 0;   ///< DT_REG, ...
  std::string_view name;
};

/// Takes entries until it answers false.
class DirectorySink {
 public:
  virtual bool take(const DirectoryEntry& entry) = 0;
  /// About how many bytes of entries, as Linux lays them out, will be taken.
  virtual size_t room() const { return SIZE_MAX; }

 protected:
  ~DirectorySink() = default;
};

/// A peer's message: bytes received and MSG_ flags that the host returned.
struct Received {
  int64_t bytes = 0;
  int flags = 0;
};

/// Who is told by a signal that a file is ready (F_SETOWN), as struct f_owner_ex has it.
struct IoOwner {
  static constexpr int32_t k_thread = 0, k_process = 1, k_group = 2;
  int32_t type = k_process;
  int32_t id = 0;
};

/// Something that is to end with a file.
class Attachment {
 public:
  virtual ~Attachment() = default;
};

class OpenFile;
class PosixQueueFile;
class Socket;
using FileRef = std::shared_ptr<OpenFile>;

class OpenFile : public std::enable_shared_from_this<OpenFile> {
 public:
  using Vectors = std::span<const iovec>;

  virtual ~OpenFile() = default;
  OpenFile() = default;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  virtual SysResult readv(Vectors vectors) = 0;
  virtual SysResult writev(Vectors vectors) = 0;
  /// `flags` are RWF_ bits; the position -1 with flags is the file's own (preadv2, pwritev2).
  virtual SysResult preadv(Vectors, int64_t, int) { return SysResult::error(ESPIPE); }
  virtual SysResult pwritev(Vectors, int64_t, int) { return SysResult::error(ESPIPE); }
  virtual SysResult seek(int64_t, int) { return SysResult::error(ESPIPE); }
  virtual SysResult status(FileStatus& status) = 0;
  /// O_ flags: access mode and status flags.
  virtual SysResult flags() = 0;
  virtual SysResult set_flags(int flags) = 0;
  virtual SysResult truncate(int64_t) { return SysResult::error(EINVAL); }
  virtual SysResult allocate(int, int64_t, int64_t) { return SysResult::error(ESPIPE); }
  virtual SysResult advise(int64_t, int64_t, int) { return SysResult::error(ESPIPE); }
  virtual SysResult sync(bool) { return SysResult::error(EINVAL); }
  virtual SysResult set_times(const timespec (&)[2]) { return SysResult::error(EINVAL); }
  /// Entries from position `from` on; 0 is the start.
  virtual SysResult read_directory(uint64_t, DirectorySink&) { return SysResult::error(ENOTDIR); }
  /// Bytes that a read would give now.
  virtual SysResult readable_bytes() { return SysResult(0); }

  virtual SysResult accept(int, FileRef&) { return SysResult::error(ENOTSOCK); }
  virtual SysResult receive(Vectors, int, Received&) { return SysResult::error(ENOTSOCK); }
  virtual SysResult send(Vectors, int) { return SysResult::error(ENOTSOCK); }
  virtual SysResult shutdown(int) { return SysResult::error(ENOTSOCK); }

  /// Null if it is none.
  virtual Socket* as_socket() { return nullptr; }
  virtual PosixQueueFile* as_posix_queue() { return nullptr; }
  /// For waiting, for host calls on the file, and for resolving paths from a directory; negative if there is
  /// none.
  virtual int host_fd() const { return -1; }
  /// EAGAIN if the file is to seem non-blocking, its host descriptor is not, and none of the POLL bits
  /// `events` is there.
  virtual SysResult check_ready(short) { return SysResult(); }
  /// The host descriptor is open after the file is closed: who else looks at it does not see the end.
  virtual bool outlives_close() const { return false; }
  /// Of a directory: nothing below it may be changed.
  virtual bool is_read_only() const { return false; }

  /// Ends when the file is closed, which is when nothing refers to it any more.
  void attach(std::unique_ptr<Attachment> attachment);

  IoOwner io_owner() const;
  SysResult set_io_owner(IoOwner owner);
  /// F_SETSIG: 0 stands for SIGIO.
  int io_signal() const;
  SysResult set_io_signal(int signal);

  /// Where it is in the view of its process: nowhere for pipes, sockets, and what a guest was only lent.
  const FilePlace& place() const { return place_; }
  /// Before others see the file.
  void set_place(const FilePlace& place) { place_ = place; }

 private:
  FilePlace place_;
  mutable std::mutex mutex_;  // for what follows
  std::vector<std::unique_ptr<Attachment>> attachments_;
  IoOwner io_owner_;
  int io_signal_ = 0;
};

}  // namespace lindvm
