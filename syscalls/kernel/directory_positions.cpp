#include "syscalls/kernel/directory_positions.h"

namespace lindvm {

int64_t DirectoryPositions::to_guest(int64_t host) {
  if (host < k_first_number) return host;
  std::lock_guard lock(mutex_);
  auto [entry, is_new] = numbers_.try_emplace(host, k_first_number + static_cast<int64_t>(hosts_.size()));
  if (is_new) hosts_.push_back(host);
  return entry->second;
}

int64_t DirectoryPositions::to_host(int64_t guest) {
  if (guest < k_first_number) return guest;
  std::lock_guard lock(mutex_);
  auto number = static_cast<uint64_t>(guest - k_first_number);
  return number < hosts_.size() ? hosts_[number] : guest;
}

}  // namespace lindvm
