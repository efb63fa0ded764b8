#include "vm/isa/evaluate.h"

#include <type_traits>
#include <utility>

#include "vm/isa/semantics.h"

namespace lindvm {
namespace {

using Evaluate = Evaluation (*)(std::span<const V128> operands, void* address);

template <class T>
void set_result(V128& slot, T value) {
  slot.set_lane<T>(0, value);
}

template <class T>
Evaluation to_evaluation(T value) {
  Evaluation evaluation;
  set_result(evaluation.results[0], value);
  return evaluation;
}
template <class T>
Evaluation to_evaluation(const sem::Outcome<T>& outcome) {
  Evaluation evaluation = to_evaluation(outcome.value);
  evaluation.trap = outcome.trap;
  return evaluation;
}
Evaluation to_evaluation(sem::I64Pair pair) {
  Evaluation evaluation;
  set_result(evaluation.results[0], pair.low);
  set_result(evaluation.results[1], pair.high);
  return evaluation;
}

/// Argument of type T: the address, or the operand at `index`.
template <class T>
T argument(std::span<const V128> operands, size_t index, void* address) {
  if constexpr (std::is_pointer_v<T>) {
    return address;
  } else {
    return operands[index].lane<T>(0);
  }
}

template <auto* meaning>
struct Evaluator {
  static constexpr Evaluate function = nullptr;
};

template <class R, class... A, R (*meaning)(A...)>
struct Evaluator<meaning> {
  static constexpr size_t k_addresses = (size_t{0} + ... + size_t{std::is_pointer_v<A>});

  template <size_t... I>
  static Evaluation apply(std::span<const V128> operands, void* address, std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      meaning(argument<A>(operands, I - k_addresses, address)...);
      return {};
    } else {
      return to_evaluation(meaning(argument<A>(operands, I - k_addresses, address)...));
    }
  }
  static constexpr Evaluate function = [](std::span<const V128> operands, void* address) {
    return apply(operands, address, std::index_sequence_for<A...>());
  };
};

constexpr Evaluate k_evaluators[] = {
#define OP(id, code, text, imm, signature, feature, traits, ...) Evaluator<&sem::__VA_ARGS__>::function,
#include "vm/isa/opcodes.def"
};

}  // namespace

bool can_evaluate(Op op) { return k_evaluators[static_cast<unsigned>(op)] != nullptr; }

Evaluation evaluate(Op op, std::span<const V128> operands, void* address) {
  return k_evaluators[static_cast<unsigned>(op)](operands, address);
}

}  // namespace lindvm
