#pragma once
// Tables. Function tables hold resolved entries, filled eagerly, so that call_indirect needs the
// entry alone: bounds, type, code, instance. Tables of other references use only `ref`. The storage is
// reserved up to a cap, so that entries never move while guests run. Owned by the store; tables are
// shared by all threads of a cage.

#include <cstdint>
#include <optional>

#include "memory/os/virtual_memory.h"
#include "vm/module/module.h"
#include "vm/runtime/code.h"
#include "vm/types/types.h"

namespace lindvm {

struct Function;

struct TableEntry {
  TypeId type{};                 ///< canonical type of the function; meaningless when ref is 0
  uint32_t instance_index = 0;   ///< instance the function runs in
  FunctionCode* code = nullptr;  ///< null for a null or non-function reference
  uint64_t ref = 0;              ///< the reference's handle (vm/runtime/store.h), 0 = null
};
static_assert(sizeof(TableEntry) == 24);

struct Table {
  static constexpr uint64_t k_max_entries = 10'000'000;  ///< growth beyond this fails, as the spec allows

  TableEntry* entries = nullptr;
  uint64_t size = 0;                         ///< entries in use
  uint64_t maximum = 0;                      ///< how far the table can grow: declared maximum or the cap
  std::optional<uint64_t> declared_maximum;  ///< as the type says
  bool is64 = false;
  ValType element_type{};
  Reservation storage;

  /// Where compiled code finds `entries` and `size`.
  static constexpr int k_entries_offset = 0, k_size_offset = 8;

  /// Are the references functions, so that entries hold code?
  bool holds_functions() const;
  /// The type that an import of this table is matched with: the minimum is the current size.
  TableType type() const { return {element_type, {size, declared_maximum}, is64}; }

  /// Old size, or -1 (as uint64) if the table cannot grow so far. New entries hold `fill`.
  uint64_t grow(uint64_t delta, const TableEntry& fill);
};

}  // namespace lindvm
