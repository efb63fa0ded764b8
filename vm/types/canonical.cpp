#include "vm/types/canonical.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace lindvm {

namespace {

struct TypeRecord {
  SubType type;
  uint32_t depth = 0;                   // length of the chain of supertypes above
  std::unique_ptr<TypeId[]> ancestors;  // [0, depth): from the root of the chain down to the direct supertype
};

constexpr uint32_t k_chunk_bits = 8;  // small: the first chunk is part of every program's start
constexpr uint32_t k_chunk_size = 1u << k_chunk_bits;

struct GroupRef {
  uint32_t first;
  uint32_t size;
};

// Records live in chunks that are published once and never move, so that lookups need no lock.
class TypeTable {
 public:
  const TypeRecord& record(uint32_t id) const {
    return chunks_[id >> k_chunk_bits].load(std::memory_order_acquire)[id & (k_chunk_size - 1)];
  }
  uint32_t size() const { return size_.load(std::memory_order_acquire); }
  std::optional<TypeId> add(RecGroup group);

 private:
  TypeRecord& slot(uint32_t id);
  bool same_group(const RecGroup& group, GroupRef stored) const;
  std::optional<uint32_t> subtyping_depth(const RecGroup& group, std::vector<uint32_t>& depths) const;
  void store(RecGroup group, uint32_t first, const std::vector<uint32_t>& depths);
  void link_ancestors(TypeRecord& record, uint32_t depth);

  // Static, so that the pages of this mostly empty array are never touched.
  static constinit inline std::atomic<TypeRecord*> chunks_[ValType::k_max_type_ids / k_chunk_size] = {};
  std::atomic<uint32_t> size_{0};
  std::mutex mutex_;
  std::unordered_multimap<uint64_t, GroupRef> groups_;  // by hash; guarded by mutex_
};

TypeTable& table() {
  static TypeTable* instance = new TypeTable;  // never destroyed: types live as long as the process
  return *instance;
}

uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15 + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccd;
}

// Calls `visit` with a reference to each ValType in `type`, supertype included.
template <class Type, class Visit>
void for_each_type(Type& type, Visit visit) {
  if (type.super) visit(*type.super);
  for (auto& param : type.func.params) visit(param);
  for (auto& result : type.func.results) visit(result);
  for (auto& field : type.struct_.fields) visit(field.type);
  visit(type.array.element.type);
}

uint64_t hash_field(uint64_t hash, const FieldType& field) {
  return mix(hash, static_cast<uint64_t>(field.packing) << 1 | field.is_mutable);
}

uint64_t hash_group(const RecGroup& group) {
  uint64_t hash = group.size();
  for (const SubType& type : group) {
    hash = mix(hash, static_cast<uint64_t>(type.kind) << 2 | type.is_final << 1 | type.super.has_value());
    hash = mix(hash, type.func.params.size() << 32 | type.func.results.size());
    for_each_type(type, [&](ValType value) { hash = mix(hash, value.bits()); });
    for (const FieldType& field : type.struct_.fields) hash = hash_field(hash, field);
    hash = hash_field(hash, type.array.element);
  }
  return hash;
}

ValType absolute(ValType type, uint32_t first) {
  if (!type.is_group_relative()) return type;
  return ValType::ref(HeapType(TypeId{first + type.group_index()}), type.is_nullable());
}

// Is `type`, of a group under canonicalisation, what `stored` is in the group stored at `group`?
// A reference from outside into that group is not the same as one from inside, although ids are equal.
bool same_type(ValType type, ValType stored, GroupRef group) {
  if (type.is_group_relative()) return absolute(type, group.first) == stored;
  if (type != stored) return false;
  return !type.is_concrete() || static_cast<uint32_t>(type.heap().type_id()) - group.first >= group.size;
}

bool same_types(const std::vector<ValType>& types, const std::vector<ValType>& stored, GroupRef group) {
  return std::equal(types.begin(), types.end(), stored.begin(), stored.end(),
                    [&](ValType a, ValType b) { return same_type(a, b, group); });
}

bool same_field(const FieldType& field, const FieldType& stored, GroupRef group) {
  return field.packing == stored.packing && field.is_mutable == stored.is_mutable &&
         same_type(field.type, stored.type, group);
}

bool same_definition(const SubType& type, const SubType& stored, GroupRef group) {
  if (type.kind != stored.kind || type.is_final != stored.is_final ||
      type.super.has_value() != stored.super.has_value())
    return false;
  if (type.super && !same_type(*type.super, *stored.super, group)) return false;
  return same_types(type.func.params, stored.func.params, group) &&
         same_types(type.func.results, stored.func.results, group) &&
         std::equal(type.struct_.fields.begin(), type.struct_.fields.end(), stored.struct_.fields.begin(),
                    stored.struct_.fields.end(),
                    [&](const FieldType& a, const FieldType& b) { return same_field(a, b, group); }) &&
         same_field(type.array.element, stored.array.element, group);
}

bool TypeTable::same_group(const RecGroup& group, GroupRef stored) const {
  if (group.size() != stored.size) return false;
  for (uint32_t i = 0; i < stored.size; i++)
    if (!same_definition(group[i], record(stored.first + i).type, stored)) return false;
  return true;
}

// Fills in the depth of each member; empty if one is too deep.
std::optional<uint32_t> TypeTable::subtyping_depth(const RecGroup& group,
                                                   std::vector<uint32_t>& depths) const {
  uint32_t deepest = 0;
  for (const SubType& type : group) {
    uint32_t depth = 0;
    if (type.super && type.super->is_group_relative()) {
      assert(type.super->group_index() < depths.size());
      depth = depths[type.super->group_index()] + 1;
    } else if (type.super) {
      depth = record(static_cast<uint32_t>(type.super->heap().type_id())).depth + 1;
    }
    if (depth > k_max_subtyping_depth) return std::nullopt;
    deepest = std::max(deepest, depth);
    depths.push_back(depth);
  }
  return deepest;
}

TypeRecord& TypeTable::slot(uint32_t id) {
  std::atomic<TypeRecord*>& chunk = chunks_[id >> k_chunk_bits];
  if (!chunk.load(std::memory_order_relaxed))
    chunk.store(new TypeRecord[k_chunk_size], std::memory_order_release);
  return chunk.load(std::memory_order_relaxed)[id & (k_chunk_size - 1)];
}

void TypeTable::link_ancestors(TypeRecord& entry, uint32_t depth) {
  entry.depth = depth;
  if (depth == 0) return;
  TypeId super = entry.type.super->heap().type_id();
  const TypeRecord& parent = record(static_cast<uint32_t>(super));
  entry.ancestors = std::make_unique<TypeId[]>(depth);
  std::copy_n(parent.ancestors.get(), depth - 1, entry.ancestors.get());
  entry.ancestors[depth - 1] = super;
}

void TypeTable::store(RecGroup group, uint32_t first, const std::vector<uint32_t>& depths) {
  for (uint32_t i = 0; i < group.size(); i++) {
    TypeRecord& entry = slot(first + i);
    entry.type = std::move(group[i]);
    for_each_type(entry.type, [&](ValType& type) { type = absolute(type, first); });
    link_ancestors(entry, depths[i]);
  }
}

std::optional<TypeId> TypeTable::add(RecGroup group) {
  uint64_t hash = hash_group(group);
  std::lock_guard lock(mutex_);
  auto [begin, end] = groups_.equal_range(hash);
  for (auto it = begin; it != end; ++it)
    if (same_group(group, it->second)) return TypeId{it->second.first};
  std::vector<uint32_t> depths;
  depths.reserve(group.size());
  uint32_t first = size_.load(std::memory_order_relaxed);
  uint32_t count = static_cast<uint32_t>(group.size());
  if (count > ValType::k_max_type_ids - first || !subtyping_depth(group, depths)) return std::nullopt;
  store(std::move(group), first, depths);
  size_.store(first + count, std::memory_order_release);
  groups_.emplace(hash, GroupRef{first, count});
  return TypeId{first};
}

const TypeRecord& record_of(TypeId id) {
  assert(static_cast<uint32_t>(id) < table().size());
  return table().record(static_cast<uint32_t>(id));
}

bool matches(const FieldType& sub, const FieldType& super) {
  if (sub.is_mutable != super.is_mutable || sub.packing != super.packing) return false;
  return super.is_mutable ? sub.type == super.type : is_subtype(sub.type, super.type);
}

bool matches(const StructType& sub, const StructType& super) {
  return sub.fields.size() >= super.fields.size() &&
         std::equal(super.fields.begin(), super.fields.end(), sub.fields.begin(),
                    [](const FieldType& b, const FieldType& a) { return matches(a, b); });
}

bool all_subtypes(const std::vector<ValType>& sub, const std::vector<ValType>& super) {
  return std::equal(sub.begin(), sub.end(), super.begin(), super.end(),
                    [](ValType a, ValType b) { return is_subtype(a, b); });
}

// Abstract heap type that a defined type is directly below.
HeapKind kind_above(CompositeKind kind) {
  switch (kind) {
    case CompositeKind::func:
      return HeapKind::func;
    case CompositeKind::struct_:
      return HeapKind::struct_;
    case CompositeKind::array:
      return HeapKind::array;
  }
  return HeapKind::any;
}

bool is_abstract_subtype(HeapKind sub, HeapKind super) {
  if (sub == super) return true;
  switch (sub) {
    case HeapKind::bottom:
      return true;
    case HeapKind::none:
      return top_of(super) == HeapKind::any;
    case HeapKind::nofunc:
      return super == HeapKind::func;
    case HeapKind::noextern:
      return super == HeapKind::extern_;
    case HeapKind::noexn:
      return super == HeapKind::exn;
    case HeapKind::i31:
    case HeapKind::struct_:
    case HeapKind::array:
      return super == HeapKind::eq || super == HeapKind::any;
    case HeapKind::eq:
      return super == HeapKind::any;
    case HeapKind::func:
    case HeapKind::extern_:
    case HeapKind::any:
    case HeapKind::exn:
      return false;
  }
  return false;
}

bool is_below_concrete(HeapKind sub, TypeId super) {
  bool is_func = type_definition(super).kind == CompositeKind::func;
  return sub == HeapKind::bottom || sub == (is_func ? HeapKind::nofunc : HeapKind::none);
}

}  // namespace

std::optional<TypeId> canonicalize(RecGroup group) { return table().add(std::move(group)); }

TypeId canonicalize(const FuncType& type) {
  SubType definition;
  definition.func = type;
  RecGroup group;
  group.push_back(std::move(definition));
  std::optional<TypeId> id = table().add(std::move(group));
  assert(id);  // a lone type has no chain, and host signatures do not fill the id space
  return *id;
}

const SubType& type_definition(TypeId id) { return record_of(id).type; }

std::optional<TypeId> super_type(TypeId id) {
  const SubType& type = type_definition(id);
  if (!type.super) return std::nullopt;
  return type.super->heap().type_id();
}

bool matches_super(TypeId id) {
  const SubType& sub = type_definition(id);
  if (!sub.super) return true;
  const SubType& super = type_definition(sub.super->heap().type_id());
  if (super.is_final || super.kind != sub.kind) return false;
  switch (sub.kind) {
    case CompositeKind::func:
      return all_subtypes(super.func.params, sub.func.params) &&
             all_subtypes(sub.func.results, super.func.results);
    case CompositeKind::struct_:
      return matches(sub.struct_, super.struct_);
    case CompositeKind::array:
      return matches(sub.array.element, super.array.element);
  }
  return false;
}

bool is_subtype_slow(TypeId sub, TypeId super) {
  const TypeRecord& lower = record_of(sub);
  const TypeRecord& upper = record_of(super);
  return lower.depth > upper.depth && lower.ancestors[upper.depth] == super;
}

bool is_subtype(HeapType sub, HeapType super) {
  if (sub == super) return true;
  if (sub.is_concrete() && super.is_concrete()) return is_subtype(sub.type_id(), super.type_id());
  if (sub.is_concrete())
    return is_abstract_subtype(kind_above(type_definition(sub.type_id()).kind), super.kind());
  if (super.is_concrete()) return is_below_concrete(sub.kind(), super.type_id());
  return is_abstract_subtype(sub.kind(), super.kind());
}

bool is_subtype_slow(ValType sub, ValType super) {
  if (sub.is_bottom()) return true;
  if (!sub.is_ref() || !super.is_ref()) return sub == super;
  if (sub.is_nullable() && !super.is_nullable()) return false;
  return is_subtype(sub.heap(), super.heap());
}

HeapKind top_of(HeapType type) {
  if (type.is_concrete())
    return type_definition(type.type_id()).kind == CompositeKind::func ? HeapKind::func : HeapKind::any;
  switch (type.kind()) {
    case HeapKind::func:
    case HeapKind::nofunc:
      return HeapKind::func;
    case HeapKind::extern_:
    case HeapKind::noextern:
      return HeapKind::extern_;
    case HeapKind::exn:
    case HeapKind::noexn:
      return HeapKind::exn;
    case HeapKind::any:
    case HeapKind::eq:
    case HeapKind::i31:
    case HeapKind::struct_:
    case HeapKind::array:
    case HeapKind::none:
      return HeapKind::any;
    case HeapKind::bottom:
      return HeapKind::bottom;
  }
  return HeapKind::any;
}

uint32_t canonical_type_count() { return table().size(); }

}  // namespace lindvm
