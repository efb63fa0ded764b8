#include "jit/baseline/scan.h"

#include "vm/isa/opcodes.h"

namespace lindvm::jit {
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

}  // namespace

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

namespace {

class Scanner {
 public:
  Scanner(const Module& module, const ModuleFunction& function, Scan& scan)
      : module_(module),
        end_(module.bytes().data() + function.body.end),
        reader_(module.bytes().data() + function.body.begin),
        scan_(scan) {}

  void run() {
    while (reader_.position() < end_) {
      const uint8_t* start = reader_.position();
      uint8_t byte = reader_.u8();
      if (byte >= 0x20 && byte <= 0x22) {
        scan_.uses.push_back(reader_.u32() << 1 | (byte != 0x20));
      } else {
        Op op = is_prefix(byte) ? op_of_prefixed(byte, reader_.u32()) : op_of_byte(byte);
        other(op, static_cast<uint32_t>(start - module_.bytes().data()));
      }
    }
  }

 private:
  static constexpr uint32_t k_no_loop = ~0u;

  void other(Op op, uint32_t wasm_offset) {
    skip_immediates(reader_, op);
    if (op == Op::Loop) {
      blocks_.push_back(static_cast<uint32_t>(scan_.loops.size()));
      open_loops_.push_back(blocks_.back());
      auto depth = static_cast<uint32_t>(open_loops_.size() - 1);
      scan_.loops.push_back({wasm_offset, static_cast<uint32_t>(scan_.uses.size()), 0, depth, 0});
    } else if (op == Op::Block || op == Op::If || op == Op::LegacyTry || op == Op::TryTable) {
      blocks_.push_back(k_no_loop);
    } else if (op == Op::End || op == Op::LegacyDelegate) {
      close_block();
    } else if (op_info(op).has(trait::call)) {
      for (uint32_t loop : open_loops_) ++scan_.loops[loop].calls;
    }
  }

  void close_block() {
    if (blocks_.empty()) return;  // the function's own end
    if (blocks_.back() != k_no_loop) {
      scan_.loops[blocks_.back()].last_use = static_cast<uint32_t>(scan_.uses.size());
      open_loops_.pop_back();
    }
    blocks_.pop_back();
  }

  const Module& module_;
  const uint8_t* end_;
  CodeReader reader_;
  Scan& scan_;
  std::vector<uint32_t> blocks_;  // per open block: its loop, or k_no_loop
  std::vector<uint32_t> open_loops_;
};

}  // namespace

void scan_body(const Module& module, const ModuleFunction& function, Scan& scan) {
  Scanner(module, function, scan).run();
}

}  // namespace lindvm::jit
