// x86-64: which member makes the code of each numeric opcode.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

using namespace x64;

namespace {

/// Opcodes by whether numeric.def has a row for them.
struct Coverage {
  bool has_row[k_op_count] = {};
  constexpr Coverage() {
#define NUMERIC(id, ...) has_row[static_cast<unsigned>(Op::id)] = true;
#include "jit/x64/numeric.def"
  }
};

constexpr bool is_lowered_here(const OpInfo& info) {
  return info.has_meaning() && (info.imm == Imm::None || info.imm == Imm::Lane || info.imm == Imm::Shuffle);
}

constexpr bool is_complete() {
  constexpr Coverage coverage;
  for (unsigned i = 0; i < k_op_count; ++i) {
    if (coverage.has_row[i] != is_lowered_here(k_op_info[i])) return false;
  }
  return true;
}
static_assert(is_complete(), "every numeric opcode has a row in jit/x64/numeric.def");

}  // namespace

void Compiler::lower_numeric(Op op) {
  switch (op) {
#define NUMERIC(id, ...) \
  case Op::id:           \
    return __VA_ARGS__;
#include "jit/x64/numeric.def"
    default:  // not numeric, as the assertion above proves
      failed_ = true;
      return;
  }
}

}  // namespace lindvm::jit
