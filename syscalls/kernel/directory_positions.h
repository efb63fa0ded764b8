#pragma once
// Positions in a directory for guests whose telldir answers 32 bits. Hosts' file systems use hashes of 63
// bits (ext4) as well as counts; a guest sees the former as numbers given out in order. Belongs to one open
// directory; any thread may use it.

#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace lindvm {

class DirectoryPositions {
 public:
  /// Of the host, as the guest sees it: below 2^31.
  int64_t to_guest(int64_t host);
  /// The other way; what was never given out stays as it is.
  int64_t to_host(int64_t guest);

 private:
  static constexpr int64_t k_first_number = int64_t{1} << 30;  ///< smaller positions are the host's own

  std::mutex mutex_;
  std::vector<int64_t> hosts_;                    // guarded by mutex_; by number
  std::unordered_map<int64_t, int64_t> numbers_;  // guarded by mutex_; the inverse
};

}  // namespace lindvm
