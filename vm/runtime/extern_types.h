#pragma once
// Types of externals (spec 2.3.13) and import matching (spec 3.3.8). An ExternType is a value; those of
// externals are taken at the time of the question, since tables and memories grow.

#include <string>
#include <variant>

#include "vm/base/result.h"
#include "vm/module/module.h"
#include "vm/runtime/store.h"

namespace lindvm {

/// A function's or a tag's signature.
struct SignatureType {
  ExternKind kind{};
  TypeId type{};
};

using ExternType = std::variant<SignatureType, TableType, MemoryType, GlobalType>;

/// What an import declares.
ExternType declared_type(const Module& module, const Import& import);
/// What an external is now.
ExternType current_type(const External& external);

/// May an external of type `actual` be linked where `declared` is asked for?
bool matches(const ExternType& actual, const ExternType& declared);

/// E.g. "function [i32] -> []", "table 10 20 funcref", "memory 1 shared", "global (mut i32)", "tag [i32] ->
/// []".
std::string to_string(const ExternType& type);

/// Ok, or the link error: `resolved` is null for an import that nothing satisfies.
Result<void> check_import(const Module& module, const Import& import, const External* resolved);

}  // namespace lindvm
