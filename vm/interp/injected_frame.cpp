#include "vm/interp/injected_frame.h"

#include <algorithm>

#include "vm/interp/exits.h"
#include "vm/runtime/store.h"

namespace lindvm::interp {
namespace {

enum Word : int { k_instance, k_resume, k_distance, k_kept };
constexpr int k_words = k_kept + static_cast<int>(InjectedCall::k_kept_words);
constexpr unsigned k_at_bits = 2;

/// What injected calls return to: the units of a call instruction, then the exit.
struct ReturnCode {
  Instr instrs[3];
  ReturnCode() {
    instrs[0].x = -1;  // the arguments begin right below the injected frame's fp
    instrs[2] = *exit_instr(LeaveReason::injected_return);
  }
};
const Instr* injected_return_address() {
  static const ReturnCode code;
  return &code.instrs[2];
}

}  // namespace

bool push_injected_call(ThreadContext& thread, const Suspended& suspended, uint64_t* low,
                        const InjectedCall& call, Registers& r) {
  FunctionCode& code = *call.function->code;
  uint64_t* frame = low - k_words;
  uint64_t* callee_fp = frame - 2 - code.param_slots;
  if (callee_fp < thread.stack.limit() + k_max_frame_slots + code.result_slots) return false;
  frame[k_instance] = suspended.instance_index;
  frame[k_resume] = reinterpret_cast<uint64_t>(suspended.ip);
  frame[k_distance] =
      static_cast<uint64_t>(suspended.fp - frame) << k_at_bits | static_cast<uint64_t>(suspended.at);
  std::copy(call.kept.begin(), call.kept.end(), frame + k_kept);
  for (uint32_t i = 0; i < call.argument_count; ++i) frame[-1 - static_cast<int>(i)] = call.arguments[i];
  callee_fp[1] = reinterpret_cast<uint64_t>(injected_return_address());
  r = {};
  r.ip = code.entry.load(std::memory_order_acquire);
  r.fp = callee_fp;
  r.ctx = &thread.instance_context(call.function->instance_index);
  r.mem = r.ctx->memory_base;
  r.acc = reinterpret_cast<uint64_t>(&code);
  return true;
}

bool is_injected_return_address(const Instr* ip) { return ip == injected_return_address(); }

Suspended suspended_below(const uint64_t* fp) {
  uint64_t distance = fp[k_distance];
  constexpr uint64_t k_at_mask = (1u << k_at_bits) - 1;
  return {reinterpret_cast<const Instr*>(fp[k_resume]), const_cast<uint64_t*>(fp) + (distance >> k_at_bits),
          static_cast<SuspendedAt>(distance & k_at_mask), static_cast<uint32_t>(fp[k_instance])};
}

std::span<const uint64_t> kept_words(const uint64_t* fp) { return {fp + k_kept, InjectedCall::k_kept_words}; }

}  // namespace lindvm::interp
