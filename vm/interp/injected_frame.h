#pragma once
// The frame between interrupted guest code and a function that the kernel makes it call
// (vm/runtime/safepoint.h). Words from its fp upward: instance, where to resume, distances to the interrupted
// frame with flags, what the kernel keeps. Only words that a stack may hold [R6]. On the guest thread's own
// host thread.

#include <span>

#include "vm/interp/registers.h"
#include "vm/interp/translation.h"
#include "vm/runtime/context.h"
#include "vm/runtime/safepoint.h"

namespace lindvm::interp {

/// How the interrupted code stopped.
enum class SuspendedAt : uint8_t { safepoint, host_call, trap };

/// Interrupted guest code, of either tier.
struct Suspended {
  const Instr* ip = nullptr;         ///< of the interpreter: where it goes on, or what trapped
  const void* machine_pc = nullptr;  ///< the same of machine code; after what trapped
  uint64_t* base = nullptr;          ///< the interpreter's fp; machine code's stack pointer
  uint32_t words_below = 0;          ///< in use below base
  SuspendedAt at{};
  uint32_t instance_index = 0;

  /// Of the host call that ended: where it returns to, and its first argument's slot.
  const void* return_address() const;
  uint64_t* arguments() const;
  StackWalker walker() const;
};

/// Builds the injected frame below the interrupted one, and the callee's header; `r` is then at the callee's
/// entry. False if the guest stack has no room.
bool push_injected_call(ThreadContext& thread, const Suspended& suspended, const InjectedCall& call,
                        Registers& r);

/// Is it the return address of an injected call?
bool is_injected_return_address(const Instr* ip);
/// What the injected frame at `fp` interrupted, and the words kept in it.
Suspended suspended_below(const uint64_t* fp);
std::span<const uint64_t> kept_words(const uint64_t* fp);

}  // namespace lindvm::interp
