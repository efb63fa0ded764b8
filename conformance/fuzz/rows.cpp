// Instructions of which the opcode table says everything: operands, results and immediates.

#include <algorithm>
#include <bit>

#include "conformance/fuzz/body.h"

namespace lindvm::fuzz {

using testing::CodeBuilder;

namespace {

Kind kind_of(OperandType type, Kind address) {
  switch (type) {
    case OperandType::i32:
      return Kind::i32;
    case OperandType::i64:
      return Kind::i64;
    case OperandType::f32:
      return Kind::f32;
    case OperandType::f64:
      return Kind::f64;
    case OperandType::v128:
      return Kind::v128;
    case OperandType::addr:
      break;
  }
  return address;
}

const SignatureInfo& signature_of(Op op) { return signature_info(op_info(op).signature); }

bool is_constant(Imm imm) {
  return imm == Imm::I32Const || imm == Imm::I64Const || imm == Imm::F32Const || imm == Imm::F64Const ||
         imm == Imm::V128Const;
}

// Rows that are made here: not those that other functions make, or that mean nothing in random places.
bool is_made_here(Op op) {
  const OpInfo& info = op_info(op);
  return info.signature != Signature::special && !is_constant(info.imm) && op != Op::Unreachable &&
         op != Op::Nop && op != Op::AtomicFence;
}

template <class Fits>
std::vector<Op> rows_where(Fits fits) {
  std::vector<Op> rows;
  for (Op op : all_ops())
    if (is_made_here(op) && fits(signature_of(op))) rows.push_back(op);
  return rows;
}

const std::vector<Op>& rows_with_result(Kind kind) {
  auto make = [](Kind wanted) {
    return rows_where([=](const SignatureInfo& signature) {
      if (signature.result_count != 1) return false;
      return kind_of(signature.result_types[0], Kind::i32) == wanted ||
             kind_of(signature.result_types[0], Kind::i64) == wanted;
    });
  };
  static const std::vector<Op> i32 = make(Kind::i32), i64 = make(Kind::i64), f32 = make(Kind::f32),
                               f64 = make(Kind::f64), v128 = make(Kind::v128), none;
  switch (kind) {
    case Kind::i32:
      return i32;
    case Kind::i64:
      return i64;
    case Kind::f32:
      return f32;
    case Kind::f64:
      return f64;
    case Kind::v128:
      return v128;
    case Kind::funcref:
    case Kind::externref:
    case Kind::exnref:
    case Kind::typed:
      break;
  }
  return none;
}

bool names_memory(Imm imm) {
  return imm == Imm::MemArg || imm == Imm::MemArgLane || imm == Imm::MemIndex || imm == Imm::DataMem;
}

bool names_table(Imm imm) { return imm == Imm::TableIndex || imm == Imm::ElemTable; }

bool waits(Op op) { return op == Op::MemoryAtomicWait32 || op == Op::MemoryAtomicWait64; }

bool moves_many(Op op) { return op == Op::MemoryInit || op == Op::MemoryFill || op == Op::TableInit; }

// Lanes of "i16x8.extract_lane_s" and the like.
unsigned lanes_of(std::string_view text) {
  size_t cross = text.find('x');
  return text.substr(cross + 1, 2) == "16" ? 16 : static_cast<unsigned>(text[cross + 1] - '0');
}

// Does the row show the bits of a NaN, or its sign?
bool observes_nan(const OpInfo& info, unsigned index) {
  return info.has(trait::memory_write) || info.meaning.starts_with("reinterpret") ||
         (index == 1 && info.meaning.starts_with("float_copysign")) ||
         signature_info(info.signature).result_types[0] == OperandType::v128;
}

}  // namespace

std::optional<BodyGenerator::Target> BodyGenerator::target_of(Op op) {
  const OpInfo& info = op_info(op);
  if (names_memory(info.imm)) {
    Target target{random_.below(env_.memories.size())};
    const MemoryInfo& memory = env_.memories[target.index];
    if (waits(op) && !memory.is_shared && !random_.one_in(100)) return std::nullopt;
    target.address = memory.address();
    if (info.access_bytes()) spread(op, target, memory.bytes);
    return target;
  }
  if (names_table(info.imm)) {
    uint32_t index = op == Op::TableInit ? 1 : random_.below(env_.tables.size());
    return Target{index, env_.tables[index].address()};
  }
  return Target{};
}

// An offset: of most accesses one that leaves room for the address.
void BodyGenerator::spread(Op op, Target& target, uint64_t size) {
  const OpInfo& info = op_info(op);
  uint64_t unit = info.has(trait::atomic) ? info.access_bytes() : 1;
  if (random_.one_in(300))
    target.offset = size + random_.below(100) - 50;
  else if (random_.one_in(2000))
    target.offset = target.address == Kind::i64 ? random_.bits() : 0xffffffff - random_.below(20);
  else if (!random_.one_in(3))
    target.offset = random_.below(random_.one_in(4) ? size / 2 - 16 : 128) / unit * unit;
}

Node BodyGenerator::row(Op op, const Target& target) {
  const SignatureInfo& signature = signature_of(op);
  Node made;
  for (unsigned i = 0; i < signature.operand_count; i++) made.operands.push_back(row_operand(op, i, target));
  made.code = row_code(op, target).data();
  for (OperandType type : signature.results()) made.results.push_back({kind_of(type, target.address)});
  bool has_open_lanes = op_info(op).has(trait::nan_result) && made.results[0].kind == Kind::v128;
  if (!has_open_lanes) return made;
  return canonical(std::move(made), op_info(op).text.starts_with("f32x4") ? Op::F32x4Eq : Op::F64x2Eq);
}

Node BodyGenerator::row_operand(Op op, unsigned index, const Target& target) {
  const OpInfo& info = op_info(op);
  Type type{kind_of(signature_of(op).operand_types[index], target.address)};
  if (info.access_bytes() && index == 0) return address(op, target);
  if (waits(op) && index == 2) return small(Kind::i64, 2000);  // nanoseconds
  if (op == Op::MemoryGrow) return small(type.kind, 4);
  if (moves_many(op)) return bulk_operand(op, index, target);
  if (info.is_numeric() && info.has(trait::may_trap)) return guarded(op, index, type);
  return observes_nan(info, index) ? observable(type) : expression(type);
}

// In range most of the time: within the first half, or as near to the end as can be.
Node BodyGenerator::address(Op op, const Target& target) {
  const OpInfo& info = op_info(op);
  uint64_t width = info.access_bytes(), unit = info.has(trait::atomic) ? width : 1;
  uint64_t size = env_.memories[target.index].bytes;
  if (random_.one_in(200)) return expression({target.address});
  if (random_.one_in(10) && target.offset + width <= size)
    return number(target.address, (size - width - target.offset) / unit * unit);
  if (random_.one_in(4)) return number(target.address, random_.below(256) / unit * unit);
  uint64_t mask = (random_.one_in(2) ? 0x7fff : 0xff) & ~(unit - 1);
  return masked(expression({target.address}), target.address, mask);
}

// Divisors are odd, most of the time; numbers to be converted are small.
Node BodyGenerator::guarded(Op op, unsigned index, Type type) {
  if (random_.one_in(60) || (!type.is_float() && index == 0)) return expression(type);
  Nodes operands;
  if (!type.is_float()) {
    operands.push_back(expression(type));
    operands.push_back(number(type.kind, 1));
    return node(type.kind == Kind::i64 ? Op::I64Or : Op::I32Or, std::move(operands), {type});
  }
  bool is_signed = op_info(op).text.ends_with("_s");
  operands.push_back(masked(expression({Kind::i32}), Kind::i32, is_signed ? ~uint64_t{0xff} : 0x7fffff));
  bool is_single = type.kind == Kind::f32;
  Node converted = node(is_single ? Op::F32ConvertI32S : Op::F64ConvertI32S, std::move(operands), {type});
  CodeBuilder half;
  is_single ? half.f32_const(0.49f) : half.f64_const(0.49);
  half.op(is_single ? Op::F32Mul : Op::F64Mul);
  Node scaled{{}, {}, half.data(), {type}};
  scaled.operands.push_back(std::move(converted));
  return scaled;
}

// Destination, source (or byte), count: mostly within bounds.
Node BodyGenerator::bulk_operand(Op op, unsigned index, const Target& target) {
  bool is_fill = op == Op::MemoryFill, is_table = op == Op::TableInit;
  Kind kind = index == 0 || (is_fill && index == 2) ? target.address : Kind::i32;
  if (random_.one_in(100)) return expression({kind});
  if (index == 0 && is_table) return small(kind, 8);
  if (index == 0) return masked(expression({kind}), kind, random_.one_in(2) ? 0x7fff : 0xff);
  if (index == 1 && is_fill) return expression({kind});
  if (is_fill) return masked(expression({kind}), kind, 0x1ff);
  return small(kind, 2);
}

CodeBuilder BodyGenerator::row_code(Op op, const Target& target) {
  const OpInfo& info = op_info(op);
  switch (info.imm) {
    case Imm::MemArg:
      start(op);
      return CodeBuilder().memory_op(op, target.offset, target.index);
    case Imm::MemArgLane:
      start(op);
      return CodeBuilder().memory_lane_op(op, static_cast<uint8_t>(random_.below(16 / info.access_bytes())),
                                          target.offset, target.index);
    case Imm::Lane:
      start(op);
      return CodeBuilder().lane_op(op, static_cast<uint8_t>(random_.below(lanes_of(info.text))));
    case Imm::Shuffle: {
      start(op);
      V128 lanes;
      for (uint8_t& lane : lanes.bytes) lane = static_cast<uint8_t>(random_.below(32));
      return CodeBuilder().shuffle(lanes);
    }
    case Imm::MemIndex:
    case Imm::TableIndex:
      return start(op, {target.index});
    case Imm::DataMem:
      return start(op, {random_.below(env_.data_sizes.size()), target.index});
    case Imm::DataIndex:
      return start(op, {random_.below(env_.data_sizes.size())});
    case Imm::ElemTable:
      return start(op, {random_.below(env_.element_sizes.size()), target.index});
    case Imm::ElemIndex:
      return start(op, {random_.below(env_.element_sizes.size())});
    case Imm::None:
    case Imm::BlockType:
    case Imm::Label:
    case Imm::LabelTable:
    case Imm::FuncIndex:
    case Imm::TypeTable:
    case Imm::TypeIndex:
    case Imm::LocalIndex:
    case Imm::GlobalIndex:
    case Imm::TableTable:
    case Imm::MemMem:
    case Imm::V128Const:
    case Imm::I32Const:
    case Imm::I64Const:
    case Imm::F32Const:
    case Imm::F64Const:
    case Imm::SelectTypes:
    case Imm::HeapType:
    case Imm::RefTypeCast:
    case Imm::TagIndex:
    case Imm::TryTableClauses:
    case Imm::TypeField:
    case Imm::TypeTypes:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeLength:
    case Imm::AtomicFence:
      break;
  }
  return start(op);
}

std::optional<Node> BodyGenerator::row_expression(Type type) {
  const std::vector<Op>& rows = rows_with_result(type.kind);
  if (rows.empty()) return std::nullopt;
  Op op = random_.pick(rows);
  std::optional<Target> target = target_of(op);
  if (!target || kind_of(signature_of(op).result_types[0], target->address) != type.kind) return std::nullopt;
  return row(op, *target);
}

std::optional<Node> BodyGenerator::pair_row() {
  static const std::vector<Op> rows =
      rows_where([](const SignatureInfo& signature) { return signature.result_count == 2; });
  return row(random_.pick(rows), {});
}

// Segments are dropped rarely, or most uses of them would trap.
Node BodyGenerator::row_statement() {
  static const std::vector<Op> rows =
      rows_where([](const SignatureInfo& signature) { return signature.result_count == 0; });
  if (random_.one_in(20)) return discard(values({{Kind::i64}, {Kind::i64}}));
  Op op = random_.pick(rows);
  bool drops = op == Op::DataDrop || op == Op::ElemDrop;
  if (drops && !random_.one_in(5)) op = Op::I32Store;
  return row(op, *target_of(op));
}

}  // namespace lindvm::fuzz
