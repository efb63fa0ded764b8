// Which member of the back end makes the code of each numeric opcode: the rows of jit/<isa>/numeric.def.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

using namespace target;

namespace {

/// Opcodes by whether numeric.def has a row for them.
struct Coverage {
  bool has_row[k_op_count] = {};
  constexpr Coverage() {
#define NUMERIC(id, ...) has_row[static_cast<unsigned>(Op::id)] = true;
#include LINDVM_TARGET_NUMERIC
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
static_assert(is_complete(), "every numeric opcode has a row in jit/<isa>/numeric.def");

}  // namespace

void Compiler::lower_numeric(Op op) {
  switch (op) {
#define NUMERIC(id, ...) \
  case Op::id:           \
    return __VA_ARGS__;
#include LINDVM_TARGET_NUMERIC
    default:  // not numeric, as the assertion above proves
      failed_ = true;
      return;
  }
}

}  // namespace lindvm::jit
