#pragma once
// A module: decoded, validated, immutable, shared by all instances and threads. Owns its bytes (a private
// copy, so that nobody can change code after it was validated); names and byte ranges refer to them.
// Made by load_module (vm/module/load.h) only. Index spaces list imports first, as the specification does.

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "vm/types/canonical.h"
#include "vm/types/types.h"

namespace lindvm {

enum class Op : uint16_t;  // vm/isa/opcodes.h
class ModuleNames;         // vm/module/names.h

/// Bytes [begin, end) of the module.
struct ByteRange {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t size() const { return end - begin; }
};

/// Values are those of the binary format.
enum class ExternKind : uint8_t { function, table, memory, global, tag };
const char* to_string(ExternKind kind);

struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
};

struct TableType {
  ValType element;
  Limits limits;
  bool is64 = false;
};

struct MemoryType {
  Limits limits;  ///< in pages
  bool is64 = false;
  bool is_shared = false;
  uint8_t page_size_log2 = 16;
  uint64_t page_size() const { return uint64_t{1} << page_size_log2; }
};

struct GlobalType {
  ValType type;
  bool is_mutable = false;
};

/// One instruction of a constant expression, decoded. `index` is the function, global or type index (0 if
/// none); `value` is the constant's bits (i32 zero-extended), the length of array.new_fixed, or, for
/// v128.const, the byte offset of its 16 bytes in the module. For ref.null, `value` holds ValType::bits().
struct ConstInstr {
  Op op{};
  uint32_t index = 0;
  uint64_t value = 0;
};

/// A validated constant expression; see Module::const_instrs. The final `end` is left out.
struct ConstExpr {
  uint32_t first = 0;
  uint32_t count = 0;
};

/// Where an index space entry comes from. `index` counts in the index space of its kind.
struct Import {
  std::string_view module;
  std::string_view name;
  ExternKind kind{};
  uint32_t index = 0;
};

struct Export {
  std::string_view name;
  ExternKind kind{};
  uint32_t index = 0;
};

/// `count` consecutive locals of one type.
struct LocalRun {
  uint32_t count = 0;
  ValType type;
};

/// An entry of the function index space; fields after `type` are of defined functions only.
struct ModuleFunction {
  uint32_t type_index = 0;
  TypeId type{};
  ByteRange body;                ///< from the first instruction to the final `end`, inclusive
  uint32_t first_local_run = 0;  ///< see Module::local_runs
  uint32_t local_run_count = 0;
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
  uint32_t local_slots = 0;        ///< declared locals, parameters not included
  uint32_t local_count = 0;        ///< parameters and declared locals
  uint32_t max_operand_slots = 0;  ///< greatest height of the operand stack
  uint32_t max_control_depth = 0;  ///< greatest nesting of blocks, the function's own included
  bool has_loops = false;
  bool has_calls = false;
  bool has_tail_calls = false;
  bool has_handlers = false;  ///< try_table or legacy try
};

struct ModuleTable {
  TableType type;
  std::optional<ConstExpr> init;  ///< absent: null
};

struct ModuleGlobal {
  GlobalType type;
  ConstExpr init;  ///< of defined globals
};

struct ModuleTag {
  uint32_t type_index = 0;
  TypeId type{};
};

enum class SegmentMode : uint8_t { active, passive, declarative };

/// Elements are either function indices (`function_count`) or constant expressions (`expr_count`).
struct ElementSegment {
  SegmentMode mode{};
  ValType type;
  uint32_t table = 0;                               ///< if active
  ConstExpr offset;                                 ///< if active
  uint32_t first_function = 0, function_count = 0;  ///< see Module::element_functions
  uint32_t first_expr = 0, expr_count = 0;          ///< see Module::element_exprs
  uint32_t size() const { return function_count + expr_count; }
};

struct DataSegment {
  SegmentMode mode{};
  uint32_t memory = 0;  ///< if active
  ConstExpr offset;     ///< if active
  ByteRange bytes;
};

struct CustomSection {
  std::string_view name;
  ByteRange payload;  ///< after the name
};

class Module {
 public:
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;
  ~Module();

  std::span<const uint8_t> bytes() const { return {bytes_.get(), size_}; }
  std::span<const uint8_t> bytes(ByteRange range) const { return bytes().subspan(range.begin, range.size()); }

  /// Canonical ids by type index.
  const std::vector<TypeId>& types() const { return types_; }
  const SubType& type(uint32_t index) const { return type_definition(types_[index]); }

  const std::vector<Import>& imports() const { return imports_; }
  const std::vector<Export>& exports() const { return exports_; }
  /// Null if there is none of that name. O(1).
  const Export* find_export(std::string_view name) const;

  const std::vector<ModuleFunction>& functions() const { return functions_; }
  const std::vector<ModuleTable>& tables() const { return tables_; }
  const std::vector<MemoryType>& memories() const { return memories_; }
  const std::vector<ModuleGlobal>& globals() const { return globals_; }
  const std::vector<ModuleTag>& tags() const { return tags_; }

  /// How many entries at the start of each index space are imports.
  uint32_t imported_functions() const { return imported_[static_cast<int>(ExternKind::function)]; }
  uint32_t imported_tables() const { return imported_[static_cast<int>(ExternKind::table)]; }
  uint32_t imported_memories() const { return imported_[static_cast<int>(ExternKind::memory)]; }
  uint32_t imported_globals() const { return imported_[static_cast<int>(ExternKind::global)]; }
  uint32_t imported_tags() const { return imported_[static_cast<int>(ExternKind::tag)]; }

  std::optional<uint32_t> start() const { return start_; }
  const std::vector<ElementSegment>& element_segments() const { return element_segments_; }
  const std::vector<DataSegment>& data_segments() const { return data_segments_; }
  const std::vector<CustomSection>& custom_sections() const { return custom_sections_; }
  /// First custom section of that name, or null.
  const CustomSection* find_custom_section(std::string_view name) const;

  std::span<const LocalRun> local_runs(const ModuleFunction& function) const {
    return {local_runs_.data() + function.first_local_run, function.local_run_count};
  }
  std::span<const ConstInstr> const_instrs(ConstExpr expr) const {
    return {const_instrs_.data() + expr.first, expr.count};
  }
  std::span<const uint32_t> element_functions(const ElementSegment& segment) const {
    return {element_functions_.data() + segment.first_function, segment.function_count};
  }
  std::span<const ConstExpr> element_exprs(const ElementSegment& segment) const {
    return {element_exprs_.data() + segment.first_expr, segment.expr_count};
  }

  /// Contents of the code section, which DWARF addresses count from; empty if there is none.
  ByteRange code_section() const { return code_section_; }

  /// Contents of the name, producers, target_features and dylink.0 sections, parsed at first use. Any thread.
  const ModuleNames& names() const;

 private:
  friend class ModuleDecoder;
  Module(std::unique_ptr<uint8_t[]> bytes, size_t size);
  bool index_exports();  // false if a name occurs twice

  std::unique_ptr<uint8_t[]> bytes_;
  size_t size_;
  std::vector<TypeId> types_;
  std::vector<Import> imports_;
  std::vector<Export> exports_;
  std::vector<uint32_t> export_index_;  // open-addressed hash table: 1 + index into exports_
  std::vector<ModuleFunction> functions_;
  std::vector<ModuleTable> tables_;
  std::vector<MemoryType> memories_;
  std::vector<ModuleGlobal> globals_;
  std::vector<ModuleTag> tags_;
  uint32_t imported_[5] = {};
  std::optional<uint32_t> start_;
  std::vector<ElementSegment> element_segments_;
  std::vector<DataSegment> data_segments_;
  std::vector<CustomSection> custom_sections_;
  std::vector<LocalRun> local_runs_;
  std::vector<ConstInstr> const_instrs_;
  std::vector<uint32_t> element_functions_;
  std::vector<ConstExpr> element_exprs_;
  ByteRange code_section_;
  mutable std::once_flag names_once_;
  mutable std::unique_ptr<ModuleNames> names_;
};

}  // namespace lindvm
