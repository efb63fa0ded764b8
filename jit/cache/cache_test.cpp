// The code cache against damage, and code on its way through it.

#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "jit/cache/code_cache.h"
#include "jit/cache/record.h"
#include "jit/jit.h"
#include "vm/runtime/engine.h"
#include "vm/testing/module_builder.h"

namespace lindvm::jit {
namespace {

namespace fs = std::filesystem;
using lindvm::testing::CodeBuilder;
using lindvm::testing::k_type_i32;
using lindvm::testing::ModuleBuilder;
using Bytes = std::vector<uint8_t>;

const RecordLimits k_limits{10, 5, 1000, {4, 8, 4}};
const Bytes k_code(40, 0x90);

FunctionRecord example_record() {
  FunctionRecord record;
  record.code = k_code;
  record.frame_slots = 7;
  record.relocations = {
      {1, RelocationKind::distance, 9}, {32, RelocationKind::address, 0}, {36, RelocationKind::type, 4}};
  record.sites = {{3, 100, -2, 3}, {20, 101, 0, 4}};
  record.handlers.resize(1);
  record.handlers[0] = {5, 20, HandlerRange::k_catch_all, 30, -4, true, false, true, 2, true, 1};
  record.loops = {{150, 8}};
  return record;
}

Bytes example_bytes() {
  Bytes bytes;
  write_record(example_record(), bytes);
  return bytes;
}

/// What the rest of the engine relies on.
void expect_within_bounds(const FunctionRecord& record, std::span<const uint8_t> bytes) {
  EXPECT_GE(record.code.data(), bytes.data());
  EXPECT_LE(record.code.data() + record.code.size(), bytes.data() + bytes.size());
  for (const PortableRelocation& relocation : record.relocations) {
    EXPECT_LE(relocation.at + uint64_t{k_limits.field_sizes[static_cast<size_t>(relocation.kind)]},
              record.code.size());
    EXPECT_LT(relocation.target,
              relocation.kind == RelocationKind::type ? k_limits.types : k_limits.addresses);
  }
  for (const CodeSite& site : record.sites) EXPECT_LT(site.offset, record.code.size());
  for (const HandlerRange& handler : record.handlers) EXPECT_LE(handler.target, record.code.size());
  for (const LoopEntry& loop : record.loops) EXPECT_LT(loop.offset, record.code.size());
}

TEST(Record, ComesBackAsItWas) {
  Bytes bytes = example_bytes();
  auto record = read_record(bytes, k_limits);
  ASSERT_TRUE(record);
  EXPECT_TRUE(std::equal(record->code.begin(), record->code.end(), k_code.begin(), k_code.end()));
  EXPECT_EQ(record->frame_slots, 7u);
  ASSERT_EQ(record->relocations.size(), 3u);
  EXPECT_EQ(record->relocations[2].kind, RelocationKind::type);
  EXPECT_EQ(record->sites[0].first_argument, -2);
  EXPECT_TRUE(record->handlers[0].push_payload && record->handlers[0].is_delegate);
  EXPECT_FALSE(record->handlers[0].push_exnref);
  EXPECT_EQ(record->handlers[0].payload_offset, -4);
  EXPECT_EQ(record->loops[0].offset, 8u);
}

TEST(Record, NoBytesAreReadOutOfBounds) {
  const Bytes good = example_bytes();
  for (size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(read_record(Bytes(good.begin(), good.begin() + static_cast<ptrdiff_t>(length)), k_limits));
  }
  for (size_t at = 0; at < good.size(); ++at) {
    for (uint8_t change : {0x01, 0x80, 0xff}) {
      Bytes bad = good;
      bad[at] ^= change;
      if (auto record = read_record(bad, k_limits)) expect_within_bounds(*record, bad);
    }
  }
}

class Folder : public ::testing::Test {
 protected:
  Folder() {
    std::string name = fs::temp_directory_path() / "lindvm-cache-XXXXXX";
    path_ = fs::path(mkdtemp(name.data())) / "code";
    fs::create_directory(path_);
    fs::permissions(path_, fs::perms::owner_all);
  }
  ~Folder() override { fs::remove_all(path_.parent_path()); }

  void write(const std::string& name, std::span<const uint8_t> bytes) {
    ASSERT_TRUE(PrivateFolder::open(path_)->write_file(name, bytes));
  }
  OwnedFd open(const std::string& name) { return PrivateFolder::open(path_)->open_file(name); }

  fs::path path_;
};

/// Three functions, the second without code.
class EntryTest : public Folder {
 protected:
  EntryTest() {
    for (size_t i = 0; i < key_.secret.size(); ++i) key_.secret[i] = static_cast<uint8_t>(i * 37 + 11);
    OwnedSummaries known;
    known.bodies = {{10, 20, 1, 3, 1, 0}, {21, 30, 0, 2, 1, 1}, {31, 40, 1, 1, 1, 2}};
    known.runs = {{2, k_i32.bits()}, {1, k_i64.bits()}};
    EntryBuilder builder(key_, k_identity, known);
    builder.add(2, k_code);
    builder.add(0, example_bytes());
    auto image = builder.finish();
    image_.assign(image.begin(), image.end());
    tables_ = image_.size() - k_code.size() - example_bytes().size();
  }

  std::optional<CacheEntry> entry_of(const Bytes& image) {
    write("entry", image);
    return CacheEntry::open(open("entry"), key_, k_identity);
  }
  /// Makes the checksum of header and tables right again.
  void seal(Bytes& image) const {
    constexpr size_t k_checksum_at = 40;
    std::memset(image.data() + k_checksum_at, 0, sizeof(Hash128));
    Hash128 checksum = key_.hash128({image.data(), tables_});
    std::memcpy(image.data() + k_checksum_at, &checksum, sizeof checksum);
  }

  static constexpr Hash128 k_identity{1, 2};
  HashKey key_;
  Bytes image_;
  size_t tables_ = 0;
};

TEST_F(EntryTest, ComesBackAsItWas) {
  auto entry = entry_of(image_);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->record_count(), 2u);
  EXPECT_EQ(entry->bodies().bodies[1].begin, 21u);
  EXPECT_EQ(entry->bodies().runs[1].type, k_i64.bits());
  Bytes record;
  EXPECT_TRUE(entry->read(0, record));
  EXPECT_EQ(record, example_bytes());
  EXPECT_TRUE(entry->read(2, record));
  EXPECT_EQ(record, k_code);
  EXPECT_FALSE(entry->read(1, record));
  EXPECT_FALSE(entry->read(3, record));
}

TEST_F(EntryTest, EveryChangedByteIsNoticed) {
  for (size_t at = 0; at < image_.size(); ++at) {
    Bytes bad = image_;
    bad[at] ^= 0x10;
    auto entry = entry_of(bad);
    if (at < tables_) {
      EXPECT_FALSE(entry) << at;
      continue;
    }
    ASSERT_TRUE(entry) << at;
    Bytes record;
    EXPECT_NE(entry->read(0, record), entry->read(2, record)) << at;
  }
}

TEST_F(EntryTest, OtherLengthsAreNoticed) {
  for (size_t length = 0; length < image_.size(); ++length) {
    EXPECT_FALSE(entry_of(Bytes(image_.begin(), image_.begin() + static_cast<ptrdiff_t>(length)))) << length;
  }
  Bytes longer = image_;
  longer.push_back(0);
  EXPECT_FALSE(entry_of(longer));
}

TEST_F(EntryTest, HostileTablesWithTheRightChecksumAreHarmless) {
  for (size_t at = 0; at < tables_; ++at) {
    for (uint8_t change : {0x01, 0x80, 0xff}) {
      Bytes bad = image_;
      bad[at] ^= change;
      seal(bad);
      auto entry = entry_of(bad);
      if (!entry) continue;
      Bytes record;
      for (uint32_t function = 0; function < 5; ++function) entry->read(function, record);
      EXPECT_LE(entry->function_count(), 3u);
    }
  }
}

TEST_F(EntryTest, OthersEntriesAreRefused) {
  write("entry", image_);
  EXPECT_FALSE(CacheEntry::open(open("entry"), key_, {1, 3}));
  HashKey other;
  ASSERT_TRUE(other.make_random());
  EXPECT_FALSE(CacheEntry::open(open("entry"), other, k_identity));
  EXPECT_FALSE(CacheEntry::open(open("absent"), key_, k_identity));
}

/// f(n) = table[0](n), table[0] = g; g adds a global to its argument. `salt` makes modules differ.
Bytes example_module(uint32_t salt) {
  ModuleBuilder module;
  uint32_t type = module.type({k_type_i32}, {k_type_i32});
  CodeBuilder f, g;
  f.local_get(0).i32_const(0).op(Op::CallIndirect, {type, 0}).end();
  g.local_get(0).i32_const(salt).op(Op::I32Add).end();
  module.export_function("f", module.function(type, {}, f));
  uint32_t called = module.function(type, {k_type_i32}, g);
  module.table(lindvm::testing::k_type_funcref, {1, {}});
  module.active_elements(0, CodeBuilder().i32_const(0).end(), std::array{called});
  return module.build();
}

class CacheTest : public Folder {
 protected:
  struct Session {
    std::shared_ptr<CodeCache> cache;
    CompilingTier* tier = nullptr;
    std::shared_ptr<CompiledModule> module;
  };

  /// A tier with stubs of its own, as another process would have. It stays, as tiers do: addresses of code
  /// must not be used again.
  Session load(const Bytes& bytes) {
    std::shared_ptr<CodeCache> cache = CodeCache::open(path_);
    static auto* tiers = new std::vector<std::unique_ptr<CompilingTier>>;
    tiers->push_back(make_baseline_tier({.cache = cache}));
    return {cache, tiers->back().get(), compile(bytes).value()};
  }
  void fill(const Bytes& bytes) {
    Session session = load(bytes);
    for (uint32_t i = 0; i < 2; ++i) ASSERT_TRUE(session.tier->compile(session.module->code(i)));
    ASSERT_TRUE(session.cache->save(*session.module).value());
  }
  fs::path entry_path() {
    for (const auto& file : fs::directory_iterator(path_)) {
      if (file.path().filename() != "key") return file.path();
    }
    return {};
  }
  /// How many of the module's functions are in the cache; -1 if there is none.
  int kept(const Bytes& bytes) {
    std::unique_ptr<CodeCache> cache = CodeCache::open(path_);
    if (!cache) return -1;
    cache->set_stubs({});
    set_body_keeper(cache.get());
    auto module = compile(bytes).value();
    int count = 0;
    for (uint32_t i = 0; i < 2; ++i) count += cache->take(module->code(i)).has_value();
    return count;
  }
};

TEST_F(CacheTest, CodeComesBackAsItWasMade) {
  fill(example_module(1));
  Session made = load(example_module(2)), again = load(example_module(1));
  for (uint32_t i = 0; i < 2; ++i) {
    ASSERT_TRUE(made.tier->compile(made.module->code(i)));
    ASSERT_TRUE(again.tier->place(again.module->code(i)));
    const MachineCode &a = *made.module->code(i).machine, &b = *again.module->code(i).machine;
    EXPECT_EQ(b.function, &again.module->code(i));
    EXPECT_EQ(a.size, b.size);
    EXPECT_EQ(a.frame_slots, b.frame_slots);
    ASSERT_EQ(a.sites.size(), b.sites.size());
    for (size_t site = 0; site < a.sites.size(); ++site) {
      EXPECT_EQ(a.sites[site].offset, b.sites[site].offset);
      EXPECT_EQ(a.sites[site].wasm_offset, b.sites[site].wasm_offset);
    }
    EXPECT_EQ(again.module->code(i).machine_entry, b.begin);
  }
  EXPECT_EQ(again.tier->counts().placed, 2u);
  EXPECT_EQ(again.tier->counts().compiled, 0u);
}

TEST_F(CacheTest, ModulesFeaturesAndKeysAreToldApart) {
  fill(example_module(1));
  EXPECT_EQ(kept(example_module(1)), 2);
  EXPECT_EQ(kept(example_module(2)), 0);
  auto cache = CodeCache::open(path_);
  Bytes module = example_module(1);
  EXPECT_TRUE(cache->find(module, {}));
  EXPECT_FALSE(cache->find(module, Features().without(Feature::simd)));
  fs::remove(path_ / "key");
  EXPECT_EQ(kept(example_module(1)), 0);
}

TEST_F(CacheTest, DamagedEntriesAreIgnoredAndReplaced) {
  fill(example_module(1));
  Bytes good;
  {
    std::ifstream in(entry_path(), std::ios::binary);
    good.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0xff;
    write(entry_path().filename(), bad);
    EXPECT_LT(kept(example_module(1)), 2) << at;
  }
  fill(example_module(1));
  EXPECT_EQ(kept(example_module(1)), 2);
}

TEST_F(CacheTest, OnlyPrivateFilesAndFoldersAreUsed) {
  fill(example_module(1));
  fs::permissions(entry_path(), fs::perms::owner_read | fs::perms::others_read);
  EXPECT_EQ(kept(example_module(1)), 0);
  fs::permissions(path_, fs::perms::owner_all | fs::perms::others_exec);
  EXPECT_EQ(kept(example_module(1)), -1);
  EXPECT_FALSE(CodeCache::use_of(path_));
}

TEST_F(CacheTest, WritersAddToWhatIsThere) {
  Bytes bytes = example_module(1);
  for (uint32_t function : {1u, 0u}) {
    Session session = load(bytes);
    ASSERT_TRUE(session.tier->compile(session.module->code(function)));
    EXPECT_TRUE(session.cache->save(*session.module).value());
    EXPECT_FALSE(session.cache->save(*session.module).value());  // nothing new
  }
  EXPECT_EQ(kept(bytes), 2);
}

TEST_F(CacheTest, TheLeastRecentlyUsedGoFirst) {
  fill(example_module(1));
  fs::path first = entry_path();
  fs::last_write_time(first, fs::file_time_type::clock::now() - std::chrono::hours(1));
  uint64_t size = fs::file_size(first);
  Session session = load(example_module(2));
  session.cache->set_limit(size * 3 / 2);
  for (uint32_t i = 0; i < 2; ++i) ASSERT_TRUE(session.tier->compile(session.module->code(i)));
  ASSERT_TRUE(session.cache->save(*session.module).value());
  EXPECT_FALSE(fs::exists(first));
  EXPECT_EQ(CodeCache::use_of(path_)->entries, 1u);
  EXPECT_EQ(CodeCache::clear(path_)->entries, 1u);
  EXPECT_TRUE(fs::is_empty(path_));
}

}  // namespace
}  // namespace lindvm::jit
