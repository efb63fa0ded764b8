#pragma once
// The process-wide set of defined types. Recursion groups are canonicalised when a module is decoded: each
// distinct group is stored once, for the life of the process, and its members get consecutive TypeIds. All
// functions may be called from any thread: looking a TypeId up takes no lock, adding a group takes a mutex.

#include <cstdint>
#include <optional>
#include <vector>

#include "vm/types/types.h"

namespace lindvm {

/// Depth of a chain of declared supertypes beyond which types are refused (as in the JS embedding).
constexpr uint32_t k_max_subtyping_depth = 63;

/// Canonical id of the group's first member; the others follow consecutively. References inside the group
/// must be group-relative, all others canonical. Empty when the id space is exhausted or a chain of
/// supertypes is deeper than k_max_subtyping_depth. Does not check that declared supertypes match (see
/// matches_super).
std::optional<TypeId> canonicalize(RecGroup group);

/// Canonical id of a function type that stands alone (final, no supertype), e.g. of a host function.
TypeId canonicalize(const FuncType& type);

/// The definition of a canonical type; all references in it are canonical. Never moves or dies.
const SubType& type_definition(TypeId id);

/// Signature of a function type. The id must denote one.
inline const FuncType& func_type(TypeId id) { return type_definition(id).func; }

inline bool is_final(TypeId id) { return type_definition(id).is_final; }

/// Declared supertype, if any.
std::optional<TypeId> super_type(TypeId id);

/// Does the type's structure match its declared supertype's (spec 3.2.9), and is that one open?
bool matches_super(TypeId id);

bool is_subtype_slow(TypeId sub, TypeId super);
/// Is `sub` the same as, or declared below, `super`?
inline bool is_subtype(TypeId sub, TypeId super) { return sub == super || is_subtype_slow(sub, super); }

bool is_subtype(HeapType sub, HeapType super);

bool is_subtype_slow(ValType sub, ValType super);
/// Bottom is below everything.
inline bool is_subtype(ValType sub, ValType super) { return sub == super || is_subtype_slow(sub, super); }

/// Top of the hierarchy that a heap type belongs to: any, func, extern or exn.
HeapKind top_of(HeapType type);

/// Number of canonical types in the process.
uint32_t canonical_type_count();

}  // namespace lindvm
