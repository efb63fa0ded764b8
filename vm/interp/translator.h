#pragma once
// Wasm code to internal code, one function at a time, in one pass over the validated bytes. Operands are
// lazy: local.get and constants emit nothing, results are written straight to the local that receives them,
// compares fuse with the branch that uses them, and so do the pairs of fusions.h. finish.cpp then chooses the
// locals to pin and encodes. A Translator belongs to one host thread, which uses it again and again, so that
// its arrays are allocated once.

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "vm/base/kept_stack.h"
#include "vm/base/trap.h"
#include "vm/interp/fusions.h"
#include "vm/interp/instr.h"
#include "vm/interp/ir.h"
#include "vm/interp/translation.h"
#include "vm/isa/opcodes.h"
#include "vm/module/body_reader.h"
#include "vm/module/reader.h"
#include "vm/runtime/tier.h"

namespace lindvm {

/// Translates the body of a function; the code goes to the module's code space. Fails with
/// ErrorKind::unsupported only (e.g. a frame too large). The caller holds the module's translation lock.
Result<std::unique_ptr<FunctionTranslation>> translate_function(CompiledModule& compiled, FunctionCode& code);

namespace interp {

/// An entry of the abstract operand stack: two words, written and read whole, so that they travel in
/// registers and through the store buffer.
class Entry {
 public:
  Entry() = default;
  /// `producer`: index of the Raw that wrote it, or -1.
  static Entry in_slot(uint32_t slot, SlotType type, int32_t producer = -1) {
    return Entry(k_slot, slot, type, static_cast<uint32_t>(producer), 0);
  }
  /// `number`: in locals_.
  static Entry of_local(uint32_t slot, SlotType type, uint32_t number) {
    return Entry(k_local, slot, type, number, 0);
  }
  static Entry constant(uint32_t slot, SlotType type, uint64_t bits) {
    return Entry(k_constant, slot, type, 0, bits);
  }

  bool is_in_slot() const { return (word_ & k_where) == k_slot; }
  bool is_local() const { return (word_ & k_where) == k_local; }
  bool is_constant() const { return (word_ & k_where) == k_constant; }
  SlotType type() const { return static_cast<SlotType>(word_ >> 56); }
  /// The slot that is the entry's own, whether or not it holds the value.
  uint32_t slot() const { return static_cast<uint16_t>(word_ >> 32); }
  int32_t producer() const { return static_cast<int32_t>(word_); }
  uint32_t local() const { return static_cast<uint32_t>(word_); }
  uint64_t bits() const { return bits_; }
  Entry with_type(SlotType type) const {
    Entry entry = *this;
    entry.word_ = (word_ & ~(uint64_t{0xff} << 56)) | static_cast<uint64_t>(type) << 56;
    return entry;
  }

 private:
  static constexpr uint64_t k_slot = 0, k_local = uint64_t{1} << 48, k_constant = uint64_t{2} << 48;
  static constexpr uint64_t k_where = uint64_t{3} << 48;

  Entry(uint64_t where, uint32_t slot, SlotType type, uint32_t link, uint64_t bits)
      : word_(where | link | uint64_t{slot} << 32 | static_cast<uint64_t>(type) << 56), bits_(bits) {}

  uint64_t word_ = 0;
  uint64_t bits_ = 0;
};

/// An open block, loop, if, try or try_table; the function's body is the outermost.
struct Control : BlockType {
  Op op{};
  bool label_used = false;
  uint32_t label = 0;  ///< branch target
  uint32_t else_label = k_no_label;
  uint32_t height = 0;        ///< abstract stack entries below the parameters
  uint32_t slot_height = 0;   ///< slots below the parameters
  uint32_t try_begin = 0;     ///< first Raw of a try body
  uint32_t try_end = 0;       ///< one past the last, once a catch has begun
  uint32_t exnref_slot = 0;   ///< in a catch: slot of the caught exception
  uint32_t first_clause = 0;  ///< try_table: its clauses in clauses_
  uint32_t clause_count = 0;
};

/// A clause of a try_table, landed at the table's end.
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

/// What is known of a local, or of a constant that has a slot of its own, set at function entry. Number 0 is
/// nobody's: it takes what code without branches does for entries that are not locals.
struct Local {
  int64_t benefit = 0;  ///< of pinning it
  int16_t offset = 0;   ///< of its slot in the frame
  SlotType type{};
};

/// The Raws emitted, in order. The first is none of the function's: it stands before the first.
class RawList {
 public:
  void reset() {
    count_ = 0;
    append();
  }
  uint32_t size() const { return count_; }
  Raw& operator[](uint32_t index) { return raws_[index]; }
  const Raw& operator[](uint32_t index) const { return raws_[index]; }
  Raw& back() { return raws_[count_ - 1]; }
  Raw& append() {
    if (count_ == raws_.size()) [[unlikely]]
      raws_.resize(raws_.size() * 2 + 256);
    return raws_[count_++] = Raw{};
  }
  void insert_before_last(const Raw& raw) {
    const Raw last = back();
    back() = raw;
    append() = last;
  }
  void pop_back() { --count_; }
  std::span<Raw> of_function() { return {raws_.data() + 1, raws_.data() + count_}; }

 private:
  std::vector<Raw> raws_;
  uint32_t count_ = 0;
};

/// A branch, complete but for the distance.
struct Branch {
  uint32_t raw = 0;
  bool is_short = false;  ///< 16 bits in w; else 32 in imm
};

class Translator {
 public:
  Result<std::unique_ptr<FunctionTranslation>> translate(CompiledModule& compiled, FunctionCode& code);

 private:
  // The function's start and the main loop (translate.cpp).
  void begin(CompiledModule& compiled, FunctionCode& code);
  void lay_out_frame();
  void translate_body();
  void translate_rare(const OpHandlers& row);
  void unsupported();

  // Abstract stack and emission of Raws: inline in operands.h.
  int16_t own_offset(uint32_t slot) const {
    return static_cast<int16_t>(slot_base_ - static_cast<int>(slot));
  }
  void push(const Entry& entry);
  void push_slot(SlotType type, int32_t producer = -1) { push(Entry::in_slot(height_, type, producer)); }
  void push_local(uint32_t index);
  void push_const(SlotType type, uint64_t bits);
  Entry pop();
  Entry& top(uint32_t depth = 0) { return stack_[stack_.size() - 1 - depth]; }
  bool is_last_producer(const Entry& entry) const;
  /// Module offset of the current opcode.
  uint32_t op_offset() const { return static_cast<uint32_t>(op_position_ - module_begin_); }
  uint32_t raw_count() const { return raws_.size(); }
  int32_t last_raw() const { return static_cast<int32_t>(raws_.size()) - 1; }
  Raw& emit(uint16_t handler, Form form);
  void set_result(Raw& raw, uint32_t slot, SlotType type);
  template <bool HasKinds = true>
  void read(Raw& raw, int field, const Entry& entry, Bank bank);
  void place(Entry& entry) {
    if (entry.is_constant()) place_constant(entry);
  }

  // Abstract stack (operands.cpp).
  void materialize(Entry& entry);
  void materialize_top(uint32_t count);
  void flush_locals(uint32_t except_top = 0);
  bool is_pending(uint32_t number) const;
  void save_local(uint32_t number);
  void rename(SlotType type);
  void set_local(uint32_t index, bool tee);
  void place_constant(Entry& entry);
  void emit_move(SlotType type, int16_t to, const Entry& from);
  void emit_const(SlotType type, int16_t to, uint64_t bits);
  std::optional<uint32_t> constant_slot(SlotType type, uint64_t bits);
  uint32_t add_side(uint64_t word, uint64_t operands);
  bool fuse(const OpHandlers& consumer, const Entry* left, const Entry& right, uint32_t slot,
            uint64_t memory_offset = 0);
  bool carry(const Fusion& fusion, const Raw& producer, Raw& fused, int field, uint64_t memory_offset) const;

  // Numeric instructions (numeric.cpp).
  void int_binary(const OpHandlers& row);
  void int_compare(const OpHandlers& row);
  void int_operation(const OpHandlers& row, Form form, Entry left, Entry right);
  void unary(const OpHandlers& row, Form form, Bank operand);
  void flt_binary(const OpHandlers& row);
  Raw& cold(const OpHandlers& row);
  void cold_lane(const OpHandlers& row);
  void shuffle(const OpHandlers& row);
  void wide(const OpHandlers& row);
  void select(SlotType type);

  // Memory, table, global and reference instructions (memory_ops.cpp).
  struct MemoryOperand {
    uint32_t memory = 0;
    uint64_t offset = 0;
    bool guarded = false;
  };
  MemoryOperand read_memory_operand(CodeReader& reader) const;
  void load(const OpHandlers& row, Form form, const MemoryOperand& at);
  void store(const OpHandlers& row, Form form, const MemoryOperand& at);
  void memory_op(const OpHandlers& row, const MemoryOperand& at);
  Raw& emit_on_slots(uint16_t handler, uint32_t count, uint64_t first_word);
  void indexed_get(uint16_t handler, SlotType type, uint32_t index);
  void table_get(uint32_t index);
  void table_set(uint32_t index);
  void grow(uint16_t handler, uint32_t operands, uint32_t index, bool is64);
  void table_size(uint32_t index);
  void table_grow(uint32_t index);
  void memory_size(uint32_t index);
  void memory_grow(uint32_t index);
  void bulk(const OpHandlers& row, bool two_indices);
  void global_get(uint32_t index);
  void global_set(uint32_t index);
  void v128_const();
  void unary_fixed(const OpHandlers& row, SlotType type);
  void ref_eq(const OpHandlers& row);
  void ref_as_non_null(const OpHandlers& row);

  // Control (control.cpp).
  uint32_t new_label();
  void bind(uint32_t label);
  void end_sequence() { barrier_ = raw_count(); }
  Control& open(Op op, const Control& shape);
  void open_block();
  void count_passes();
  void open_if();
  void begin_else();
  void end_block();
  void reset_stack(const Control& control);
  void push_results(std::span<const ValType> types);
  void move_to(std::span<const ValType> types, uint32_t first_slot);
  bool in_place(std::span<const ValType> types, uint32_t first_slot, uint32_t below = 0) const;
  std::span<const ValType> branch_types(const Control& target) const;
  Control& target_of(uint32_t depth);
  void branch_to(uint32_t depth);
  void emit_condition(bool sense);
  bool fuse_compare(bool sense);
  bool fuse_latch();
  void fuse_increments();
  void split_pair(int16_t offset);
  static Raw increment(const Raw& at, int16_t local, int16_t step);
  void branch_if(uint32_t depth);
  void branch_table();
  uint32_t table_label(uint32_t depth, std::vector<std::pair<uint32_t, uint32_t>>& stubs);
  void branch_null(bool on_null);
  void emit_branch(uint32_t label);
  void set_label(uint32_t label, bool is_short = false);
  void set_loop_depth(int depth);
  void emit_return();
  void end_function();

  // Calls and exceptions (calls.cpp).
  struct CallTarget {
    uint16_t handler = 0, tail_handler = 0;
    uint64_t word = 0;          ///< operand unit of direct calls
    uint32_t imm = 0;           ///< import or type
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
  void throw_ref();

  // Finishing (finish.cpp).
  struct Pins {
    int16_t integer[3] = {};
    int16_t f64[2] = {};
    int16_t f32[2] = {};
    int integers = 0, f64s = 0, f32s = 0;
  };
  void choose_pins();
  void mark_pins(bool pinned) const;
  static uint32_t variant(const Raw& raw);
  uint32_t unit_bound() const;
  uint32_t target_of_label(uint32_t label) const;
  Instr refill(Bank bank) const;
  Instr* encode_prologue(Instr* out) const;
  Instr* encode_raws(Instr* begin, Instr* out, uint8_t*& deltas);
  Instr* encode_rest(const Raw& raw, Instr* out) const;
  void set_distances(Instr* begin) const;
  void encode_handlers(std::vector<HandlerRange>& ranges) const;
  Result<std::unique_ptr<FunctionTranslation>> encode();

  const Module* module_ = nullptr;
  CompiledModule* compiled_ = nullptr;
  FunctionCode* code_ = nullptr;
  const ModuleFunction* function_ = nullptr;
  const FuncType* type_ = nullptr;
  CodeReader reader_{nullptr};
  const uint8_t* module_begin_ = nullptr;
  Op op_{};
  const uint8_t* op_position_ = nullptr;  ///< of the current opcode
  bool guards_memory_ = false;            ///< memory 0 is reached without checks

  uint32_t local_slots_ = 0;  ///< parameters and declared locals
  uint32_t param_slots_ = 0;
  int32_t slot_base_ = 0;        ///< frame offset of an operand's slot is this less the slot
  uint32_t height_ = 0;          ///< slots in use, locals included
  uint32_t constants_base_ = 0;  ///< first slot for constants used in loops
  uint32_t local_count_ = 0;     ///< locals_ beyond are loop constants
  uint32_t frame_end_ = 0;       ///< one past the last slot

  uint32_t barrier_ = 1;  ///< Raws before this are in an earlier block
  int loop_depth_ = 0;
  int64_t weight_ = 1;       ///< of an instruction at this loop depth
  int64_t call_weight_ = 0;  ///< cost of reloading pinned floats after calls
  uint32_t refills_ = 0;     ///< bound on the units that reload pins
  bool reachable_ = true;
  Pins pins_;

  std::vector<Local> locals_;
  KeptStack<Entry> stack_;
  std::vector<Control> controls_;
  std::vector<CatchClause> clauses_;
  RawList raws_;
  std::vector<Instr> sides_;  ///< operand units
  std::vector<uint32_t> label_positions_;
  std::vector<Branch> branches_;
  std::vector<uint32_t> tables_;        ///< Raws of br_tables,
  std::vector<uint32_t> table_labels_;  ///< and their labels
  std::vector<RawHandler> handlers_;
  std::vector<uint64_t> constant_bits_;  ///< of the loop constants
  std::vector<uint8_t> offset_deltas_;   ///< see FunctionTranslation
};

}  // namespace interp
}  // namespace lindvm
