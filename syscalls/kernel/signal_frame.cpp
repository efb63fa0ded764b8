#include "syscalls/kernel/signal_frame.h"

#include "memory/guest_access.h"
#include "syscalls/kernel/process.h"

namespace lindvm {
namespace {

/// ucontext_t of the musl port: its sigset_t is larger than the kernel's.
struct GuestContext {
  uint32_t flags = 0;
  uint32_t link = 0;
  AlternateStack stack;
  uint32_t mask[2] = {};
  uint32_t mask_rest[30] = {};
  uint32_t code_offset = 0;
  uint32_t stack_pointer = 0;
  uint32_t reserved[6] = {};
};
static_assert(sizeof(GuestContext) == 180);

struct SignalFrame {
  SignalInfo info;
  GuestContext context;
};

/// Functions that call nothing may use so much below the stack pointer (LLVM's red zone for WebAssembly).
constexpr uint32_t k_red_zone = 128;
constexpr uint32_t k_alignment = 16;

LinearMemory* memory_of(Thread& thread) {
  Instance& instance = *thread.process().signals().program().instance;
  return instance.memory_count() ? &instance.memory(0) : nullptr;
}

uint32_t place_of_frame(Thread& thread, const SignalAction& action) {
  const AlternateStack& stack = thread.signals().alternate_stack;
  uint32_t sp = guest_stack_pointer(thread);
  bool switches = (action.flags & SA_ONSTACK) && stack.is_enabled() && !stack.contains(sp);
  uint32_t top = switches ? stack.address + stack.size : sp - k_red_zone;
  return (top - static_cast<uint32_t>(sizeof(SignalFrame))) & ~(k_alignment - 1);
}

}  // namespace

uint32_t& guest_stack_pointer(Thread& thread) {
  const GlobalRef& global = thread.process().signals().program().stack_pointer;
  return thread.context().instance_context(global.instance_index).own_globals()[global.own_index].i32;
}

bool push_signal_frame(Thread& thread, const SignalInfo& info, const SignalAction& action, SignalSet restored,
                       InjectedCall& call) {
  LinearMemory* memory = memory_of(thread);
  uint32_t& sp = guest_stack_pointer(thread);
  uint32_t address = place_of_frame(thread, action);
  SignalFrame frame{info, {}};
  frame.context.stack = thread.signals().alternate_stack;
  frame.context.mask[0] = static_cast<uint32_t>(restored);
  frame.context.mask[1] = static_cast<uint32_t>(restored >> 32);
  frame.context.stack_pointer = sp;
  if (!memory || !copy_out(*memory, address, &frame, sizeof frame)) return false;
  call.arguments = {static_cast<uint32_t>(info.number), address,
                    address + static_cast<uint32_t>(offsetof(SignalFrame, context))};
  call.kept[k_kept_frame] = address;
  call.kept[k_kept_stack_pointer] = sp;
  sp = address;
  return true;
}

void pop_signal_frame(Thread& thread, std::span<const uint64_t> kept) {
  guest_stack_pointer(thread) = static_cast<uint32_t>(kept[k_kept_stack_pointer]);
  constexpr uint64_t k_mask = offsetof(SignalFrame, context) + offsetof(GuestContext, mask);
  SignalSet mask = 0;
  if (!copy_in(&mask, *memory_of(thread), kept[k_kept_frame] + k_mask, sizeof mask)) return;
  thread.signals().set_mask(mask);
}

}  // namespace lindvm
