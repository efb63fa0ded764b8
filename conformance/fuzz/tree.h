#pragma once
// Generated programs as trees: a node is an instruction with the nodes that push its operands. Trees, not
// bytes, so that parts of a failing program can be taken out and the rest still makes sense. Plain values.

#include <bitset>
#include <cstdint>
#include <vector>

#include "vm/testing/module_builder.h"

namespace lindvm::fuzz {

using Bytes = std::vector<uint8_t>;

/// What a value type is, as it is encoded; `typed` is a nullable reference to functions of one type.
enum class Kind : uint8_t {
  i32 = 0x7f,
  i64 = 0x7e,
  f32 = 0x7d,
  f64 = 0x7c,
  v128 = 0x7b,
  funcref = 0x70,
  externref = 0x6f,
  exnref = 0x69,
  typed = 0x63,
};

struct Type {
  Kind kind = Kind::i32;
  uint32_t type_index = 0;  ///< of `typed`
  bool is_reserved =
      false;  ///< of locals: equal to no type that values have, so that no other use takes them

  bool is_ref() const { return kind <= Kind::funcref; }
  bool is_float() const { return kind == Kind::f32 || kind == Kind::f64; }
  testing::TypeCode code() const {
    return kind == Kind::typed ? testing::TypeCode::ref(type_index, true)
                               : testing::TypeCode(static_cast<uint8_t>(kind));
  }
  bool operator==(const Type&) const = default;
};

using Types = std::vector<Type>;
testing::TypeCodes codes(const Types& types);

struct Node;
using Nodes = std::vector<Node>;

/// A part of a structured instruction.
struct Arm {
  Bytes opening;  ///< `block`, `else`, `catch` and the like, with what must stay at its head
  Nodes body;
};

/// Pushes the operands, goes through the arms, and then does `code`; leaves `results`.
struct Node {
  Nodes operands = {};
  std::vector<Arm> arms = {};
  Bytes code = {};
  Types results = {};
};

void write(const Nodes& nodes, testing::ByteWriter& out);

/// Bytes that push 0 or null of each type.
Bytes zeros(const Types& types);

struct FunctionTree {
  uint32_t type = 0;
  Types params;
  Types results;
  Types locals;
  Bytes prologue;  ///< what keeps the program finite
  Nodes body;      ///< without its `end`
};

struct Program {
  testing::ModuleBuilder declarations;  ///< everything but the functions with bodies
  std::vector<FunctionTree> functions;
  std::bitset<k_op_count> used;  ///< opcodes that occur

  Bytes bytes() const;
};

}  // namespace lindvm::fuzz
