#pragma once
// The code cache: machine code and what validation found out, kept on disk from one run of a program to the
// next. One file per module, named by a keyed hash of the module's bytes, the build of the engine, the
// instruction set and the features that were validated for. Entries are used after their checksums were
// verified, function by function at the first call, and are written as a whole when a module goes away
// (save()). Any thread.
//
// The folder is its user's alone (memory/os/private_folder.h). Its key makes entries that somebody else made
// or moved there worthless, and keeps makers of modules from finding two with the same hash.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "jit/cache/addresses.h"
#include "jit/cache/entry.h"
#include "jit/relocation.h"
#include "memory/os/private_folder.h"
#include "vm/base/result.h"
#include "vm/module/known_bodies.h"
#include "vm/runtime/machine_code.h"

namespace lindvm::jit {

/// A function out of the cache, still to be placed: its tables, and its code with what must be patched into
/// it.
struct CachedFunction {
  std::unique_ptr<MachineCode> machine;
  std::span<uint8_t> code;  ///< good until the thread asks for the next
  std::span<const Relocation> relocations;
};

/// What is in a folder.
struct CacheUse {
  uint64_t entries = 0;
  uint64_t bytes = 0;
};

class CodeCache final : public BodyKeeper {
 public:
  /// Nothing if the folder cannot be had for this user alone, or if this build of the program has no
  /// identity.
  static std::unique_ptr<CodeCache> open(const std::string& folder);
  ~CodeCache() override;

  /// What a folder holds, and removing all of it; nothing if there is no such folder of this user's.
  static std::optional<CacheUse> use_of(const std::string& folder);
  static std::optional<CacheUse> clear(const std::string& folder);

  /// The stubs that code refers to. Before anything is taken or added.
  void set_stubs(const Stubs& stubs) { addresses_.emplace(stubs); }
  /// Entries are removed, those first that were used least recently, until no more than this is left.
  void set_limit(uint64_t bytes) { limit_ = bytes; }

  // --- reading ---
  std::optional<BodySummaries> find(std::span<const uint8_t> module, const Features& features) override;
  /// Nothing if the function is not in the cache, or its record is damaged.
  std::optional<CachedFunction> take(FunctionCode& code);

  // --- writing ---
  /// Notes a function that was compiled; the code must stay where it is.
  void add(const MachineCode& machine, std::span<const Relocation> relocations);
  /// Writes the module's entry if there is anything new in it, together with what the file has by now from
  /// other processes. True if it was written.
  Result<bool> save(CompiledModule& module);
  /// The same if that is worth the time (jit/tuning.h); errors are no matter.
  void save_if_worthwhile(CompiledModule& module);
  /// The module goes away.
  void forget(const CompiledModule& module);

 private:
  struct Made {
    const MachineCode* machine = nullptr;
    uint32_t first_relocation = 0, relocation_count = 0;
  };
  /// A module that was loaded since the cache is there.
  struct Subject {
    Hash128 identity;
    std::optional<CacheEntry> entry;
    std::mutex mutex;
    std::vector<Made> made;               // guarded by mutex, as are the following
    std::vector<Relocation> relocations;  // of all that was made
    uint64_t made_bytes = 0;
  };

  CodeCache(PrivateFolder folder, const HashKey& key) : folder_(std::move(folder)), key_(key) {}
  Hash128 identity_of(std::span<const uint8_t> module, const Features& features) const;
  std::shared_ptr<Subject> subject(const Module& module) const;
  bool is_worthwhile(Subject& subject, const Module& module) const;
  bool portable(const Subject& subject, const Made& made, const std::unordered_map<uint64_t, uint32_t>& types,
                std::vector<uint8_t>& record) const;
  void add_made(Subject& subject, const Module& module, EntryBuilder& builder, std::vector<bool>& has) const;
  void evict();

  PrivateFolder folder_;
  HashKey key_;
  std::optional<AddressTable> addresses_;
  uint64_t limit_;
  mutable std::mutex mutex_;
  std::unordered_map<const uint8_t*, std::shared_ptr<Subject>>
      subjects_;  // by the modules' bytes; guarded by mutex_
};

}  // namespace lindvm::jit
