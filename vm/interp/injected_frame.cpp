#include "vm/interp/injected_frame.h"

#include <algorithm>

#include "vm/interp/exits.h"
#include "vm/runtime/machine_code.h"
#include "vm/runtime/store.h"

namespace lindvm::interp {
namespace {

enum Word : int { k_instance, k_resume, k_distance, k_below, k_kept };
constexpr int k_words = k_kept + static_cast<int>(InjectedCall::k_kept_words);
// Of the distance: how it stopped, whether in machine code, then the distance.
constexpr uint64_t k_at_mask = 3, k_in_machine_code = 4;
constexpr unsigned k_flag_bits = 3;

const Instr* injected_return_address() { return exit_return_address<LeaveReason::injected_return>(); }

}  // namespace

const void* Suspended::return_address() const { return ip ? static_cast<const void*>(ip) : machine_pc; }

uint64_t* Suspended::arguments() const { return ip ? base + ip[k_call_deltas].x : base - 1; }

StackWalker Suspended::walker() const {
  if (at == SuspendedAt::host_call) return StackWalker::from_call(return_address(), arguments());
  if (ip) return StackWalker(ip, base);
  const void* site = static_cast<const uint8_t*>(machine_pc) - 1;
  const MachineCode* machine = MachineCode::find(site);
  return StackWalker(site, machine ? base + machine->frame_slots : nullptr);
}

bool push_injected_call(ThreadContext& thread, const Suspended& suspended, const InjectedCall& call,
                        Registers& r) {
  FunctionCode& code = *call.function->code;
  uint64_t* frame = suspended.base - suspended.words_below - k_words;
  uint64_t* callee_fp = frame - 2 - code.param_slots;
  if (callee_fp < thread.stack.limit() + k_max_frame_slots + code.result_slots) return false;
  frame[k_instance] = suspended.instance_index;
  frame[k_resume] = reinterpret_cast<uint64_t>(suspended.return_address());
  frame[k_distance] = static_cast<uint64_t>(suspended.base - frame) << k_flag_bits |
                      (suspended.ip ? 0 : k_in_machine_code) | static_cast<uint64_t>(suspended.at);
  frame[k_below] = suspended.words_below;
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
  Suspended suspended;
  auto* resume = reinterpret_cast<const void*>(fp[k_resume]);
  if (distance & k_in_machine_code) {
    suspended.machine_pc = resume;
  } else {
    suspended.ip = static_cast<const Instr*>(resume);
  }
  suspended.base = const_cast<uint64_t*>(fp) + (distance >> k_flag_bits);
  suspended.words_below = static_cast<uint32_t>(fp[k_below]);
  suspended.at = static_cast<SuspendedAt>(distance & k_at_mask);
  suspended.instance_index = static_cast<uint32_t>(fp[k_instance]);
  return suspended;
}

std::span<const uint64_t> kept_words(const uint64_t* fp) { return {fp + k_kept, InjectedCall::k_kept_words}; }

}  // namespace lindvm::interp
