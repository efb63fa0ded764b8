#pragma once
// A folder of files that belong to this user alone: caches whose contents are trusted as far as the user is.
// Nothing in it is reached through a link, and files appear and are replaced as a whole. Several processes
// may use one folder at a time; an object may be used by any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "memory/os/owned_fd.h"

namespace lindvm {

class PrivateFolder {
 public:
  struct File {
    std::string name;
    uint64_t bytes = 0;
    int64_t used_at = 0;  ///< seconds since 1970
  };

  /// Nothing if there is none, or it is another user's, open to others, or a link.
  static std::optional<PrivateFolder> open(const std::string& path);
  /// Makes it and what leads there first.
  static std::optional<PrivateFolder> make(const std::string& path);

  /// A regular file of this user's that others cannot reach, for reading; nothing otherwise.
  OwnedFd open_file(const std::string& name) const;
  /// Under a temporary name first: whoever opens the file finds all of it or what was there before.
  bool write_file(const std::string& name, std::span<const uint8_t> bytes) const;
  /// Sets the time that files() tells.
  void note_use(const OwnedFd& file) const;
  bool remove(const std::string& name) const;
  /// The regular files in it, without temporary ones of writers at work: abandoned ones are removed.
  std::vector<File> files() const;

 private:
  explicit PrivateFolder(OwnedFd fd) : fd_(std::move(fd)) {}
  OwnedFd fd_;
};

/// Size of an open file; 0 if it cannot be told.
uint64_t file_size(const OwnedFd& file);
/// Fills all of `into` from that offset of the file, or says no.
bool read_at(const OwnedFd& file, uint64_t offset, std::span<uint8_t> into);

}  // namespace lindvm
