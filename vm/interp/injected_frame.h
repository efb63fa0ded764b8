#pragma once
// The frame between interrupted guest code and a function that the kernel makes it call
// (vm/runtime/safepoint.h). Words from its fp upward: instance, where to resume, distance to the interrupted
// frame with flags, what the kernel keeps. Only words that a stack may hold [R6]. On the guest thread's own
// host thread.

#include <span>

#include "vm/interp/registers.h"
#include "vm/runtime/context.h"
#include "vm/runtime/safepoint.h"

namespace lindvm::interp {

/// How the interrupted code stopped.
enum class SuspendedAt : uint8_t { safepoint, host_call, trap };

/// Interrupted guest code: as Leave describes it.
struct Suspended {
  const Instr* ip = nullptr;  ///< where it goes on; what trapped
  uint64_t* fp = nullptr;
  SuspendedAt at{};
  uint32_t instance_index = 0;
};

/// Builds the injected frame below `low`, the lowest word in use, and the callee's header; `r` is then at the
/// callee's entry. False if the guest stack has no room.
bool push_injected_call(ThreadContext& thread, const Suspended& suspended, uint64_t* low,
                        const InjectedCall& call, Registers& r);

/// Is it the return address of an injected call?
bool is_injected_return_address(const Instr* ip);
/// What the injected frame at `fp` interrupted, and the words kept in it.
Suspended suspended_below(const uint64_t* fp);
std::span<const uint64_t> kept_words(const uint64_t* fp);

}  // namespace lindvm::interp
