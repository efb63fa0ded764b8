#include "vm/runtime/const_eval.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <iterator>

#include "vm/isa/opcodes.h"
#include "vm/runtime/store.h"

namespace lindvm {
namespace {

/// What the evaluator does for an instruction. Values are bits: i32 zero-extended.
enum class Action : uint8_t { literal, vector, function, global, i31, keep, add, sub, mul };

struct Rule {
  Op op;
  Action action;
  bool is_32_bit = false;
};

constexpr Rule k_rules[] = {
    {Op::I32Const, Action::literal},
    {Op::I64Const, Action::literal},
    {Op::F32Const, Action::literal},
    {Op::F64Const, Action::literal},
    {Op::V128Const, Action::vector},
    {Op::RefNull, Action::literal},
    {Op::RefFunc, Action::function},
    {Op::GlobalGet, Action::global},
    {Op::RefI31, Action::i31},
    {Op::AnyConvertExtern, Action::keep},  // one encoding for both
    {Op::ExternConvertAny, Action::keep},
    {Op::I32Add, Action::add, true},
    {Op::I32Sub, Action::sub, true},
    {Op::I32Mul, Action::mul, true},
    {Op::I64Add, Action::add},
    {Op::I64Sub, Action::sub},
    {Op::I64Mul, Action::mul},
};

const Rule* rule_for(Op op) {
  const Rule* rule =
      std::find_if(std::begin(k_rules), std::end(k_rules), [op](const Rule& r) { return r.op == op; });
  return rule == std::end(k_rules) ? nullptr : rule;
}

class Evaluator {
 public:
  Evaluator(const Instance& instance, GlobalCell* const* cells) : instance_(instance), cells_(cells) {}

  Result<GlobalCell> run(std::span<const ConstInstr> instrs) {
    for (const ConstInstr& instr : instrs) {
      const Rule* rule = rule_for(instr.op);
      if (!rule) {
        return Error{ErrorKind::unsupported,
                     fmt::format("unsupported: gc: {} in a constant expression", to_string(instr.op))};
      }
      step(instr, *rule);
    }
    assert(stack_.size() == 1);
    return stack_.back();
  }

 private:
  void step(const ConstInstr& instr, const Rule& rule) {
    switch (rule.action) {
      case Action::literal:
        return push(instr.op == Op::RefNull ? 0 : instr.value);
      case Action::vector:
        return push_vector(static_cast<uint32_t>(instr.value));
      case Action::function:
        return push(instance_.function(instr.index).handle);
      case Action::global:
        return stack_.push_back(*cells_[instr.index]);
      case Action::i31:
        return push(i31_ref(static_cast<uint32_t>(pop())));
      case Action::keep:
        return;
      case Action::add:
      case Action::sub:
      case Action::mul:
        return push(arithmetic(rule));
    }
  }

  uint64_t arithmetic(const Rule& rule) {
    uint64_t right = pop(), left = pop();
    uint64_t value = rule.action == Action::add   ? left + right
                     : rule.action == Action::sub ? left - right
                                                  : left * right;
    return rule.is_32_bit ? static_cast<uint32_t>(value) : value;
  }

  uint64_t pop() {
    uint64_t bits = stack_.back().i64;
    stack_.pop_back();
    return bits;
  }
  void push(uint64_t bits) {
    GlobalCell cell{};
    cell.v128 = {};
    cell.i64 = bits;
    stack_.push_back(cell);
  }
  void push_vector(uint32_t offset) {
    GlobalCell cell{};
    std::memcpy(&cell.v128, instance_.module().bytes().data() + offset, sizeof cell.v128);
    stack_.push_back(cell);
  }

  const Instance& instance_;
  GlobalCell* const* cells_;
  std::vector<GlobalCell> stack_;
};

}  // namespace

Result<GlobalCell> evaluate(const Instance& instance, ConstExpr expr, GlobalCell* const* cells) {
  return Evaluator(instance, cells).run(instance.module().const_instrs(expr));
}

}  // namespace lindvm
