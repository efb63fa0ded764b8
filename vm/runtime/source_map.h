#pragma once
// Source positions of wasm code, from a module's DWARF sections (LLVM convention: code addresses count from
// the start of the code section's contents). Parsed when made and queried for diagnostics only; one thread at
// a time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vm/module/module.h"

namespace lindvm {

/// A position in source code, and the function (inlined or not) that it is in.
struct SourceLocation {
  std::string function;  ///< demangled; empty if unknown
  std::string file;
  uint32_t line = 0;
  uint32_t column = 0;
};

class SourceMap {
 public:
  /// Null if the module has no usable DWARF.
  static std::unique_ptr<SourceMap> make(const Module& module);
  virtual ~SourceMap() = default;

  /// The position of the code at a module byte offset and, after it, those that it was inlined at, innermost
  /// first. Empty if unknown.
  virtual std::vector<SourceLocation> locate(uint64_t module_offset) const = 0;
  /// The first of those, without the function: cheap where one asks for neighbours one after the other.
  virtual std::optional<SourceLocation> position(uint64_t module_offset) = 0;
};

/// "ns::f(int)" for a C++ or Rust symbol; any other name unchanged.
std::string demangle(std::string_view name);

}  // namespace lindvm
