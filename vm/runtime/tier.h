#pragma once
// The tier interface: what a compiler to machine code (jit/) supplies to the engine, and when functions are
// given to it. Installed once per process, before the first module is made ready; no tier means that
// everything is interpreted. The interpreter and machine code share guest stacks and frames; only the run
// loop (vm/interp/run.cpp) goes from one to the other.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "vm/runtime/code.h"
#include "vm/runtime/context.h"

namespace lindvm {

class FaultContext;

/// Where guest code goes on in machine code.
struct MachineState {
  const void* pc = nullptr;
  uint64_t* sp = nullptr;
  InstanceContext* ctx = nullptr;
  uint64_t result = 0;   ///< first result slot of the call that is being returned from, if any
  bool is_call = false;  ///< a function is entered, with `sp` at its return address
};

/// Which code runs guests.
enum class TierChoice : uint8_t {
  interp,    ///< the interpreter only
  baseline,  ///< machine code from the first call on
  automatic  ///< the interpreter, until code is hot
};

/// Functions that got machine code.
struct TierCounts {
  uint64_t compiled = 0;
  uint64_t placed = 0;  ///< made in an earlier run
};

class CompilingTier {
 public:
  virtual ~CompilingTier() = default;

  /// Compiles the function and publishes its machine code, unless another thread already has. False: it stays
  /// with the interpreter. Any thread.
  virtual bool compile(FunctionCode& code) = 0;
  /// The same on another thread where a processor is free for that; else at once.
  virtual void request(FunctionCode& code) = 0;

  /// Publishes machine code that was made in an earlier run, if there is any. Any thread.
  virtual bool place(FunctionCode& code) = 0;

  /// Drops requests for functions of a module that is about to go away, and keeps its code for later runs.
  virtual void forget(CompiledModule& module) = 0;

  /// Runs machine code until it leaves; ThreadContext::machine tells where and why.
  virtual void enter(ThreadContext& thread, const MachineState& state) = 0;

  /// What machine code calls for a function that has no machine code: leaves with interpreted_call.
  virtual const void* interpreted_entry() const = 0;
  /// What it calls for a host function of that shape.
  virtual const void* host_entry(const FunctionCode& code) = 0;
  /// A return address for machine code called by the interpreter: leaves with interpreted_return.
  virtual const void* return_thunk(const Instr* return_ip) = 0;
  /// The Instr behind such a return address; null if it is another.
  virtual const Instr* thunk_target(const void* return_address) const = 0;
  /// Where machine code and stubs lie.
  virtual std::span<const uint8_t> code_range() const = 0;
  bool owns(const void* address) const {
    auto* byte = static_cast<const uint8_t*>(address);
    return byte >= code_range().data() && byte < code_range().data() + code_range().size();
  }
  /// Where a faulted thread goes on, with MachineLink::host_sp as its stack pointer: enter() returns.
  virtual const void* leave_address() const = 0;
  /// Of a thread that faulted in machine code.
  virtual uint64_t* guest_stack_pointer(const FaultContext& fault) const = 0;
  virtual TierCounts counts() const = 0;
};

/// The process's tier, or null.
CompilingTier* compiling_tier();

struct TierOptions {
  TierChoice choice = TierChoice::interp;
  std::optional<uint32_t> threshold =
      {};  ///< of automatic: entries before a function is hot; absent: the tuning's
};
/// Before the first CompiledModule and Store.
void install_tier(std::unique_ptr<CompilingTier> tier, const TierOptions& options);
const TierOptions& tier_options();
/// Calls that a function may be interpreted for before it is hot.
uint32_t hot_entries();
/// Passes through a loop's head until it counts as hot, in proportion to the threshold of entries.
uint32_t hot_loop_passes();

}  // namespace lindvm
