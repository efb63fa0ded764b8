#pragma once
// The baseline compiler: machine code from the bytes of a validated function body in one pass over an
// abstract operand stack. Operands stay where they are (a register, a constant, a local, their own slot of
// the frame) until something needs them elsewhere; the locals that a loop uses most live in registers
// (regions.h).
//
// At every point where guest code may leave (calls, polls, helpers) all values are in their slots, as the
// interpreter keeps them [R5, R6]: the code before flushes, the code after reloads what it uses. Registers
// hold nothing across calls.
//
// This class is ISA-free but for its lower_* members, which jit/<isa>/lower_*.cpp define. Used for one
// function after the other, on one thread.

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "jit/baseline/entry.h"
#include "jit/baseline/regions.h"
#include "jit/baseline/scan.h"
#include "jit/debug/frame_note.h"
#include "jit/jit.h"
#include "jit/stubs.h"
#include "jit/target.h"
#include "vm/base/kept_stack.h"
#include "vm/base/trap.h"
#include "vm/isa/opcodes.h"
#include "vm/module/body_reader.h"
#include "vm/module/reader.h"
#include "vm/runtime/code.h"
#include "vm/runtime/machine_code.h"

namespace lindvm::jit {

/// A branch target, with what branches to it agree on.
struct Target {
  Label label;
  uint32_t region = 0;
  PinState pins;
  bool is_reached = false;  ///< `pins` is settled
};

struct Control : BlockType {
  Op op{};
  Target target = {};        ///< the block's end, or a loop's head
  Target otherwise = {};     ///< of an if: where the condition fails; its label is invalid once placed
  uint32_t height = 0;       ///< entries below the block's parameters
  uint32_t slot_height = 0;  ///< first slot of its parameters and results
  uint32_t region = 0;       ///< around the block
  uint32_t try_begin = 0, try_end = 0;
  uint32_t exnref_slot = 0;  ///< of a legacy catch
  uint32_t first_clause = 0, clause_count = 0;
};

/// What an atomic read-modify-write does with the value that it finds.
enum class Rmw : uint8_t { add, sub, xchg, and_, or_, xor_ };

class Compiler {
 public:
  explicit Compiler(const Stubs& stubs) : stubs_(stubs) {}
  bool is_for(const Stubs& stubs) const { return &stubs == &stubs_; }

  /// The function's tables; null if it cannot be compiled. The code is in masm() until the next call.
  std::unique_ptr<MachineCode> compile(FunctionCode& code);
  Masm& masm() { return masm_; }
  /// Where each wasm instruction's code begins, if asked to note that.
  std::span<const InstructionStart> instruction_starts() const { return starts_; }
  void record_instructions(bool enabled) { records_starts_ = enabled; }
  /// Where the frame's parts are at each place, if asked to note that.
  std::span<const FrameNote> frame_notes() const { return frame_notes_; }
  void record_frames(bool enabled) { records_frames_ = enabled; }

 private:
  struct Cold {
    void (Compiler::*emit)(const Cold&);
    Label label, back;
    uint32_t wasm_offset;
    uint32_t home;  ///< where the code it belongs to is
    uint32_t region;
    PinState pins;
    uint64_t a, b;
  };

  // --- compile.cpp: the main loop ---
  bool make_code(FunctionCode& code);
  void start(FunctionCode& code);
  void prologue();
  void compile_body();
  /// The next instruction's first byte.
  uint8_t next_byte() const { return reader_.peek(); }
  void compile_op(Op op);
  void compile_other(Op op);
  void compile_reference(Op op);
  void vector_constant();
  void finish();
  void emit_cold();

  // --- operands.h, state.cpp: the abstract stack, locals, pins ---
  void push(const Entry& entry);
  void push_slot(ValKind kind);
  void push_const(ValKind kind, uint64_t bits);
  void push_reg(ValKind kind, Reg reg);
  void push_flags(Cond cond);
  void push_condition(Cond cond);
  void push_local(uint32_t index);
  Entry pop();
  Entry& top(uint32_t depth = 0) { return stack_[stack_.size() - 1 - depth]; }

  /// A free register of the bank; spills an operand if there is none.
  Reg alloc(bool vector);
  Reg alloc_by_spilling(RegSet bank);
  Reg alloc_for(ValKind kind) { return alloc(is_vector_kind(kind)); }
  /// That very register, moving what it holds out of the way.
  void take(Reg reg);
  void lock(Reg reg) { locked_ |= bit(reg); }
  /// The popped entry's value in some register: not to be written.
  Reg use(Entry& entry);
  /// In a register that may be overwritten.
  Reg own(Entry& entry);
  void load_into(Reg reg, const Entry& entry);
  /// Register for a result: the local's own if the next instruction assigns it to a local in a register.
  /// `sources` are the registers read after the result is first written.
  Reg result_reg(bool vector, RegSet sources = 0);
  /// The same, or else the register of `operand` if that may be overwritten.
  Reg result_over(Entry& operand, RegSet sources);
  bool is_temp(Reg reg) const { return contains(temps_, reg); }
  Reg forwarding_target(bool vector) const;

  /// Entries from here on may be elsewhere than in their slots: no instruction of the innermost block reaches
  /// those below, which were put there when it was opened.
  size_t first_in_block() const { return controls_.empty() ? 0 : controls_.back().height; }
  void materialize(Entry& entry);
  void materialize_top(uint32_t count);
  void spill(Entry& entry);
  /// No entry but the topmost may be in a register or name a local.
  void flush_stack(uint32_t except_top);
  void spill_registers();
  void save_local(uint32_t index);
  void set_local(uint32_t index, bool tee);
  void assign_local(uint32_t index, Entry& value);
  void store_dirty(PinState& pins, PinSet which);
  void flush_pins();
  /// Everything in its slot: before calls.
  void flush_all() {
    flush_pins();
    spill_registers();
  }
  const Region& region() const { return regions_[region_]; }
  void enter_region(uint32_t index);
  int pin_of(uint32_t local) const { return locals_[local].pin; }
  /// The local's register, with its value; k_no_reg if it has none.
  Reg local_reg(uint32_t index);
  void load_local(uint32_t index, unsigned pin);
  void store_pin(const Region& in, unsigned pin);

  // --- control.cpp ---
  Control& open(Op op, const Control& shape);
  void open_block(Op op);
  void open_loop();
  void open_if();
  void begin_else();
  void end_block();
  void end_function();
  void reset_stack(const Control& control);
  void push_results(std::span<const ValType> types);
  std::span<const ValType> branch_types(const Control& control) const {
    return control.op == Op::Loop ? control.params : control.results;
  }
  bool result_in_register(const Control& control) const {
    return control.op != Op::Loop && control.results.size() == 1;
  }
  Control& control_at(uint32_t depth) { return controls_[controls_.size() - 1 - depth]; }
  /// Fixes what the target's branches agree on, if this is the first.
  void reach(Target& target);
  /// The present region's pins whose local the target's region has there too.
  PinSet pins_common_with(const Target& target) const;
  /// Brings the pins from the present state to the target's; `emit` false: only tells whether that takes
  /// code.
  bool conform(const Target& target, bool emit);
  void settle(const Control& control, bool keep);
  bool settled(const Control& control) const;
  void bind_target(Target& target);
  void go_to_end(Control& control);
  void branch_to(uint32_t depth);
  void branch_if(uint32_t depth);
  void branch_table();
  void branch_null(bool on_null);
  void jump_unless(Entry& condition, Label label);
  void jump_when(Entry& condition, Label label, bool sense);
  void conditional_branch(Control& control, uint32_t depth, Entry& condition, bool sense);
  void branch_stub(uint32_t depth);
  void push_block_results(const Control& control);
  void emit_return();
  void poll();
  void cold_poll(const Cold& cold);
  void cold_loop_entry(const Cold& cold);
  void cold_branch(const Cold& cold);
  Reg use_top();
  /// Is the function's result a single number, returned in a register?
  bool has_register_result() const { return type_->results.size() == 1 && !type_->results[0].is_vec(); }
  void unreachable();

  // --- exceptions.cpp ---
  void open_try();
  void begin_catch(bool all);
  void delegate();
  void rethrow(uint32_t depth);
  void open_try_table();
  void land_clauses(uint32_t index);
  void throw_tag(uint32_t tag);
  void throw_ref();
  HandlerRange& add_handler(uint32_t begin, uint32_t end);

  // --- calls.cpp ---
  void call(uint32_t function_index, bool tail);
  void call_indirect(bool tail);
  void call_ref(bool tail);
  uint32_t pop_arguments(const FuncType& type);
  void push_call_results(const FuncType& type);
  void finish_call(const FuncType& type, uint32_t first_slot, bool tail, bool restores_instance);

  // --- memory.cpp ---
  /// The immediates of an access.
  struct Access {
    uint32_t memory = 0;
    uint64_t offset = 0;
    uint32_t lane = 0;
  };
  static Rmw rmw_of(Op op);
  Access read_access(Op op);
  bool is_guarded(uint32_t memory) const;
  void memory_op(Op op);
  void load_float(Op op, ValKind kind);
  void atomic_op(Op op, ValKind kind);
  void atomic_wait(Op op);

  // --- helpers.cpp: operations that C++ carries out ---
  /// Calls helper(ctx, first operand's slot, a, b) with `operands` entries in their slots, popped; then
  /// pushes results of the given kinds in the first operand's place.
  void call_helper(const void* helper, uint32_t operands, std::span<const ValKind> results, uint64_t a = 0,
                   uint64_t b = 0);
  void numeric_helper(Op op);
  void instance_op(Op op);
  void unsupported(Op op);

  // --- for debuggers ---
  void note_frame(const FrameNote& note) {
    if (records_frames_) frame_notes_.push_back(note);
  }
  /// From here on the stack pointer is at that word of the frame.
  void note_stack_pointer(int32_t word) {
    note_frame({.code_offset = masm_.offset(), .stack_pointer = word});
  }
  /// It is where the function's body has it.
  void note_body() { note_stack_pointer(-masm_.frame_slots()); }

  // --- traps and tables ---
  void add_site(uint32_t offset, int32_t first_argument = 0) {
    sites_.push_back({offset, wasm_offset_, first_argument, is_cold_ ? cold_home_ : offset});
  }
  /// The instruction that comes next may fault.
  void add_fault_site() { add_site(masm_.offset()); }
  Label add_cold(void (Compiler::*emit)(const Cold&), Label back = {}, uint64_t a = 0, uint64_t b = 0);
  /// A call whose return address is a site: guest code may leave there.
  void call_stub(const void* stub) {
    masm_.call_external(stub);
    add_site(masm_.offset() - 1);
  }
  void call_trap(Trap trap) { call_stub(stubs_.traps[static_cast<unsigned>(trap)]); }
  Label trap_label(Trap trap);
  void cold_trap(const Cold& cold);

  // --- the back end's part: jit/<isa>/lower_*.cpp; jit/PORTING.md says what each must do ---
  void lower_prologue();
  void lower_return(uint32_t first_slot);
  void lower_poll(Label slow);
  void lower_throw_tag(uint32_t tag, uint32_t first_slot);
  void lower_throw_ref(Reg ref);
  void lower_helper_call(const void* helper, uint32_t first_slot, uint64_t a, uint64_t b);
  // Calls. The first four put the callee's code and its instance's index where the back end's convention has
  // them, which those that follow rely on.
  void lower_load_code(uint32_t defined);
  void lower_load_import(uint32_t import);
  void lower_load_table_entry(TypeId type, uint32_t table, Reg index);
  void lower_load_function(Reg ref);
  void lower_enter_instance(bool may_be_host);
  void lower_guest_call(uint32_t first_slot, uint32_t param_slots);
  void lower_restore_instance();
  void lower_tail_jump(uint32_t first_slot, uint32_t param_slots);
  void lower_jump_table(Reg index, std::span<const Label> labels);
  void lower_load_int(Op op, ValKind kind);
  void lower_store_int(Op op);
  void lower_store_float(Op op, ValKind kind);
  void lower_vector_load(Op op);
  void lower_vector_lane(Op op, uint32_t width, bool is_store);
  void lower_atomic_load(Op op, ValKind kind, uint32_t width);
  void lower_atomic_store(Op op, ValKind kind, uint32_t width);
  void lower_atomic_rmw(Op op, Rmw rmw, ValKind kind, uint32_t width);
  void lower_atomic_cmpxchg(Op op, ValKind kind, uint32_t width);
  void lower_select(ValKind kind);
  void lower_global_get(uint32_t index);
  void lower_global_set(uint32_t index);
  void lower_fence();
  /// Sets the flags by a reference; the condition is that it is null.
  Cond lower_null_test(Reg ref);
  Cond lower_compare_refs(Reg a, Reg b);
  void lower_i31(Op op);
  /// The i32 that a condition in the flags is, in a register; changes no flags until it has read them.
  void lower_condition(Entry& entry, Reg d);
  Entry null_condition(Reg ref) { return Entry::in_flags(0, lower_null_test(ref)); }

#include LINDVM_TARGET_MEMBERS

  static bool is_vector_kind(ValKind kind) {
    return kind == ValKind::f32 || kind == ValKind::f64 || kind == ValKind::v128;
  }
  static uint32_t slots_of(ValKind kind) { return kind == ValKind::v128 ? 2 : 1; }

  const Stubs& stubs_;
  Masm masm_;
  RegionPlanner planner_{Masm::k_int_pins, Masm::k_vec_pins};

  const Module* module_ = nullptr;
  FunctionCode* code_ = nullptr;
  const ModuleFunction* function_ = nullptr;
  const FuncType* type_ = nullptr;
  CodeReader reader_{nullptr};
  uint32_t wasm_offset_ = 0;  ///< of the present instruction

  uint32_t param_slots_ = 0;
  uint32_t local_slots_ = 0;  ///< parameters and declared locals
  uint32_t height_ = 0;       ///< slots in use
  uint32_t frame_end_ = 0;    ///< one past the last slot
  bool has_frame_header_ = false;
  bool reachable_ = true;

  std::vector<Local> locals_;
  KeptStack<Entry> stack_;
  std::vector<Control> controls_;
  std::vector<CatchClause> clauses_;
  std::vector<Region> regions_;
  std::vector<Cold> cold_;
  std::vector<Target> branch_copies_;  ///< settled targets of cold branches
  std::vector<CodeSite> sites_;
  bool is_cold_ = false;  ///< emitting Colds
  uint32_t cold_home_ = 0;
  std::vector<HandlerRange> handlers_;
  std::vector<LoopEntry> loop_entries_;
  Scan scan_;
  uint32_t next_loop_ = 0;  ///< in scan_.loops

  uint32_t region_ = 0;
  PinState pins_;
  RegSet temps_ = 0;       ///< registers for operands in the present region
  RegSet stack_regs_ = 0;  ///< held by stack entries
  RegSet locked_ = 0;      ///< in use by the present instruction

  bool failed_ = false;
  bool records_starts_ = false;
  std::vector<InstructionStart> starts_;
  bool records_frames_ = false;
  std::vector<FrameNote> frame_notes_;
};

}  // namespace lindvm::jit

#include "jit/baseline/operands.h"
