#pragma once
// The file that holds one module's code: a header, what is known of the module's bodies, and where the record
// of each function lies. A checksum covers all of that, and one each record, which is read when its function
// is first called. An entry has one owner; reading records is for any thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "jit/cache/hash.h"
#include "memory/os/owned_fd.h"
#include "vm/module/known_bodies.h"

namespace lindvm::jit {

/// Where a function's record is in the file.
struct RecordPlace {
  uint64_t offset = 0;
  uint64_t checksum = 0;
  uint32_t bytes = 0;  ///< 0: the function has none
  uint32_t reserved = 0;
};

/// An entry on disk that has been found to be intact.
class CacheEntry {
 public:
  /// Nothing if the file is no entry of that identity, or damaged.
  static std::optional<CacheEntry> open(OwnedFd file, const HashKey& key, const Hash128& identity);

  BodySummaries bodies() const { return {bodies_, runs_}; }
  uint32_t function_count() const { return static_cast<uint32_t>(places_.size()); }
  uint32_t record_count() const;
  /// Bytes of all records.
  uint64_t record_bytes() const;
  bool has_record(uint32_t function) const {
    return function < places_.size() && places_[function].bytes != 0;
  }
  /// The record, in place of what `into` held; false if there is none or it is damaged.
  bool read(uint32_t function, std::vector<uint8_t>& into) const;
  const OwnedFd& file() const { return file_; }

 private:
  CacheEntry(OwnedFd file, const HashKey& key) : file_(std::move(file)), key_(key) {}
  bool read_tables(const Hash128& identity);

  OwnedFd file_;
  HashKey key_;
  std::unique_ptr<uint8_t[]> tables_;  // what the spans refer to
  std::span<const BodySummary> bodies_;
  std::span<const SummaryRun> runs_;
  std::span<const RecordPlace> places_;
};

/// Puts an entry together.
class EntryBuilder {
 public:
  EntryBuilder(const HashKey& key, const Hash128& identity, const OwnedSummaries& known);
  /// Bytes of a record, as write_record() makes them. Each function at most once.
  void add(uint32_t function, std::span<const uint8_t> record);
  /// The whole file. The last call.
  std::span<const uint8_t> finish();

 private:
  const HashKey& key_;
  std::vector<RecordPlace> places_;
  size_t places_at_;
  std::vector<uint8_t> image_;
};

}  // namespace lindvm::jit
