#pragma once
// A call of host code that a fault handler can end in the middle: the way out of an interpreter or helper
// that faulted, at the price of saving the callee-saved registers. What is abandoned runs no destructors, so
// that it must own nothing. Used by the thread that calls, on its host stack.

#include <cstddef>
#include <cstdint>
#include <memory>

namespace lindvm {

class FaultContext;

class AbandonableCall {
 public:
  using Function = void (*)(void* a, const void* b, size_t c);

  /// Calls function(a, b, c); false if abandon() ended it.
  bool run(Function function, void* a, const void* b, size_t c);
  /// The same for a callable without arguments.
  template <class Body>
  bool run(Body&& body) {
    auto call = [](void* target, const void*, size_t) {
      (*static_cast<std::remove_reference_t<Body>*>(target))();
    };
    return run(call, const_cast<void*>(static_cast<const void*>(std::addressof(body))), nullptr, 0);
  }

  /// Is a call going on?
  bool is_running() const { return sp_ != 0; }
  /// For fault callbacks on the calling thread: run() returns false when the handler returns.
  void abandon(FaultContext& context) const;

 private:
  volatile uintptr_t sp_ = 0;  // host stack pointer to go on with
};

}  // namespace lindvm
