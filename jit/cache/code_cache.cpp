#include "jit/cache/code_cache.h"

#include <algorithm>
#include <cstring>

#include "jit/cache/record.h"
#include "jit/target.h"
#include "jit/target_stubs.h"
#include "jit/tuning.h"
#include "memory/linear_memory.h"
#include "memory/os/build_id.h"
#include "vm/runtime/code.h"

namespace lindvm::jit {
namespace {

constexpr const char* k_key_file = "key";

bool is_entry(const PrivateFolder::File& file) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  return file.name.size() == 32 && file.name.find_first_not_of(k_digits) == std::string::npos;
}

bool read_key(const PrivateFolder& folder, HashKey& key) {
  OwnedFd file = folder.open_file(k_key_file);
  return file && file_size(file) == key.secret.size() && read_at(file, 0, key.secret);
}

/// Of several processes that make a key at once the last one's stays; what the others write is then ignored.
bool find_key(const PrivateFolder& folder, HashKey& key) {
  if (read_key(folder, key)) return true;
  HashKey fresh;
  return fresh.make_random() && folder.write_file(k_key_file, fresh.secret) && read_key(folder, key);
}

std::unordered_map<uint64_t, uint32_t> type_indices(const Module& module) {
  std::unordered_map<uint64_t, uint32_t> indices;
  for (uint32_t i = 0; i < module.types().size(); ++i) {
    indices.try_emplace(static_cast<uint64_t>(module.types()[i]), i);
  }
  return indices;
}

uint32_t defined_index(const FunctionCode& code) {
  return code.index - code.owner->module().imported_functions();
}

RecordLimits limits_for(const Module& module, const AddressTable& addresses) {
  RecordLimits limits;
  limits.addresses = addresses.size();
  limits.types = static_cast<uint32_t>(module.types().size());
  limits.module_bytes = static_cast<uint32_t>(module.bytes().size());
  for (auto kind : {RelocationKind::distance, RelocationKind::address, RelocationKind::type}) {
    limits.field_sizes[static_cast<size_t>(kind)] = Masm::field_size(kind);
  }
  return limits;
}

std::unique_ptr<MachineCode> machine_code_of(FunctionRecord& record, FunctionCode& code) {
  auto machine = std::make_unique<MachineCode>();
  machine->function = &code;
  machine->size = static_cast<uint32_t>(record.code.size());
  machine->frame_slots = record.frame_slots;
  machine->sites = std::move(record.sites);
  machine->handlers = std::move(record.handlers);
  machine->loops = std::move(record.loops);
  return machine;
}

}  // namespace

std::unique_ptr<CodeCache> CodeCache::open(const std::string& path) {
  std::optional<PrivateFolder> folder = PrivateFolder::make(path);
  HashKey key;
  if (!folder || program_build_id().empty() || !find_key(*folder, key)) return nullptr;
  std::unique_ptr<CodeCache> cache(new CodeCache(std::move(*folder), key));
  cache->limit_ = k_cache_bytes;
  return cache;
}

CodeCache::~CodeCache() {
  if (body_keeper() == this) set_body_keeper(nullptr);
}

std::optional<CacheUse> CodeCache::use_of(const std::string& path) {
  std::optional<PrivateFolder> folder = PrivateFolder::open(path);
  if (!folder) return {};
  CacheUse use;
  for (const PrivateFolder::File& file : folder->files()) {
    if (!is_entry(file)) continue;
    ++use.entries;
    use.bytes += file.bytes;
  }
  return use;
}

std::optional<CacheUse> CodeCache::clear(const std::string& path) {
  std::optional<PrivateFolder> folder = PrivateFolder::open(path);
  if (!folder) return {};
  CacheUse removed;
  for (const PrivateFolder::File& file : folder->files()) {
    if (!is_entry(file) || !folder->remove(file.name)) continue;
    ++removed.entries;
    removed.bytes += file.bytes;
  }
  folder->remove(k_key_file);
  return removed;
}

// --- reading ---------------------------------------------------------------------------------------------

Hash128 CodeCache::identity_of(std::span<const uint8_t> module, const Features& features) const {
  Hash128 hash = key_.hash128(module);
  uint64_t size = module.size();
  uint32_t feature_bits = features.bits();
  std::string instruction_set = target::instruction_set();
  // Where address space is short, memories have no guards and code checks each access.
  bool has_guards = guard_reservations_enabled();
  std::vector<uint8_t> all;
  auto append = [&all](const void* from, size_t bytes) {
    auto* first = static_cast<const uint8_t*>(from);
    all.insert(all.end(), first, first + bytes);
  };
  append(&hash, sizeof hash);
  append(&size, sizeof size);
  append(&feature_bits, sizeof feature_bits);
  append(&has_guards, sizeof has_guards);
  append(program_build_id().data(), program_build_id().size());
  append(instruction_set.data(), instruction_set.size());
  return key_.hash128(all);
}

std::optional<BodySummaries> CodeCache::find(std::span<const uint8_t> module, const Features& features) {
  auto subject = std::make_shared<Subject>();
  subject->identity = identity_of(module, features);
  subject->entry = CacheEntry::open(folder_.open_file(to_text(subject->identity)), key_, subject->identity);
  if (subject->entry) folder_.note_use(subject->entry->file());
  std::lock_guard lock(mutex_);
  subjects_[module.data()] = subject;
  return subject->entry ? std::optional(subject->entry->bodies()) : std::nullopt;
}

std::shared_ptr<CodeCache::Subject> CodeCache::subject(const Module& module) const {
  std::lock_guard lock(mutex_);
  auto found = subjects_.find(module.bytes().data());
  return found == subjects_.end() ? nullptr : found->second;
}

std::optional<CachedFunction> CodeCache::take(FunctionCode& code) {
  static thread_local std::vector<uint8_t> bytes;
  static thread_local std::vector<Relocation> relocations;
  const Module& module = code.owner->module();
  std::shared_ptr<Subject> from = subject(module);
  if (!from || !from->entry || !from->entry->read(defined_index(code), bytes)) return {};
  std::optional<FunctionRecord> record = read_record(bytes, limits_for(module, *addresses_));
  if (!record) return {};
  relocations.clear();
  for (const PortableRelocation& portable : record->relocations) {
    bool is_type = portable.kind == RelocationKind::type;
    uint64_t target = is_type ? static_cast<uint64_t>(module.types()[portable.target])
                              : addresses_->address(portable.target);
    relocations.push_back({portable.at, portable.kind, target});
  }
  size_t code_at = static_cast<size_t>(record->code.data() - bytes.data());
  std::span<uint8_t> writable = std::span(bytes).subspan(code_at, record->code.size());
  return CachedFunction{machine_code_of(*record, code), writable, relocations};
}

// --- writing ---------------------------------------------------------------------------------------------

void CodeCache::add(const MachineCode& machine, std::span<const Relocation> relocations) {
  std::shared_ptr<Subject> to = subject(machine.function->owner->module());
  if (!to) return;
  std::lock_guard lock(to->mutex);
  to->made.push_back(
      {&machine, static_cast<uint32_t>(to->relocations.size()), static_cast<uint32_t>(relocations.size())});
  to->relocations.insert(to->relocations.end(), relocations.begin(), relocations.end());
  to->made_bytes += machine.size;
}

/// The function's record, unless it refers to something that has no number.
bool CodeCache::portable(const Subject& subject, const Made& made,
                         const std::unordered_map<uint64_t, uint32_t>& types,
                         std::vector<uint8_t>& into) const {
  FunctionRecord record;
  const MachineCode& machine = *made.machine;
  std::span<const Relocation> all(subject.relocations);
  for (const Relocation& relocation : all.subspan(made.first_relocation, made.relocation_count)) {
    std::optional<uint32_t> target;
    if (relocation.kind != RelocationKind::type) {
      target = addresses_->number(relocation.target);
    } else if (auto found = types.find(relocation.target); found != types.end()) {
      target = found->second;
    }
    if (!target) return false;
    record.relocations.push_back({relocation.at, relocation.kind, *target});
  }
  record.code = {machine.begin, machine.size};
  record.frame_slots = machine.frame_slots;
  record.sites = machine.sites;
  record.handlers = machine.handlers;
  record.loops = machine.loops;
  into.clear();
  write_record(record, into);
  return true;
}

void CodeCache::add_made(Subject& subject, const Module& module, EntryBuilder& builder,
                         std::vector<bool>& has) const {
  const std::unordered_map<uint64_t, uint32_t> types = type_indices(module);
  std::vector<uint8_t> record;
  std::lock_guard lock(subject.mutex);
  for (const Made& made : subject.made) {
    uint32_t function = defined_index(*made.machine->function);
    if (has[function] || !portable(subject, made, types, record)) continue;
    builder.add(function, record);
    has[function] = true;
  }
  subject.made.clear();
  subject.relocations.clear();
  subject.made_bytes = 0;
}

Result<bool> CodeCache::save(CompiledModule& compiled) {
  const Module& module = compiled.module();
  std::shared_ptr<Subject> from = subject(module);
  if (!from) return false;
  std::string name = to_text(from->identity);
  std::optional<CacheEntry> present = CacheEntry::open(folder_.open_file(name), key_, from->identity);
  {
    std::lock_guard lock(from->mutex);
    if (present && from->made.empty()) return false;
  }
  OwnedSummaries known = summarise_bodies(module);
  EntryBuilder builder(key_, from->identity, known);
  std::vector<bool> has(known.bodies.size());
  add_made(*from, module, builder, has);
  std::vector<uint8_t> record;
  for (uint32_t function = 0; present && function < has.size(); ++function) {
    if (!has[function] && present->read(function, record)) builder.add(function, record);
  }
  if (!folder_.write_file(name, builder.finish())) {
    return Error{ErrorKind::io, std::string("cannot write to the code cache: ") + std::strerror(errno)};
  }
  evict();
  return true;
}

bool CodeCache::is_worthwhile(Subject& subject, const Module& module) const {
  std::lock_guard lock(subject.mutex);
  if (!subject.entry && module.bytes().size() >= k_cache_min_module_bytes) return true;
  uint64_t present = subject.entry ? subject.entry->record_bytes() : 0;
  return subject.made_bytes >= std::max(k_cache_min_code_bytes, present / k_cache_min_growth);
}

void CodeCache::save_if_worthwhile(CompiledModule& module) {
  std::shared_ptr<Subject> from = subject(module.module());
  if (from && is_worthwhile(*from, module.module())) static_cast<void>(save(module));
}

void CodeCache::forget(const CompiledModule& module) {
  std::lock_guard lock(mutex_);
  subjects_.erase(module.module().bytes().data());
}

void CodeCache::evict() {
  std::vector<PrivateFolder::File> files = folder_.files();
  std::erase_if(files, [](const PrivateFolder::File& file) { return !is_entry(file); });
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.used_at > b.used_at; });
  uint64_t total = 0;
  for (const PrivateFolder::File& file : files) {
    if (total + file.bytes <= limit_) {
      total += file.bytes;
    } else {
      folder_.remove(file.name);
    }
  }
}

}  // namespace lindvm::jit
