#pragma once
// Open file descriptions: what descriptors of a cage refer to, one interface for every kind. Shared by
// descriptors and cages; any thread may call, and the implementation synchronises itself. Calls answer
// Linux's error numbers. I/O vectors hold translated guest addresses: an implementation passes them to the
// host kernel, or copies through memory/guarded_bytes.h [R4].

#include <sys/stat.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

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

 protected:
  ~DirectorySink() = default;
};

/// A peer's message: bytes received and MSG_ flags that the host returned.
struct Received {
  int64_t bytes = 0;
  int flags = 0;
};

class OpenFile;
using FileRef = std::shared_ptr<OpenFile>;

class OpenFile {
 public:
  using Vectors = std::span<const iovec>;

  virtual ~OpenFile() = default;
  OpenFile() = default;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  virtual SysResult readv(Vectors vectors) = 0;
  virtual SysResult writev(Vectors vectors) = 0;
  virtual SysResult preadv(Vectors, int64_t) { return SysResult::error(ESPIPE); }
  virtual SysResult pwritev(Vectors, int64_t) { return SysResult::error(ESPIPE); }
  virtual SysResult seek(int64_t, int) { return SysResult::error(ESPIPE); }
  virtual SysResult status(FileStatus& status) = 0;
  /// O_ flags: access mode and status flags.
  virtual SysResult flags() = 0;
  virtual SysResult set_flags(int flags) = 0;
  virtual SysResult truncate(int64_t) { return SysResult::error(EINVAL); }
  virtual SysResult allocate(int, int64_t, int64_t) { return SysResult::error(ESPIPE); }
  virtual SysResult advise(int64_t, int64_t, int) { return SysResult::error(ESPIPE); }
  virtual SysResult sync(bool data_only);
  virtual SysResult set_times(const timespec (&)[2]) { return SysResult::error(EINVAL); }
  /// Entries from position `from` on; 0 is the start.
  virtual SysResult read_directory(uint64_t, DirectorySink&) { return SysResult::error(ENOTDIR); }
  /// Bytes that a read would give now.
  virtual SysResult readable_bytes() { return SysResult(0); }

  virtual SysResult accept(int, FileRef&) { return SysResult::error(ENOTSOCK); }
  virtual SysResult receive(Vectors, int, Received&) { return SysResult::error(ENOTSOCK); }
  virtual SysResult send(Vectors, int) { return SysResult::error(ENOTSOCK); }
  virtual SysResult shutdown(int) { return SysResult::error(ENOTSOCK); }

  /// For waiting, and for resolving paths from a directory; negative if there is none.
  virtual int host_fd() const { return -1; }
  /// Of a directory: nothing below it may be changed.
  virtual bool is_read_only() const { return false; }
};

inline SysResult OpenFile::sync(bool) { return SysResult::error(EINVAL); }

}  // namespace lindvm
