#pragma once
// One function's machine code as bytes of a cache file: its code, the places to be patched, and the tables of
// MachineCode. Reading trusts nothing: whatever the bytes are, what comes out lies within its bounds.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "jit/relocation.h"
#include "vm/runtime/machine_code.h"

namespace lindvm::jit {

/// A Relocation whose target is a number: of a stub or helper, or of a type in the module.
struct PortableRelocation {
  uint32_t at = 0;
  RelocationKind kind{};
  uint32_t target = 0;
};

struct FunctionRecord {
  std::span<const uint8_t> code;  ///< in the bytes that were read
  uint32_t frame_slots = 0;
  std::vector<PortableRelocation> relocations;
  std::vector<CodeSite> sites;
  std::vector<HandlerRange> handlers;
  std::vector<LoopEntry> loops;
};

/// What numbers in a record must be below.
struct RecordLimits {
  uint32_t addresses = 0;        ///< stubs and helpers
  uint32_t types = 0;            ///< of the module
  uint32_t module_bytes = 0;     ///< for offsets in the module
  uint32_t field_sizes[3] = {};  ///< by RelocationKind
};

/// Appends the record.
void write_record(const FunctionRecord& record, std::vector<uint8_t>& out);
/// Nothing if the bytes are no record within the limits.
std::optional<FunctionRecord> read_record(std::span<const uint8_t> bytes, const RecordLimits& limits);

}  // namespace lindvm::jit
