#include "jit/baseline/scan.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "vm/isa/opcodes.h"
#include "vm/module/body_reader.h"

namespace lindvm::jit {
namespace {

constexpr uint64_t k_continuations = 0x8080808080808080;

/// What follows a byte that begins an instruction. Frequent instructions have some bytes of fixed count, and
/// then maybe one LEB128 number. They are stepped over without a branch on which it is, since which comes
/// next is what a processor cannot predict: of the eight bytes at the instruction, the last is the lowest
/// that has its bit in
/// (~bytes | forced) & kept.
struct ByteInfo {
  uint64_t kept = 0, forced = 0;
  /// For the counts of uses, and 32 bits higher of calls.
  uint64_t added = 0;
  /// Bits of the byte that follows which make the instruction one of the others; bit 8 is always taken as set
  /// there.
  uint16_t unusual = 0x100;
  bool is_assigned = false;
  int32_t depth_change = 0;
};

constexpr uint64_t k_one_use = 1, k_one_call = uint64_t{1} << 32;

constexpr ByteInfo frequent(unsigned fixed_bytes, bool has_number, uint16_t unusual = 0, uint64_t added = 0) {
  uint64_t from_last_fixed = k_continuations << 8 * fixed_bytes;
  return {.kept = has_number ? from_last_fixed << 8 : from_last_fixed,
          .forced = has_number ? 0 : uint64_t{0x80} << 8 * fixed_bytes,
          .added = added,
          .unusual = unusual};
}

constexpr ByteInfo info_of(Op op) {
  const OpInfo& info = op_info(op);
  uint64_t calls = info.has(trait::call) ? k_one_call : 0;
  switch (info.imm) {
    case Imm::None: {
      ByteInfo result = frequent(0, false, 0, calls);
      if (op == Op::End) result.depth_change = -1;
      return result;
    }
    case Imm::BlockType: {  // of an empty type, or most indices
      if (op != Op::Block && op != Op::If) return {};
      ByteInfo result = frequent(0, true, 0xa0);
      result.depth_change = 1;
      return result;
    }
    case Imm::LocalIndex: {
      ByteInfo result = frequent(0, true, 0x80, k_one_use);
      result.is_assigned = op != Op::LocalGet;
      return result;
    }
    case Imm::Label:
      return op == Op::LegacyDelegate ? ByteInfo{} : frequent(0, true);
    case Imm::FuncIndex:
    case Imm::GlobalIndex:
    case Imm::I32Const:
    case Imm::I64Const:
      return frequent(0, true, 0, calls);
    case Imm::TypeTable:  // a type of one byte
      return frequent(1, true, 0x80, calls);
    case Imm::MemArg:  // without a memory's index
      return frequent(1, true, 0xc0);
    case Imm::F32Const:
      return frequent(4, false);
    default:
      return {};
  }
}

struct ByteTable {
  ByteInfo infos[256];
  constexpr ByteTable() : infos() {
    for (unsigned byte = 0; byte < 256; ++byte) {
      Op op = op_of_byte(static_cast<uint8_t>(byte));
      if (op != k_no_op) infos[byte] = info_of(op);
    }
  }
};
constexpr ByteTable k_bytes;

class Scanner {
 public:
  Scanner(const Module& module, const ModuleFunction& function, Scan& scan)
      : begin_(module.bytes().data()),
        end_(begin_ + function.body.end),
        module_end_(begin_ + module.bytes().size()),
        position_(begin_ + function.body.begin),
        scan_(scan) {
    // A use takes two bytes at least.
    uses_ = scan_.uses.reset(function.body.end - function.body.begin);
    scan_.loops.clear();
    scan_.open_loops.clear();
  }

  void run() {
    while (position_ < end_) {
      frequent_ones();
      if (depth_ <= loop_end_depth_) {
        close_loop();
      } else if (position_ < end_) {
        other();
      }
    }
    scan_.uses.set_size(use_count_);
  }

 private:
  /// As far as instructions are frequent ones that end within the eight bytes looked at.
  void frequent_ones() {
    const uint8_t* at = position_;
    const uint8_t* last = std::min(end_, module_end_ - std::min<ptrdiff_t>(7, module_end_ - begin_));
    uint64_t counts = use_count_ | uint64_t{calls_} << 32;
    int32_t depth = depth_;
    while (at < last && depth > loop_end_depth_) {
      const ByteInfo& info = k_bytes.infos[*at];
      uint64_t bytes;
      std::memcpy(&bytes, at, sizeof bytes);
      uint64_t ends = (~bytes | info.forced) & info.kept;
      uint32_t following = at[1];
      if ((info.unusual & (following | 0x100)) != 0 || ends == 0) break;
      uses_[static_cast<uint32_t>(counts)] = following << 1 | info.is_assigned;
      counts += info.added;
      depth += info.depth_change;
      at += (std::countr_zero(ends) >> 3) + 1;
    }
    position_ = at;
    use_count_ = static_cast<uint32_t>(counts);
    calls_ = static_cast<uint32_t>(counts >> 32);
    depth_ = depth;
  }

  void other() {
    auto wasm_offset = static_cast<uint32_t>(position_ - begin_);
    CodeReader reader(position_);
    Op op = read_op(reader);
    if (op == Op::LocalGet || op == Op::LocalSet || op == Op::LocalTee) {
      uses_[use_count_++] = reader.u32() << 1 | (op != Op::LocalGet);
    } else {
      skip_immediates(reader, op);
      structure(op, wasm_offset);
    }
    position_ = reader.position();
  }

  void structure(Op op, uint32_t wasm_offset) {
    if (op == Op::Loop) {
      auto nesting = static_cast<uint32_t>(scan_.open_loops.size());
      scan_.open_loops.push_back({static_cast<uint32_t>(scan_.loops.size()), loop_end_depth_});
      scan_.loops.push_back({wasm_offset, use_count_, 0, nesting, calls_});
      loop_end_depth_ = depth_++;
    } else if (op == Op::Block || op == Op::If || op == Op::LegacyTry || op == Op::TryTable) {
      ++depth_;
    } else if (op == Op::End || op == Op::LegacyDelegate) {
      --depth_;
    } else {
      calls_ += op_info(op).has(trait::call);
    }
  }

  void close_loop() {
    auto [index, outer_end_depth] = scan_.open_loops.back();
    scan_.open_loops.pop_back();
    loop_end_depth_ = outer_end_depth;
    ScannedLoop& loop = scan_.loops[index];
    loop.last_use = use_count_;
    loop.calls = calls_ - loop.calls;
  }

  const uint8_t *begin_, *end_, *module_end_;
  const uint8_t* position_;
  Scan& scan_;
  LocalUse* uses_;
  uint32_t use_count_ = 0;
  uint32_t calls_ = 0;                        // so far; an open loop has those before it
  int32_t depth_ = 0;                         // open blocks; the function's own end leads to -1
  int32_t loop_end_depth_ = Scan::k_no_loop;  // what the innermost open loop's end leads to
};

}  // namespace

void scan_body(const Module& module, const ModuleFunction& function, Scan& scan) {
  Scanner(module, function, scan).run();
}

}  // namespace lindvm::jit
