#pragma once
// Calls that the kernel puts into guest code: signal handlers run as guest frames on the guest's own stack
// [R5], as if the interrupted code had called them, and the interrupted code then goes on exactly where it
// was. The kernel implements SafepointService; the run loop asks it whenever a thread leaves guest code for
// k_interrupt_signal, or traps. On the guest thread's own host thread.
//
// What a tier must provide for it: at every safepoint and at the return of a host call, the lowest stack word
// that the interrupted frame uses, and the way to resume there; at a trap only the former. The run loop
// writes below it an injected frame (vm/interp/injected_frame.h), which holds how to resume, and enters the
// function with a return address that leaves for LeaveReason::injected_return. Stack walks pass through it
// into the interrupted frame, so that exceptions (longjmp) and backtraces do. Nothing of it lives outside the
// guest stack: a frame that an exception cuts off needs no cleaning up.

#include <array>
#include <cstdint>
#include <span>

namespace lindvm {

struct Function;
struct HostCall;
class ThreadContext;

/// A call to be made in the guest. The arguments are the function's leading i32 parameters.
struct InjectedCall {
  /// Words that the injected frame keeps for the kernel: wasm values and small integers only [R6].
  static constexpr size_t k_kept_words = 12;

  const Function* function = nullptr;
  std::array<uint32_t, 3> arguments{};
  uint32_t argument_count = 0;
  std::array<uint64_t, k_kept_words> kept{};
};

enum class SafepointAction : uint8_t {
  go_on,  ///< resume guest code; after a trap: report it
  call,   ///< make the InjectedCall first
  exit,   ///< the guest ends with ThreadContext::exit_code
  trap,   ///< the guest ends with ThreadContext::trap
};

class SafepointService {
 public:
  /// `ended` is the host call after which the thread left, null elsewhere; its results are in place and may
  /// be replaced.
  virtual SafepointAction at_safepoint(ThreadContext& thread, HostCall* ended, InjectedCall& call) = 0;
  /// ThreadContext::trap says what happened, if it came from guest code.
  virtual SafepointAction at_trap(ThreadContext& thread, InjectedCall& call) = 0;
  /// An injected call returned; `kept` is what it kept. go_on resumes the interrupted code.
  virtual SafepointAction at_return(ThreadContext& thread, HostCall* ended,
                                    std::span<const uint64_t> kept) = 0;

 protected:
  ~SafepointService() = default;
};

}  // namespace lindvm
