#pragma once
// The machine state of a guest thread (DESIGN.md section 5). A ThreadContext is one guest thread;
// an InstanceContext is the block of one (thread, instance) pair that guest code reaches through a
// pinned register: interrupt flag, memory base, mutable globals, resolved imports. Guest frames
// hold no pointer to either [R6], so a thread can be resumed with other contexts.
// A ThreadContext and its blocks are touched by their own host thread only, but for the interrupt
// flags, which any thread (and signal handlers) may set.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "memory/guest_stack.h"
#include "memory/linear_memory.h"
#include "memory/os/interrupt.h"
#include "vm/base/trap.h"
#include "vm/isa/v128.h"
#include "vm/runtime/code.h"
#include "vm/runtime/parking_lot.h"

namespace lindvm {

class Instance;
class Store;
class SafepointService;
class ThreadContext;
struct Instr;
struct InstanceContext;
struct Table;

/// A function that guest code of one instance may call: imports are resolved to this form.
struct Callee {
  FunctionCode* code = nullptr;
  uint32_t instance_index = 0;  ///< Store::instance(i) that the callee runs in
  TypeId type{};
};

/// What machine code and its stubs know of the thread (jit/): reached through InstanceContext::link.
struct MachineLink {
  void* host_sp = nullptr;  ///< host stack pointer of the innermost entry into machine code
  // Where and why machine code left; written by the stubs.
  uint64_t reason = 0;       ///< a LeaveReason
  const void* pc = nullptr;  ///< a return address in machine code, or what was called from there
  uint64_t* sp = nullptr;    ///< guest stack pointer
  uint64_t values[2] = {};   ///< operands of the reason
  InstanceContext* ctx = nullptr;
  InstanceContext* const* blocks = nullptr;  ///< ThreadContext::blocks()
};

/// Storage of one global: 16 bytes whatever its type; references are handles.
union alignas(16) GlobalCell {
  uint32_t i32;
  uint64_t i64;
  float f32;
  double f64;
  V128 v128;
};

/// Per (thread, instance) block; `globals` follow the struct in the same allocation.
struct alignas(64) InstanceContext {
  // First cache line: what hot code touches.
  std::atomic<uint32_t> interrupt{0};  ///< InterruptReason bits; non-zero: leave at the next safepoint
  alignas(8) uint32_t instance_index = 0;
  uint32_t instance_index_high = 0;  ///< so that 64 bits can be read at once
  std::byte* memory_base = nullptr;  ///< memory 0; null if the instance has none
  FunctionCode* codes = nullptr;     ///< code of the module's defined functions
  const Callee* imports = nullptr;   ///< resolved imported functions
  Table* const* tables = nullptr;
  LinearMemory* const* memories = nullptr;
  ThreadContext* thread = nullptr;
  MachineLink* link = nullptr;
  Instance* instance = nullptr;
  const Instr* leave_ip = nullptr;      ///< where guest code goes on, or what trapped, when it leaves
  GlobalCell** global_cells = nullptr;  ///< one pointer per global of the index space (own and imported)

  /// Own (defined) globals, inline so that access is one load from the pinned register.
  GlobalCell* own_globals() { return reinterpret_cast<GlobalCell*>(this + 1); }
};
static_assert(sizeof(InstanceContext) % 16 == 0);

/// Why guest code must leave at the next safepoint.
enum InterruptReason : uint32_t {
  k_interrupt_stop = 1,    ///< end the guest (Ctrl-C, time limit): Trap::Interrupted
  k_interrupt_verify = 2,  ///< stack-cloning verification wants this safepoint
  k_interrupt_signal = 4,  ///< the kernel has something to deliver, see SafepointService
};
/// Those that end what the thread is blocked in.
inline constexpr uint32_t k_kicking_interrupts = k_interrupt_stop | k_interrupt_signal;

/// Where and why guest code stopped. `ip`/`fp` are the interpreter's at the trapping instruction.
struct TrapState {
  static constexpr uint64_t k_no_address = ~uint64_t{0};
  Trap kind{};
  std::string detail;                     ///< extra words for the message (e.g. both types of a mismatch)
  uint64_t fault_address = k_no_address;  ///< in linear memory, of an inaccessible page
  const void* ip = nullptr;               ///< an Instr, or a place in machine code (vm/runtime/frames.h)
  const uint64_t* fp = nullptr;
};

/// Spec wording, and after a colon the detail if there is one.
std::string trap_message(const TrapState& trap);
/// What a page fault in guest memory is, by its signal.
Trap trap_of_fault(int signal_number);

/// Why the dispatcher returned to the run loop.
enum class LeaveReason : uint8_t {
  returned,     ///< to the host entry
  trapped,      ///< Leave::trap
  host_trap,    ///< a host function trapped; ThreadContext::trap holds kind and detail, host_call says where
  host_raise,   ///< a host function raised ThreadContext::pending_exception
  interrupted,  ///< at a block boundary: resume at Leave::ip
  interrupted_after_call,  ///< after a host call: resume at Leave::ip with its result
  untranslated,            ///< ThreadContext::callee is to be translated, then entered
  throw_tag,               ///< throw instruction at Leave::ip
  throw_ref,               ///< ThreadContext::pending_exception is thrown by the instruction at Leave::ip
  exited,                  ///< ThreadContext::exit_code
  injected_return,         ///< a call that the kernel injected returned; Leave::fp is the injected frame
  type_mismatch,  ///< the indirect call at Leave::ip names another type than its callee's: a supertype?
  // Between tiers (vm/interp/transitions.cpp); from the interpreter:
  machine_call,    ///< ThreadContext::callee, whose frame is at Leave::fp, has machine code
  machine_return,  ///< to machine code at Leave::ip; Leave::fp is the first argument's slot
  hot_entry,       ///< ThreadContext::callee was entered often; resume at Leave::ip
  hot_loop,        ///< the loop head at Leave::ip was passed often
  // and from machine code, with ThreadContext::machine telling where:
  interpreted_call,    ///< values[0]: a FunctionCode without machine code
  interpreted_return,  ///< values[0]: the Instr to return to
};
inline constexpr int k_leave_reason_count = 18;

/// The state of guest code when it left the dispatcher.
struct Leave {
  LeaveReason reason{};
  Trap trap{};
  const Instr* ip = nullptr;  ///< null: machine code left, see ThreadContext::machine
  uint64_t* fp = nullptr;
  InstanceContext* ctx = nullptr;
};

/// One guest thread of a store.
class ThreadContext {
 public:
  /// Reserves the guest stack and makes a block for each instance of the store, own globals at their
  /// initial values.
  explicit ThreadContext(Store& store);
  ~ThreadContext();
  ThreadContext(const ThreadContext&) = delete;
  ThreadContext& operator=(const ThreadContext&) = delete;

  Store& store() { return store_; }
  InstanceContext& instance_context(uint32_t instance_index) { return *blocks()[instance_index]; }
  InstanceContext* const* blocks() const { return blocks_.load(std::memory_order_relaxed); }
  size_t block_count() const { return block_count_.load(std::memory_order_relaxed); }

  /// Any thread, and signal handlers: makes guest code leave soon; k_kicking_interrupts also end a blocking
  /// call of the thread, and k_interrupt_stop a wait.
  void request_interrupt(InterruptReason reason);
  /// Own thread, or before it runs guest code: the same, when there is nothing to be ended.
  void raise_interrupt(InterruptReason reason);
  /// Own thread. Whoever requests must have made known why before, and whoever clears must look for it after.
  void clear_interrupt(InterruptReason reason);
  const std::atomic<uint32_t>& interrupts() const { return interrupts_; }
  /// Not zero while blocking calls must end: the flag of interruptible_syscall (memory/os/interrupt.h). Set
  /// after the flags that guest code looks at, so that a call that ends is followed by a safepoint.
  const std::atomic<uint32_t>& kicks() const { return kicks_; }
  /// Makes the calling host thread the one that runs this guest thread.
  void adopt_host_thread() { host_thread_.store(HostThread::current()); }

  /// Adds the block of a new instance, the next by index; called by Store for each of its threads.
  void add_instance(Instance& instance);
  /// Makes the block anew after the instance got more globals (the host's own instance only).
  void extend_instance(Instance& instance);

  /// Verification mode: moves every block to a new address and poisons the old ones.
  void relocate_blocks();

  GuestStack stack;
  /// Where the next host-to-guest entry puts its first frame (lowered by nested entries).
  uint64_t* entry_sp = nullptr;
  /// Lowest stack word in use, set by guest code that leaves for a slow path which may collect exceptions;
  /// null: not known, the whole stack counts as in use.
  const uint64_t* live_low = nullptr;

  /// While a host function runs: the return address of its call and its first argument's slot, for stack
  /// walks.
  struct HostCallSite {
    const void* return_address = nullptr;
    const uint64_t* arguments = nullptr;
  } host_call;
  Leave leave;
  MachineLink machine;
  FunctionCode* callee = nullptr;  ///< see LeaveReason::untranslated
  uint32_t entry_depth = 0;        ///< nested host-to-guest entries

  TrapState trap;
  const void* host_fault = nullptr;  ///< what guest code could not access, until the run loop takes it
  uint64_t pending_exception = 0;    ///< exnref handle being thrown
  uint32_t exit_code = 0;
  bool has_exited = false;  ///< the guest asked to end: exit_code is valid

  /// The record of whoever serves the thread's host calls (a system-call kernel); not the engine's.
  void* kernel_thread = nullptr;
  /// Whom k_interrupt_signal and traps are reported to; null: nobody.
  SafepointService* safepoint_service = nullptr;

  /// Where compiled code finds pending_exception.
  static int pending_exception_offset();

  /// What memory.atomic.wait sleeps on.
  Parker parker;

 private:
  void replace_block(uint32_t index, InstanceContext* block);
  void link_global_cells();

  Store& store_;
  // Signal handlers and other threads walk the blocks: an array that is outgrown and, in verification mode, a
  // block that was moved are kept until they cannot be in use any more.
  std::atomic<uint32_t> interrupts_{0};
  std::atomic<uint32_t> kicks_{0};
  std::atomic<HostThread> host_thread_{};
  std::atomic<InstanceContext**> blocks_{nullptr};
  std::atomic<size_t> block_count_{0};
  size_t block_capacity_ = 0;
  std::vector<std::unique_ptr<InstanceContext*[]>> arrays_;
  std::deque<InstanceContext*> retired_;
};

}  // namespace lindvm
