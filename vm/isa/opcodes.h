#pragma once
// The opcode table (opcodes.def) as C++ data: the Op enumeration, one OpInfo per row, signatures as type
// lists, and the lookup from encoding to Op. Everything is constexpr and immutable, free to use from any
// thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lindvm {

/// Table order. No switch over it has a default case [R2].
enum class Op : uint16_t {
#define OP(id, code, text, imm, signature, feature, traits, ...) id,
#include "vm/isa/opcodes.def"
};

/// Not an opcode: what lookups answer for an unassigned encoding.
inline constexpr Op k_no_op = Op{0xffff};

/// Shape of the immediates (immediates.def).
enum class Imm : uint8_t {
#define IMMEDIATES(id, description) id,
#include "vm/isa/immediates.def"
};

/// The proposal that an opcode or module construct belongs to.
enum class Feature : uint8_t {
#define FEATURE(id, description) id,
#include "vm/isa/features.def"
};
inline constexpr unsigned k_feature_count = 0
#define FEATURE(id, description) +1
#include "vm/isa/features.def"
    ;

/// The enumerator's name, e.g. "relaxed_simd".
std::string_view to_string(Feature feature);
/// What the immediates are, e.g. "type, table"; for documentation.
std::string_view describe(Imm imm);

/// Flags of a row, combined by |.
namespace trait {
inline constexpr uint32_t none = 0;
inline constexpr uint32_t pure =
    1 << 0;  ///< no effect, no trap; the result depends on operands and immediates alone
inline constexpr uint32_t commutes = 1 << 1;  ///< the first two operands may be exchanged (NaN bits aside)
inline constexpr uint32_t may_trap = 1 << 2;
inline constexpr uint32_t control = 1 << 3;     ///< structured control and branches
inline constexpr uint32_t terminator = 1 << 4;  ///< what follows in the block is unreachable
inline constexpr uint32_t call = 1 << 5;
inline constexpr uint32_t memory_read = 1 << 6;
inline constexpr uint32_t memory_write = 1 << 7;
inline constexpr uint32_t atomic = 1 << 8;
inline constexpr uint32_t constant_ok = 1 << 9;  ///< allowed in constant expressions
inline constexpr uint32_t compare = 1 << 10;     ///< the i32 result is 0 or 1
inline constexpr uint32_t nan_result = 1 << 11;  ///< a NaN result has bits that the specification leaves open
inline constexpr uint32_t bytes1 = 1 << 16;      ///< width of the memory access
inline constexpr uint32_t bytes2 = 1 << 17;
inline constexpr uint32_t bytes4 = 1 << 18;
inline constexpr uint32_t bytes8 = 1 << 19;
inline constexpr uint32_t bytes16 = 1 << 20;
}  // namespace trait

/// Type of an operand or result; addr is i32 or i64, as the memory or table says.
enum class OperandType : uint8_t { i32, i64, f32, f64, v128, addr };
std::string_view to_string(OperandType type);

enum class Signature : uint8_t {
#define SIGNATURE(name) name,
#include "vm/isa/signatures.def"
};

struct SignatureInfo {
  std::string_view name;
  std::array<OperandType, 4> operand_types{};
  std::array<OperandType, 2> result_types{};
  uint8_t operand_count = 0;
  uint8_t result_count = 0;

  constexpr std::span<const OperandType> operands() const { return {operand_types.data(), operand_count}; }
  constexpr std::span<const OperandType> results() const { return {result_types.data(), result_count}; }
};

namespace detail {
constexpr OperandType operand_type(std::string_view token) {
  if (token == "i32") return OperandType::i32;
  if (token == "i64") return OperandType::i64;
  if (token == "f32") return OperandType::f32;
  if (token == "f64") return OperandType::f64;
  if (token == "v128") return OperandType::v128;
  return OperandType::addr;
}

/// Reads "i32_i64" (or "none") into `types`; returns the count.
template <size_t N>
constexpr uint8_t parse_types(std::string_view text, std::array<OperandType, N>& types) {
  uint8_t count = 0;
  if (text == "none") return 0;
  while (!text.empty()) {
    size_t end = text.find('_');
    types[count++] = operand_type(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return count;
}

constexpr SignatureInfo parse_signature(std::string_view name) {
  SignatureInfo info{name};
  if (name == "special") return info;
  size_t middle = name.find("__");
  info.operand_count = parse_types(name.substr(0, middle), info.operand_types);
  info.result_count = parse_types(name.substr(middle + 2), info.result_types);
  return info;
}
}  // namespace detail

inline constexpr SignatureInfo k_signature_info[] = {
#define SIGNATURE(name) detail::parse_signature(#name),
#include "vm/isa/signatures.def"
};

/// Of Signature::special the lists are empty.
constexpr const SignatureInfo& signature_info(Signature signature) {
  return k_signature_info[static_cast<unsigned>(signature)];
}

struct OpInfo {
  std::string_view text;     ///< text-format name
  std::string_view id;       ///< the Op enumerator's name
  std::string_view meaning;  ///< function of lindvm::sem as written in the table, or "none"
  uint32_t code;             ///< one byte, or prefix << 16 | sub-opcode
  uint32_t traits;           ///< flags of namespace trait
  Imm imm;
  Signature signature;
  Feature feature;

  constexpr bool has(uint32_t flags) const { return (traits & flags) == flags; }
  /// Width in bytes of the memory access, 0 if the row has none of fixed width.
  constexpr uint32_t access_bytes() const { return traits >> 16 & 31; }
  /// Names an operation: of lindvm::sem, or, for atomic waits and wakes, of the runtime.
  constexpr bool has_meaning() const { return meaning != "none"; }
  /// A computation on operands and immediates only (it may trap): has a meaning and touches no memory.
  constexpr bool is_numeric() const {
    return has_meaning() && !(traits & (trait::memory_read | trait::memory_write | trait::atomic));
  }
  constexpr bool is_prefixed() const { return code > 0xff; }
};

namespace detail {
namespace table {
// Declarations, not a directive: they hide functions of the same names in the namespaces around.
using trait::none, trait::pure, trait::commutes, trait::may_trap, trait::control, trait::terminator,
    trait::call, trait::memory_read, trait::memory_write, trait::atomic, trait::constant_ok, trait::compare,
    trait::nan_result, trait::bytes1, trait::bytes2, trait::bytes4, trait::bytes8, trait::bytes16;
inline constexpr OpInfo k_rows[] = {
#define OP(id, code, text, imm, signature, feature, traits, ...) \
  {text, #id, #__VA_ARGS__, code, traits, Imm::imm, Signature::signature, Feature::feature},
#include "vm/isa/opcodes.def"
};
}  // namespace table
}  // namespace detail

inline constexpr auto& k_op_info = detail::table::k_rows;
inline constexpr unsigned k_op_count = sizeof k_op_info / sizeof k_op_info[0];

constexpr const OpInfo& op_info(Op op) { return k_op_info[static_cast<unsigned>(op)]; }
constexpr std::string_view to_string(Op op) { return op_info(op).text; }

/// Iterates over every Op: `for (Op op : all_ops())`.
constexpr std::array<Op, k_op_count> all_ops() {
  std::array<Op, k_op_count> ops{};
  for (unsigned i = 0; i < k_op_count; ++i) ops[i] = static_cast<Op>(i);
  return ops;
}

inline constexpr uint8_t k_prefix_gc = 0xfb;
inline constexpr uint8_t k_prefix_misc = 0xfc;
inline constexpr uint8_t k_prefix_simd = 0xfd;
inline constexpr uint8_t k_prefix_atomic = 0xfe;

constexpr bool is_prefix(uint8_t byte) { return byte >= k_prefix_gc && byte <= k_prefix_atomic; }

namespace detail {
template <size_t N>
constexpr std::array<Op, N> make_lookup(uint32_t prefix) {
  std::array<Op, N> table{};
  for (Op& op : table) op = k_no_op;
  for (unsigned i = 0; i < k_op_count; ++i) {
    uint32_t code = k_op_info[i].code;
    if (code >> 16 == prefix) table[code & 0xffff] = static_cast<Op>(i);
  }
  return table;
}
inline constexpr auto k_one_byte_ops = make_lookup<256>(0);
inline constexpr auto k_gc_ops = make_lookup<32>(k_prefix_gc);
inline constexpr auto k_misc_ops = make_lookup<32>(k_prefix_misc);
inline constexpr auto k_simd_ops = make_lookup<0x120>(k_prefix_simd);
inline constexpr auto k_atomic_ops = make_lookup<0x50>(k_prefix_atomic);

template <size_t N>
constexpr Op lookup(const std::array<Op, N>& table, uint32_t code) {
  return code < N ? table[code] : k_no_op;
}
}  // namespace detail

/// The opcode of one byte, k_no_op if there is none (prefixes included).
constexpr Op op_of_byte(uint8_t byte) { return detail::k_one_byte_ops[byte]; }

/// The opcode of a prefix byte and sub-opcode; k_no_op if unassigned.
constexpr Op op_of_prefixed(uint8_t prefix, uint32_t sub) {
  if (prefix == k_prefix_simd) return detail::lookup(detail::k_simd_ops, sub);
  if (prefix == k_prefix_misc) return detail::lookup(detail::k_misc_ops, sub);
  if (prefix == k_prefix_gc) return detail::lookup(detail::k_gc_ops, sub);
  if (prefix == k_prefix_atomic) return detail::lookup(detail::k_atomic_ops, sub);
  return k_no_op;
}

}  // namespace lindvm
