#pragma once
// The list of assertions that are known to fail (conformance/spec/known_failures.txt): one per line,
// "FILE:LINE reason" or "FILE  reason", '#' starts a comment line. FILE is the script's source name. A reason
// that begins with a word and a colon, e.g. "gc:", excuses only failures that say "unsupported: gc". An entry
// that excuses nothing in a file that was run is itself a failure. One thread.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lindvm::spec {

struct KnownFailure {
  std::string file;
  std::optional<uint32_t> line;  ///< absent: anywhere in the file
  std::string reason;
  bool is_used = false;
};

class KnownFailures {
 public:
  /// Throws std::exception if the list cannot be read or has a malformed line.
  static KnownFailures read(const std::filesystem::path& path);

  /// Is the failure listed? Notes that the entry is needed.
  bool excuses(std::string_view file, uint32_t line, std::string_view failure);

  /// Entries for the file that have excused nothing.
  std::vector<const KnownFailure*> unused(std::string_view file) const;

 private:
  std::vector<KnownFailure> entries_;
};

}  // namespace lindvm::spec
