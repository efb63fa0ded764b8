#pragma once
// Wasm code to internal code, one function at a time, in one pass over the validated bytes (any thread; a
// Translator is used once). Operands are lazy: local.get and constants emit nothing, results are written
// straight to the local that receives them, compares fuse with the branch that uses them. finish.cpp then
// chooses the locals to pin and encodes.

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "vm/base/trap.h"
#include "vm/interp/instr.h"
#include "vm/interp/ir.h"
#include "vm/interp/translation.h"
#include "vm/isa/opcodes.h"
#include "vm/isa/v128.h"
#include "vm/module/reader.h"
#include "vm/types/operand_types.h"

namespace lindvm {

/// Translates the body of a function. Fails with ErrorKind::unsupported only (e.g. a frame too large).
Result<std::unique_ptr<FunctionTranslation>> translate_function(CompiledModule& compiled, FunctionCode& code);

namespace interp {

/// An entry of the abstract operand stack.
struct Entry {
  enum class Where : uint8_t { slot, local, constant };
  ValType type{};
  Where where = Where::slot;
  uint32_t slot = 0;      ///< the slot that is the entry's own, whether or not it holds the value
  uint32_t local = 0;     ///< if local: the local's slot
  uint64_t bits = 0;      ///< if constant
  int32_t producer = -1;  ///< if slot: index of the Raw that wrote it
};

/// An open block, loop, if, try or try_table; the function's body is the outermost.
struct Control {
  Op op{};
  std::span<const ValType> params, results;  ///< of a FuncType, or static
  uint32_t label = 0;                        ///< branch target
  uint32_t else_label = k_no_label;
  uint32_t height = 0;       ///< abstract stack entries below the parameters
  uint32_t slot_height = 0;  ///< slots below the parameters
  bool label_used = false;
  uint32_t try_begin = 0;     ///< first Raw of a try body
  uint32_t try_end = 0;       ///< one past the last, once a catch has begun
  uint32_t exnref_slot = 0;   ///< in a catch: slot of the caught exception
  uint32_t first_clause = 0;  ///< try_table: its clauses in Buffers::clauses_
  uint32_t clause_count = 0;
};

/// A clause of a try_table, landed at the table's end.
struct CatchClause {
  uint32_t tag = 0;
  bool has_tag = false, has_ref = false;
  uint32_t depth = 0;
};

/// A handler range in terms of Raws and labels.
struct RawHandler {
  uint32_t begin = 0, end = 0;
  uint32_t tag = 0;
  uint32_t label = k_no_label;
  uint32_t payload_slot = 0;
  bool exnref_first = false;
  bool push_payload = false, push_exnref = false;
  uint32_t depth = 0;  ///< control depth of the try
  bool is_delegate = false;
  uint32_t delegate_depth = 0;  ///< the search goes on with handlers of at most this depth
};

/// A constant that has a slot of its own, set at function entry.
struct LoopConstant {
  ValType type{};
  uint64_t bits = 0;
  uint32_t slot = 0;
};

/// The translator's growing arrays. Most functions are small, so that allocating these would be a good part
/// of the work: each thread keeps a set and its translators take turns with it.
struct Buffers {
  std::vector<ValType> local_types_;
  std::vector<uint32_t> local_slots_;
  std::vector<uint32_t> local_refs_;  ///< per slot of a local: abstract stack entries that name it
  std::vector<Entry> stack_;
  std::vector<Control> controls_;
  std::vector<CatchClause> clauses_;
  std::vector<Raw> raws_;
  std::vector<uint64_t> sides_;  ///< operand units: two words each
  std::vector<uint32_t> label_positions_;
  std::vector<RawHandler> handlers_;
  std::vector<LoopConstant> loop_constants_;
  std::vector<std::pair<uint32_t, std::vector<uint32_t>>> tables_;  ///< br_table: Raw, labels
  std::vector<int64_t> benefit_;                                    ///< of pinning, by frame offset
  std::vector<uint32_t> positions_;                                 ///< of each Raw in the code

  void clear();
};

class Translator : private Buffers {
 public:
  Translator(CompiledModule& compiled, FunctionCode& code);
  ~Translator();
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;
  Result<std::unique_ptr<FunctionTranslation>> run();

 private:
  // Decoding and dispatch (translate.cpp).
  void translate_op(Op op);
  void translate_cold(Op op);
  void translate_special(Op op);
  void translate_value(Op op);
  void skip_unreachable();
  void skip_immediates(Op op);

  // Abstract stack (operands.cpp).
  void push_local(uint32_t index);
  void push_const(ValType type, uint64_t bits);
  Entry& push_slot(ValType type);
  Entry pop();
  Entry& top(uint32_t depth = 0) { return stack_[stack_.size() - 1 - depth]; }
  void materialize(Entry& entry);
  void materialize_top(uint32_t count);
  void flush_locals(uint32_t except_top = 0);
  void save_local(uint32_t slot);
  void set_local(uint32_t index, bool tee);
  void drop_refs(const Entry& entry);

  // Emission (operands.cpp).
  Raw& emit(uint16_t handler, Form form);
  Raw& emit_result(uint16_t handler, Form form, ValType type);
  void place(Entry& entry);
  void use(Raw& raw, int field, const Entry& entry, Bank bank);
  bool use_immediate(Raw& raw, int field, const Entry& entry, int bits);
  void emit_move(ValType type, uint32_t to_slot, const Entry& from);
  void emit_const(ValType type, uint32_t to_slot, uint64_t bits);
  std::optional<uint32_t> constant_slot(ValType type, uint64_t bits);
  uint32_t add_side(uint64_t handler_word, uint64_t operand_word);
  int16_t offset(uint32_t slot) const;
  static Bank bank_of(ValType type);
  bool is_last_producer(const Entry& entry) const;

  // Numeric, memory, reference operations (numeric.cpp, memory_ops.cpp).
  void unary_fixed(uint16_t handler, ValType type);
  void int_binary(Op op, uint16_t family);
  void int_compare(Op op, uint16_t family);
  void int_unary(Op op, uint16_t family);
  void flt_binary(Op op, uint16_t family);
  bool fuse_shift(Op op, Entry left, Entry right);
  bool fuse_multiply(Op op, Entry left, Entry right);
  bool fuse_load(Op op, const Entry& left, const Entry& right);
  void flt_unary(Op op, uint16_t family);
  void cold(Op op, uint16_t handler);
  void select(ValType type);
  void memory_op(Op op);
  bool fuse_address(Op op, const Entry& address, ValType type, uint64_t memory_offset);
  void load_family(Op op, uint16_t family, uint64_t memory_offset);
  void store_family(Op op, uint16_t family, uint64_t memory_offset);
  Raw& emit_on_slots(uint16_t handler, uint32_t count, uint64_t first_word);
  void grow(uint16_t handler, uint32_t operands, uint32_t index, bool is64);
  void instance_op(Op op);
  void global_get(uint32_t index);
  void global_set(uint32_t index);
  void unsupported(Op op);

  // Control (control.cpp).
  uint32_t new_label();
  void bind(uint32_t label);
  ValType read_value_type();
  void read_block_type(Control& control);
  Control& open(Op op, const Control& shape);
  void open_block(Op op);
  void open_if();
  void begin_else();
  void end_block();
  void reset_stack(const Control& control);
  void push_results(std::span<const ValType> types);
  void move_to(std::span<const ValType> types, uint32_t first_slot);
  bool in_place(std::span<const ValType> types, uint32_t first_slot) const;
  std::span<const ValType> branch_types(const Control& target) const;
  Control& target_of(uint32_t depth);
  void branch_to(uint32_t depth);
  Raw& emit_condition(bool sense);
  bool fuse_compare(bool sense);
  void fuse_latch();
  void fuse_increments();
  void split_pair(int16_t offset);
  static Raw increment(const Raw& at, int16_t local, int16_t step);
  void branch_if(uint32_t depth);
  void branch_table();
  void branch_null(bool on_null);
  void emit_branch(uint32_t label);
  void set_label(Raw& raw, uint32_t label);
  void emit_return();
  void end_function();

  // Calls and exceptions (calls.cpp).
  struct CallTarget {
    uint16_t handler = 0, tail_handler = 0;
    uint64_t word = 0;  ///< operand unit of direct calls
    uint32_t imm = 0;   ///< import or type
    bool has_imm = false;
    bool has_selector = false;  ///< the callee is an operand on top of the stack
    int16_t table = 0;
  };
  void call(uint32_t function_index, bool tail);
  void call_indirect(bool tail);
  void call_ref(bool tail);
  void emit_call(const CallTarget& target, const FuncType& type, bool tail);
  void emit_tail_call(const CallTarget& target, const Entry& selector, uint32_t first_slot, uint32_t params);
  void open_try();
  void begin_catch(bool all);
  void delegate();
  void rethrow(uint32_t depth);
  void open_try_table();
  void land_clauses(Control& control);
  void throw_tag(uint32_t tag);

  // Finishing (finish.cpp).
  int64_t& benefit_at(int16_t offset) { return benefit_[static_cast<uint32_t>(offset + benefit_bias())]; }
  int32_t benefit_bias() const { return static_cast<int32_t>(frame_end_ - param_slots_); }
  int64_t weigh();
  void choose_pins();
  uint32_t variant_kind(const Raw& raw, int field, Role role) const;
  int pin_of(int16_t offset, bool is_float) const;
  uint32_t variant(const Raw& raw) const;
  bool leaves_pin_stale(const Raw& raw) const;
  uint32_t units_of(const Raw& raw) const;
  uint32_t target_of_label(uint32_t label) const;
  Instr refill(Bank bank) const;
  uint32_t prologue_units() const;
  void lay_out();
  int32_t distance(uint32_t label, uint32_t at) const;
  Instr* encode_prologue(Instr* out) const;
  Instr* encode_raw(const Raw& raw, uint32_t at, Instr* out) const;
  Instr* encode_units(const Raw& raw, Instr* out) const;
  Instr* encode_table(const Raw& raw, uint32_t at, Instr* out) const;
  void encode_handlers(std::vector<HandlerRange>& ranges) const;
  std::unique_ptr<FunctionTranslation> encode();

  const Module& module_;
  CompiledModule& compiled_;
  FunctionCode& code_;
  const ModuleFunction& function_;
  const FuncType& type_;
  CodeReader reader_;
  Op op_{};
  uint32_t op_offset_ = 0;  ///< module offset of the current opcode

  uint32_t local_slot_count_ = 0;  ///< parameters and declared locals
  uint32_t param_slots_ = 0;
  uint32_t height_ = 0;          ///< slots in use, locals included
  uint32_t constants_base_ = 0;  ///< first slot for constants used in loops
  uint32_t frame_end_ = 0;       ///< one past the last slot

  uint32_t barrier_ = 0;  ///< Raws before this are in an earlier block
  uint8_t loop_depth_ = 0;
  bool reachable_ = true;

  struct Pins {
    int16_t integer[3] = {};
    int16_t f64[2] = {};
    int16_t f32[2] = {};
    int integers = 0, f64s = 0, f32s = 0;
  } pins_;
};

}  // namespace interp
}  // namespace lindvm
