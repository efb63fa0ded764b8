#pragma once
// Writes binary modules for tests of all layers, valid ones and (since nothing is checked) invalid ones.
// Example:
//
//   ModuleBuilder module;
//   uint32_t type = module.type({k_type_i32, k_type_i32}, {k_type_i32});
//   uint32_t add = module.function(type, {}, CodeBuilder().local_get(0).local_get(1).op(Op::I32Add).end());
//   module.export_function("add", add);
//   std::vector<uint8_t> bytes = module.build();
//
// Imports of a kind come before definitions of it, since indices are handed out at once. One thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vm/isa/opcodes.h"
#include "vm/isa/v128.h"

namespace lindvm::testing {

/// Bytes in the encodings of the binary format.
class ByteWriter {
 public:
  void u8(uint8_t value) { bytes_.push_back(value); }
  void u32(uint32_t value) { u64(value); }
  void u64(uint64_t value);
  /// Signed LEB128, which serves s32, s33 and s64.
  void s64(int64_t value);
  void bytes(std::span<const uint8_t> data) { bytes_.insert(bytes_.end(), data.begin(), data.end()); }
  /// Little-endian fixed width: float, double, V128, integers.
  template <class T>
  void fixed(const T& value) {
    bytes({reinterpret_cast<const uint8_t*>(&value), sizeof value});
  }
  /// Length and UTF-8 bytes.
  void name(std::string_view text);
  /// Length and bytes.
  void sized(const ByteWriter& content);

  const std::vector<uint8_t>& data() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

 private:
  std::vector<uint8_t> bytes_;
};

/// A value type as it is encoded.
class TypeCode {
 public:
  constexpr TypeCode(uint8_t byte) : byte_(byte) {}
  /// (ref null? index)
  static constexpr TypeCode ref(uint32_t type_index, bool nullable) {
    TypeCode code(nullable ? 0x63 : 0x64);
    code.type_index_ = type_index;
    return code;
  }
  void write(ByteWriter& out) const;
  bool operator==(const TypeCode&) const = default;

 private:
  uint8_t byte_;
  uint32_t type_index_ = 0;
};

inline constexpr TypeCode k_type_i32{0x7f};
inline constexpr TypeCode k_type_i64{0x7e};
inline constexpr TypeCode k_type_f32{0x7d};
inline constexpr TypeCode k_type_f64{0x7c};
inline constexpr TypeCode k_type_v128{0x7b};
inline constexpr TypeCode k_type_funcref{0x70};
inline constexpr TypeCode k_type_externref{0x6f};
inline constexpr TypeCode k_type_exnref{0x69};

using TypeCodes = std::vector<TypeCode>;

/// Limits of a memory or table.
struct LimitsCode {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool shared = false;
  bool is_64 = false;
  std::optional<uint32_t> page_size_log2 = {};  ///< of memories
  void write(ByteWriter& out) const;
};

/// An expression: a function body's instructions, or a constant expression.
class CodeBuilder {
 public:
  /// The opcode alone.
  CodeBuilder& op(Op op);
  /// The opcode and indices (labels, functions, types, tables...), in encoding order.
  CodeBuilder& op(Op op, std::initializer_list<uint32_t> indices);

  CodeBuilder& local_get(uint32_t index) { return op(Op::LocalGet, {index}); }
  CodeBuilder& local_set(uint32_t index) { return op(Op::LocalSet, {index}); }
  CodeBuilder& local_tee(uint32_t index) { return op(Op::LocalTee, {index}); }
  CodeBuilder& call(uint32_t function) { return op(Op::Call, {function}); }
  CodeBuilder& i32_const(uint32_t value);
  CodeBuilder& i64_const(uint64_t value);
  CodeBuilder& f32_const(float value);
  CodeBuilder& f64_const(double value);
  CodeBuilder& v128_const(const V128& value);

  /// A load, store or atomic access, with natural alignment.
  CodeBuilder& memory_op(Op op, uint64_t offset = 0, uint32_t memory = 0);
  /// With a lane index (also lane extraction and replacement, where there is no memory).
  CodeBuilder& memory_lane_op(Op op, uint8_t lane, uint64_t offset = 0, uint32_t memory = 0);
  CodeBuilder& lane_op(Op op, uint8_t lane);
  CodeBuilder& shuffle(const V128& lanes);

  /// block, loop, if or try, without or with one result.
  CodeBuilder& block(Op op, std::optional<TypeCode> result = std::nullopt);
  CodeBuilder& block_of_type(Op op, uint32_t type_index);
  CodeBuilder& br_table(std::span<const uint32_t> labels, uint32_t default_label);
  CodeBuilder& end() { return op(Op::End); }

  /// Anything else.
  ByteWriter& raw() { return out_; }
  const std::vector<uint8_t>& data() const { return out_.data(); }

 private:
  ByteWriter out_;
};

/// Numbers of export and import kinds.
enum class ExternCode : uint8_t { function, table, memory, global, tag };

class ModuleBuilder {
 public:
  /// Index of a function type; equal types share one.
  uint32_t type(const TypeCodes& params, const TypeCodes& results);
  /// Index of a type given as the body of its recursion-group entry (struct, array, sub...).
  uint32_t raw_type(const ByteWriter& entry);

  uint32_t import_function(std::string_view module, std::string_view name, uint32_t type);
  uint32_t import_table(std::string_view module, std::string_view name, TypeCode type,
                        const LimitsCode& limits);
  uint32_t import_memory(std::string_view module, std::string_view name, const LimitsCode& limits);
  uint32_t import_global(std::string_view module, std::string_view name, TypeCode type, bool is_mutable);
  uint32_t import_tag(std::string_view module, std::string_view name, uint32_t type);

  /// `body` ends with its `end`.
  uint32_t function(uint32_t type, const TypeCodes& locals, const CodeBuilder& body);
  uint32_t table(TypeCode type, const LimitsCode& limits);
  uint32_t memory(const LimitsCode& limits);
  uint32_t global(TypeCode type, bool is_mutable, const CodeBuilder& initial);
  uint32_t tag(uint32_t type);

  void export_item(std::string_view name, ExternCode kind, uint32_t index);
  void export_function(std::string_view name, uint32_t index) {
    export_item(name, ExternCode::function, index);
  }
  void export_memory(std::string_view name, uint32_t index) { export_item(name, ExternCode::memory, index); }
  void start(uint32_t function) { start_ = function; }

  uint32_t active_data(uint32_t memory, const CodeBuilder& offset, std::span<const uint8_t> content);
  uint32_t passive_data(std::span<const uint8_t> content);
  uint32_t active_elements(uint32_t table, const CodeBuilder& offset, std::span<const uint32_t> functions);
  uint32_t passive_elements(std::span<const uint32_t> functions);
  /// Makes ref.func of the functions valid.
  uint32_t declare_elements(std::span<const uint32_t> functions);

  /// Custom sections come last.
  void custom_section(std::string_view name, std::span<const uint8_t> content);

  std::vector<uint8_t> build() const;

 private:
  /// The items of a section so far.
  struct Section {
    uint32_t count = 0;
    ByteWriter items;
    uint32_t add() { return count++; }
  };
  void write_section(ByteWriter& out, uint8_t id, const Section& section) const;
  ByteWriter& add_import(std::string_view module, std::string_view name, ExternCode kind);
  uint32_t add_elements(uint8_t flags, std::span<const uint32_t> functions);

  std::vector<std::pair<TypeCodes, TypeCodes>> function_types_;
  std::vector<uint32_t> function_type_indices_;
  Section types_, imports_, functions_, tables_, memories_, tags_, globals_, exports_, elements_, codes_,
      data_;
  uint32_t imported_functions_ = 0, imported_tables_ = 0, imported_memories_ = 0, imported_globals_ = 0,
           imported_tags_ = 0;
  std::optional<uint32_t> start_;
  ByteWriter custom_;
};

}  // namespace lindvm::testing
