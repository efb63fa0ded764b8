#pragma once
// WebAssembly types as values (spec 2.3). Concrete reference types name canonical TypeIds
// (vm/types/canonical.h), never module type indices, so that two ValTypes are the same type in any two
// modules exactly if they are equal. Everything here is immutable data, free to share between threads.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace lindvm {

/// Canonical identity of a defined type: equal exactly if iso-recursively equal, across all modules of the
/// process. Do not confuse with a module's type index.
enum class TypeId : uint32_t {};
constexpr TypeId k_no_type_id{~uint32_t{0}};

/// Heap types that are not defined types.
enum class HeapKind : uint8_t {
  func,
  nofunc,
  extern_,
  noextern,
  any,
  eq,
  i31,
  struct_,
  array,
  none,
  exn,
  noexn,
  bottom,  ///< validation only: below every heap type (of unreachable code)
};

/// Kind of a value type. `bottom` is validation's unknown type (of unreachable code).
enum class ValKind : uint8_t { bottom, i32, i64, f32, f64, v128, ref };

/// What a reference points to: an abstract HeapKind or a defined type.
class HeapType {
 public:
  constexpr HeapType(HeapKind kind) : bits_(static_cast<uint32_t>(kind) << k_index_shift) {}
  constexpr explicit HeapType(TypeId id) : bits_(static_cast<uint32_t>(id) << k_index_shift | k_concrete) {}

  constexpr bool is_concrete() const { return bits_ & k_concrete; }
  constexpr HeapKind kind() const { return static_cast<HeapKind>(bits_ >> k_index_shift); }
  constexpr TypeId type_id() const { return TypeId{bits_ >> k_index_shift}; }
  constexpr bool operator==(const HeapType&) const = default;

 private:
  friend class ValType;
  struct Raw {};
  constexpr HeapType(Raw, uint32_t bits) : bits_(bits) {}
  static constexpr uint32_t k_concrete = 1u << 4;
  static constexpr uint32_t k_index_shift = 6;
  uint32_t bits_;
};

/// A value type in 32 bits: kind (0-2), nullable (3), concrete (4), group-relative (5), heap type (6-31).
class ValType {
 public:
  /// TypeIds must be below this, so that they fit.
  static constexpr uint32_t k_max_type_ids = 1u << 26;

  constexpr ValType() = default;  // bottom
  constexpr ValType(ValKind kind) : bits_(static_cast<uint32_t>(kind)) {}
  static constexpr ValType ref(HeapType heap, bool nullable) {
    return from_bits(static_cast<uint32_t>(ValKind::ref) | (nullable ? k_nullable : 0) | heap.bits_);
  }
  static constexpr ValType from_bits(uint32_t bits) {
    ValType type;
    type.bits_ = bits;
    return type;
  }

  constexpr ValKind kind() const { return static_cast<ValKind>(bits_ & 7); }
  constexpr bool is_ref() const { return kind() == ValKind::ref; }
  constexpr bool is_num() const { return kind() >= ValKind::i32 && kind() <= ValKind::f64; }
  constexpr bool is_vec() const { return kind() == ValKind::v128; }
  constexpr bool is_bottom() const { return bits_ == 0; }
  constexpr bool is_nullable() const { return bits_ & k_nullable; }
  constexpr bool is_concrete() const { return bits_ & HeapType::k_concrete; }
  /// Only of references.
  constexpr HeapType heap() const {
    return {HeapType::Raw{}, bits_ & (~uint32_t{0} << 6 | HeapType::k_concrete)};
  }
  constexpr ValType with_nullable(bool nullable) const {
    return from_bits((bits_ & ~k_nullable) | (nullable ? k_nullable : 0));
  }
  /// A type that has a default value: anything but a non-nullable reference.
  constexpr bool is_defaultable() const { return !is_ref() || is_nullable(); }
  constexpr uint32_t bits() const { return bits_; }
  constexpr bool operator==(const ValType&) const = default;

  /// Only in types under canonicalisation: a reference to member `index` of its own recursion group.
  static constexpr ValType group_relative(uint32_t index, bool nullable) {
    return from_bits(static_cast<uint32_t>(ValKind::ref) | (nullable ? k_nullable : 0) |
                     HeapType::k_concrete | k_group_relative | index << HeapType::k_index_shift);
  }
  constexpr bool is_group_relative() const { return bits_ & k_group_relative; }
  constexpr uint32_t group_index() const { return bits_ >> HeapType::k_index_shift; }

 private:
  static constexpr uint32_t k_nullable = 1u << 3;
  static constexpr uint32_t k_group_relative = 1u << 5;
  uint32_t bits_ = 0;
};
static_assert(sizeof(ValType) == 4);

constexpr ValType k_bottom{};
constexpr ValType k_i32{ValKind::i32};
constexpr ValType k_i64{ValKind::i64};
constexpr ValType k_f32{ValKind::f32};
constexpr ValType k_f64{ValKind::f64};
constexpr ValType k_v128{ValKind::v128};
constexpr ValType k_funcref = ValType::ref(HeapKind::func, true);
constexpr ValType k_externref = ValType::ref(HeapKind::extern_, true);
constexpr ValType k_exnref = ValType::ref(HeapKind::exn, true);

/// 64-bit slots that a value takes in an interpreter frame.
constexpr uint32_t slot_count(ValType type) { return type.is_vec() ? 2 : 1; }

inline uint32_t slot_count(std::span<const ValType> types) {
  uint32_t slots = 0;
  for (ValType type : types) slots += slot_count(type);
  return slots;
}

struct FuncType {
  std::vector<ValType> params;
  std::vector<ValType> results;
  bool operator==(const FuncType&) const = default;
};

/// How a struct or array field is stored.
enum class Packing : uint8_t { none, i8, i16 };

struct FieldType {
  ValType type;  ///< as seen on the operand stack: i32 for packed fields
  Packing packing = Packing::none;
  bool is_mutable = false;
  bool operator==(const FieldType&) const = default;
};

struct StructType {
  std::vector<FieldType> fields;
  bool operator==(const StructType&) const = default;
};

struct ArrayType {
  FieldType element;
  bool operator==(const ArrayType&) const = default;
};

enum class CompositeKind : uint8_t { func, struct_, array };

/// A defined type: composite type with finality and declared supertype. In a canonical type (canonical.h)
/// `super` is a TypeId reference; under canonicalisation it may be group-relative like any reference.
struct SubType {
  CompositeKind kind = CompositeKind::func;
  bool is_final = true;
  std::optional<ValType> super;  ///< a concrete reference type, of which only the heap type counts
  FuncType func;                 ///< if kind == func
  StructType struct_;            ///< if kind == struct_
  ArrayType array;               ///< if kind == array
  bool operator==(const SubType&) const = default;
};

/// Mutually recursive types, in index order.
using RecGroup = std::vector<SubType>;

/// Text format of a type, e.g. "i32", "(ref null func)"; defined types print as "(type N)" with N the TypeId.
std::string to_string(ValType type);
std::string to_string(HeapType type);
/// E.g. "[i32 i64] -> [f32]".
std::string to_string(const FuncType& type);

}  // namespace lindvm
