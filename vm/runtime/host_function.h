#pragma once
// Host functions: how system-call personalities, the spec test host and embedders put C++ behind
// an import. A HostFunction is a descriptor (name, signature, callable); a HostCall is the view of
// one call: typed access to the arguments and results, which lie in the guest frame's slots.
// Host functions run on the host stack of the guest thread's own host thread.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>

#include "vm/base/trap.h"
#include "vm/isa/v128.h"
#include "vm/types/types.h"

namespace lindvm {

struct InstanceContext;
class ThreadContext;

/// How a host function ended. Anything but `ok` leaves guest code. As wide as machine code compares it.
enum class HostStatus : uint32_t {
  ok,     ///< results are written
  trap,   ///< ThreadContext::trap describes it (HostCall::fail)
  raise,  ///< ThreadContext::pending_exception holds an exception handle to throw in the guest
  exit,   ///< the guest asked to end; ThreadContext::exit_code is set
};

/// One call of a host function. Slots are 64 bits and descend in memory: slot i of the arguments
/// is at `slots[-i]`; results overwrite them from slot 0. i32 values occupy the low half of a slot
/// (upper bits unspecified on input), v128 takes two slots.
struct HostCall {
  ThreadContext& thread;
  InstanceContext& caller;  ///< context of the instance whose import is called
  uint64_t* slots;

  template <class T>
  T arg(unsigned slot) const {
    static_assert(sizeof(T) <= 8);
    T value;
    std::memcpy(&value, slots - slot, sizeof value);
    return value;
  }
  V128 arg_v128(unsigned slot) const {
    V128 value;
    std::memcpy(&value, slots - slot - 1, sizeof value);
    return value;
  }
  template <class T>
  HostStatus ok(T value) {
    set_result(0, value);
    return HostStatus::ok;
  }
  HostStatus ok() { return HostStatus::ok; }
  template <class T>
  void set_result(unsigned slot, T value) {
    static_assert(sizeof(T) <= 8);
    uint64_t word = 0;
    std::memcpy(&word, &value, sizeof value);
    slots[-static_cast<int>(slot)] = word;
  }
  void set_result_v128(unsigned slot, V128 value) { std::memcpy(slots - slot - 1, &value, sizeof value); }

  /// Ends the call with a trap; `detail` is appended to the trap's message if not empty.
  HostStatus fail(Trap trap, std::string detail = {});
  /// Ends the guest with an exit code (proc_exit, exit_group).
  HostStatus exit(uint32_t code);
};

using HostCallable = HostStatus (*)(HostCall& call, void* data);

/// Descriptor of a host function. Must outlive every store that imports it.
struct HostFunction {
  std::string module;
  std::string name;
  FuncType type;
  HostCallable call = nullptr;
  void* data = nullptr;
};

}  // namespace lindvm
