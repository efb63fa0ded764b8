#include "jit/baseline/scan.h"

#include "vm/isa/opcodes.h"
#include "vm/module/body_reader.h"

namespace lindvm::jit {
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
