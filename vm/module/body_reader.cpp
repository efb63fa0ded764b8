#include "vm/module/body_reader.h"

#include <algorithm>
#include <iterator>

namespace lindvm {
namespace {

void skip_lebs(CodeReader& reader, uint32_t count) {
  for (; count > 0; --count) reader.u64();
}
void skip_bytes(CodeReader& reader, size_t count) { reader.seek(reader.position() + count); }

void skip_value_type(CodeReader& reader) {
  uint8_t byte = reader.u8();
  if (byte == 0x63 || byte == 0x64) reader.s33();
}
void skip_block_type(CodeReader& reader) {
  uint8_t byte = reader.peek();
  if ((byte & 0xc0) == 0x40) {
    skip_value_type(reader);
  } else {
    reader.s33();
  }
}
void skip_clauses(CodeReader& reader) {
  skip_block_type(reader);
  for (uint32_t count = reader.u32(); count > 0; --count) skip_lebs(reader, reader.u8() < 2 ? 2 : 1);
}

/// A list of one type, as read_value_type gives them.
std::span<const ValType> one_of(ValType type) {
  static constexpr ValType k_types[] = {k_i32, k_i64, k_f32, k_f64, k_v128, k_funcref};
  return {std::find(std::begin(k_types), std::end(k_types) - 1, type), 1};
}

}  // namespace

ValType read_value_type(CodeReader& reader) {
  switch (reader.u8()) {
    case 0x7f:
      return k_i32;
    case 0x7e:
      return k_i64;
    case 0x7d:
      return k_f32;
    case 0x7c:
      return k_f64;
    case 0x7b:
      return k_v128;
    case 0x63:
    case 0x64:
      reader.s33();
      break;
    default:
      break;
  }
  return k_funcref;
}

BlockType read_block_type(CodeReader& reader, const Module& module) {
  uint8_t byte = reader.peek();
  if (byte == 0x40) {
    reader.u8();
    return {};
  }
  if ((byte & 0xc0) == 0x40) return {{}, one_of(read_value_type(reader))};  // a negative one-byte number
  const FuncType& type = func_type(module.types()[static_cast<uint32_t>(reader.s33())]);
  return {type.params, type.results};
}

uint32_t read_catch_clauses(CodeReader& reader, std::vector<CatchClause>& clauses) {
  uint32_t count = reader.u32();
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t kind = reader.u8();
    CatchClause clause;
    clause.has_tag = kind < 2;
    clause.has_ref = kind & 1;
    if (clause.has_tag) clause.tag = reader.u32();
    clause.depth = reader.u32();
    clauses.push_back(clause);
  }
  return count;
}

void skip_immediates(CodeReader& reader, Op op) {
  switch (op_info(op).imm) {
    case Imm::None:
      return;
    case Imm::BlockType:
      return skip_block_type(reader);
    case Imm::LabelTable:
      return skip_lebs(reader, reader.u32() + 1);
    case Imm::Label:
    case Imm::FuncIndex:
    case Imm::TypeIndex:
    case Imm::LocalIndex:
    case Imm::GlobalIndex:
    case Imm::TableIndex:
    case Imm::ElemIndex:
    case Imm::DataIndex:
    case Imm::MemIndex:
    case Imm::TagIndex:
    case Imm::I32Const:
    case Imm::I64Const:
    case Imm::HeapType:
      return skip_lebs(reader, 1);
    case Imm::TypeTable:
    case Imm::TableTable:
    case Imm::ElemTable:
    case Imm::DataMem:
    case Imm::MemMem:
    case Imm::TypeField:
    case Imm::TypeTypes:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeLength:
      return skip_lebs(reader, 2);
    case Imm::MemArg:
    case Imm::MemArgLane:
      skip_lebs(reader, reader.u32() & 0x40 ? 2 : 1);
      return skip_bytes(reader, op_info(op).imm == Imm::MemArgLane ? 1 : 0);
    case Imm::Lane:
    case Imm::AtomicFence:
      return skip_bytes(reader, 1);
    case Imm::Shuffle:
    case Imm::V128Const:
      return skip_bytes(reader, 16);
    case Imm::F32Const:
      return skip_bytes(reader, 4);
    case Imm::F64Const:
      return skip_bytes(reader, 8);
    case Imm::SelectTypes:
      for (uint32_t count = reader.u32(); count > 0; --count) skip_value_type(reader);
      return;
    case Imm::RefTypeCast:
      skip_bytes(reader, 1);
      return skip_lebs(reader, 3);
    case Imm::TryTableClauses:
      return skip_clauses(reader);
  }
}

void skip_dead_code(CodeReader& reader) {
  uint32_t depth = 0;
  for (;;) {
    const uint8_t* start = reader.position();
    Op op = read_op(reader);
    bool ends = op == Op::End || op == Op::LegacyDelegate;
    bool switches = op == Op::Else || op == Op::LegacyCatch || op == Op::LegacyCatchAll;
    if (depth == 0 && (ends || switches)) return reader.seek(start);
    if (ends) --depth;
    bool opens =
        op == Op::Block || op == Op::Loop || op == Op::If || op == Op::LegacyTry || op == Op::TryTable;
    if (opens) ++depth;
    skip_immediates(reader, op);
  }
}

}  // namespace lindvm
