#include "jit/cache/entry.h"

#include <algorithm>
#include <cstring>

#include "memory/os/private_folder.h"
#include "memory/os/virtual_memory.h"

namespace lindvm::jit {
namespace {

struct Header {
  char magic[8] = {'l', 'i', 'n', 'd', 'c', 'o', 'd', 'e'};
  Hash128 identity;
  uint64_t file_bytes = 0;
  uint32_t functions = 0;
  uint32_t runs = 0;
  Hash128 checksum;  ///< of the header, without this, and the tables behind it
};
static_assert(sizeof(Header) % alignof(RecordPlace) == 0 && sizeof(BodySummary) % 8 == 0);
static_assert(sizeof(SummaryRun) % 8 == 0 && alignof(RecordPlace) == 8);

/// Of header and tables together: bodies, runs, places.
uint64_t tables_end(const Header& header) {
  return sizeof(Header) + uint64_t{header.functions} * (sizeof(BodySummary) + sizeof(RecordPlace)) +
         uint64_t{header.runs} * sizeof(SummaryRun);
}

Hash128 checksum_of(std::span<uint8_t> tables, const HashKey& key) {
  std::memset(tables.data() + offsetof(Header, checksum), 0, sizeof(Hash128));
  return key.hash128(tables);
}

template <class T>
std::span<const T> take(const uint8_t*& at, uint32_t count) {
  std::span<const T> taken(reinterpret_cast<const T*>(at), count);
  at += taken.size_bytes();
  return taken;
}

}  // namespace

std::optional<CacheEntry> CacheEntry::open(OwnedFd file, const HashKey& key, const Hash128& identity) {
  if (!file) return {};
  CacheEntry entry(std::move(file), key);
  if (!entry.read_tables(identity)) return {};
  return entry;
}

bool CacheEntry::read_tables(const Hash128& identity) {
  Header header;
  const Header expected;
  auto* header_bytes = reinterpret_cast<uint8_t*>(&header);
  if (!read_at(file_, 0, {header_bytes, sizeof header})) return false;
  uint64_t size = tables_end(header);
  bool fits = std::memcmp(header.magic, expected.magic, sizeof header.magic) == 0 &&
              header.identity == identity && header.file_bytes == file_size(file_) &&
              size <= header.file_bytes;
  if (!fits) return false;
  tables_ = std::make_unique_for_overwrite<uint8_t[]>(size);
  expect_filling(tables_.get(), size);
  if (!read_at(file_, 0, {tables_.get(), size}) ||
      checksum_of({tables_.get(), size}, key_) != header.checksum)
    return false;
  const uint8_t* at = tables_.get() + sizeof header;
  bodies_ = take<BodySummary>(at, header.functions);
  runs_ = take<SummaryRun>(at, header.runs);
  places_ = take<RecordPlace>(at, header.functions);
  return std::all_of(places_.begin(), places_.end(), [&](const RecordPlace& place) {
    return place.bytes <= header.file_bytes && place.offset <= header.file_bytes - place.bytes;
  });
}

uint32_t CacheEntry::record_count() const {
  return static_cast<uint32_t>(std::count_if(places_.begin(), places_.end(),
                                             [](const RecordPlace& place) { return place.bytes != 0; }));
}

uint64_t CacheEntry::record_bytes() const {
  uint64_t bytes = 0;
  for (const RecordPlace& place : places_) bytes += place.bytes;
  return bytes;
}

bool CacheEntry::read(uint32_t function, std::vector<uint8_t>& into) const {
  if (!has_record(function)) return false;
  const RecordPlace& place = places_[function];
  into.resize(place.bytes);
  return read_at(file_, place.offset, into) && key_.hash64(into) == place.checksum;
}

EntryBuilder::EntryBuilder(const HashKey& key, const Hash128& identity, const OwnedSummaries& known)
    : key_(key), places_(known.bodies.size()) {
  Header header;
  header.identity = identity;
  header.functions = static_cast<uint32_t>(known.bodies.size());
  header.runs = static_cast<uint32_t>(known.runs.size());
  image_.resize(tables_end(header));
  places_at_ = image_.size() - places_.size() * sizeof(RecordPlace);
  uint8_t* at = image_.data();
  auto put = [&at](const void* from, size_t bytes) {
    if (bytes != 0) std::memcpy(at, from, bytes);
    at += bytes;
  };
  put(&header, sizeof header);
  put(known.bodies.data(), known.bodies.size() * sizeof(BodySummary));
  put(known.runs.data(), known.runs.size() * sizeof(SummaryRun));
}

void EntryBuilder::add(uint32_t function, std::span<const uint8_t> record) {
  places_[function] = {image_.size(), key_.hash64(record), static_cast<uint32_t>(record.size()), 0};
  image_.insert(image_.end(), record.begin(), record.end());
}

std::span<const uint8_t> EntryBuilder::finish() {
  size_t tables = places_at_ + places_.size() * sizeof(RecordPlace);
  if (!places_.empty()) {
    std::memcpy(image_.data() + places_at_, places_.data(), places_.size() * sizeof(RecordPlace));
  }
  uint64_t file_bytes = image_.size();
  std::memcpy(image_.data() + offsetof(Header, file_bytes), &file_bytes, sizeof file_bytes);
  Hash128 checksum = checksum_of({image_.data(), tables}, key_);
  std::memcpy(image_.data() + offsetof(Header, checksum), &checksum, sizeof checksum);
  return image_;
}

}  // namespace lindvm::jit
