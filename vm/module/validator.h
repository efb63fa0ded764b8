#pragma once
// Validation of function bodies and constant expressions (spec 3.3, appendix "Validation Algorithm"), in one
// pass with their decoding. Instructions whose types are fixed are checked from the opcode table; each other
// one has a specialisation of FunctionValidator::special, without which the program does not link. One
// validator serves one load_module call, on one thread; its stacks are reused from body to body.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "vm/isa/opcodes.h"
#include "vm/module/features.h"
#include "vm/module/module.h"
#include "vm/module/reader.h"
#include "vm/module/type_decoder.h"

namespace lindvm {

class FunctionValidator {
 public:
  /// The module may still be under construction: what precedes a body in the bytes must be complete.
  FunctionValidator(const Module& module, const Features& features, const TypeDecoder& types);

  /// Makes `ref.func index` valid in bodies (spec 3.1.1, C.refs).
  void declare_function(uint32_t index);
  void set_data_count(uint32_t count) { data_count_ = count; }
  std::optional<uint32_t> data_count() const { return data_count_; }

  /// Validates one entry of the code section (of `size` bytes, which only bounds the work done per declared
  /// local), and fills in `function`.
  void validate_body(Reader& body, size_t size, ModuleFunction& function, std::vector<LocalRun>& local_runs);

  /// Validates and decodes a constant expression, which must end before offset `section_end`.
  ConstExpr validate_const(Reader& reader, uint32_t section_end, ValType expected,
                           std::vector<ConstInstr>& instrs);

 private:
  using Types = std::span<const ValType>;

  /// Type of a block: a function type, or at most one result.
  struct BlockSignature {
    const FuncType* type = nullptr;
    ValType single;  // bottom: none

    Types params() const { return type ? Types(type->params) : Types(); }
    Types results() const {
      if (type) return type->results;
      return single.is_bottom() ? Types() : Types(&single, 1);
    }
  };

  struct Frame {
    Op op{};
    bool is_unreachable = false;
    uint32_t height = 0;             // operands below
    uint32_t vectors = 0;            // how many of those are v128
    uint32_t initialized_count = 0;  // see initialized_
    uint32_t checked_by_table = 0;   // the last br_table that checked this label
    BlockSignature signature;

    Types label_types() const { return op == Op::Loop ? signature.params() : signature.results(); }
  };

  struct LocalGroup {
    uint32_t end;  // index of the first local after the group
    ValType type;
  };

  // Errors, at the current instruction.
  [[gnu::cold]] void invalid(std::string message);
  [[gnu::cold]] void malformed(std::string message);
  [[gnu::cold]] void type_mismatch(Types expected, Types actual);
  [[gnu::cold]] void unknown(const char* what, uint32_t index);

  // The operand stack.
  size_t operands_in_frame() const { return static_cast<size_t>(sp_ - frame_base_); }
  void note_height() {
    uint32_t slots = static_cast<uint32_t>(sp_ - base_.get()) + vectors_;
    if (slots > max_slots_) max_slots_ = slots;
  }
  void push(ValType type) {
    if (sp_ == limit_) [[unlikely]]
      grow(1);
    *sp_++ = type;
    vectors_ += type.is_vec();
    note_height();
  }
  void pop(ValType expected) {
    if (sp_ == frame_base_ || sp_[-1] != expected) [[unlikely]]
      return pop_slow(expected);
    sp_--;
    vectors_ -= expected.is_vec();
  }
  void pop_slow(ValType expected);
  ValType pop_any();
  ValType pop_reference();  // any reference; bottom if unknown
  void push_all(Types types);
  void pop_all(Types types);
  void check_all(Types types);  // pops and pushes them
  void grow(size_t room);
  void set_unreachable();

  // Control frames.
  void enter(Op op, BlockSignature signature);
  void push_frame(Op op, BlockSignature signature);
  void leave_frame();         // checks the results
  void restart_frame(Op op);  // for else and catch
  Frame* label(uint32_t depth);
  BlockSignature block_type();
  void end_of_if(const Frame& frame);
  void br_table_target(uint32_t depth, size_t arity, uint32_t stamp);
  void catch_clause();

  // Locals.
  void declare_locals(Reader& body, ModuleFunction& function, std::vector<LocalRun>& local_runs);
  void set_up_locals(const ModuleFunction& function, Types params, std::span<const LocalRun> runs,
                     size_t body_size);
  ValType local_type(uint32_t index) {
    if (index < flat_locals_.size()) [[likely]]
      return flat_locals_[index];
    return local_type_slow(index);
  }
  ValType local_type_slow(uint32_t index);
  bool is_initialized(uint32_t index) const {
    return index < initialized_in_.size() && initialized_in_[index] == body_number_;
  }
  void mark_initialized(uint32_t index, ValType type) {
    if (!type.is_defaultable()) [[unlikely]]
      mark_initialized_slow(index);
  }
  void mark_initialized_slow(uint32_t index);
  [[gnu::cold]] void uninitialized_local(uint32_t index);
  void reset_initialized(uint32_t count);

  // Immediates, with the checks that they need.
  const FuncType* function_type(uint32_t type_index);
  const FuncType* function_signature();  // reads a function index
  ValType address_type_of_memory(uint32_t index);
  ValType address_type_of_table(uint32_t index);
  const ModuleTable* table(uint32_t index);
  const ElementSegment* element_segment(uint32_t index);
  void data_segment(uint32_t index);
  const ModuleTag* tag(uint32_t index);
  const SubType* composite(uint32_t type_index, CompositeKind kind);
  ValType concrete(uint32_t type_index, bool nullable) const;
  ValType memory_argument(uint32_t natural_bytes, bool is_atomic);
  ValType memory_argument_slow(uint32_t natural_bytes, bool is_atomic);
  void lane(uint32_t lanes);
  void shuffle_lanes();
  void element_into_table(uint32_t element, uint32_t table);

  // Families of instructions.
  void call(const FuncType& type);
  void return_call(const FuncType& type);
  const FuncType* indirect_callee();
  const FuncType* reference_callee();
  void struct_get(bool is_plain);
  void array_get(bool is_plain);
  const FieldType* array_element(uint32_t type_index);
  const FieldType* mutable_array(uint32_t type_index);
  bool is_numeric_or_vector(const FieldType& element);
  void reference_test(bool is_cast, bool nullable);
  void branch_on_cast(bool branch_on_failure);
  void copy_between(ValType to, ValType from);
  void convert_hierarchy(HeapKind from, HeapKind to);

  // Dispatch.
  Op opcode();  // after an error, any
  Op prefixed_opcode(uint8_t prefix);
  [[gnu::cold]] void illegal_opcode(uint32_t prefix, std::optional<uint32_t> sub);
  void instruction(Op op);
  void frequent_instructions();
  template <Op op>
  void special();
  template <Op op>
  void step();
  template <Imm imm>
  ValType immediate(const OpInfo& info);
  template <Signature signature>
  void apply(ValType address);
  void apply_slow(const SignatureInfo& signature, ValType address);
  void start(Reader& reader);
  ConstInstr decode_const(Op op, CodeReader operands) const;

  const Module& m_;
  const Features& features_;
  const TypeDecoder& types_;
  std::vector<bool> declared_functions_;
  std::optional<uint32_t> data_count_;
  Op one_byte_ops_[256];  // k_no_op: unassigned, a prefix, or of a disabled feature

  Reader* r_ = nullptr;
  uint32_t at_ = 0;  // offset of the current instruction
  bool is_constant_ = false;
  bool has_plain_memory_ = false;  // there is a memory 0 with 32-bit addresses
  ModuleFunction* function_ = nullptr;
  Types params_;  // of the function
  Types results_;

  std::unique_ptr<ValType[]> base_;
  ValType* sp_ = nullptr;
  ValType* limit_ = nullptr;
  ValType* frame_base_ = nullptr;  // where the operands of the innermost frame start
  uint32_t vectors_ = 0;           // v128 operands on the stack: they take two slots each
  uint32_t max_slots_ = 0;
  std::vector<Frame> frames_;
  uint32_t br_tables_ = 0;

  uint32_t local_count_ = 0;
  std::vector<ValType> flat_locals_;  // types by index; empty for functions with far more locals than code
  std::vector<LocalGroup> local_groups_;  // the same, by binary search
  // Non-nullable locals are initialised in the body with this number; initialized_ is the undo log by which
  // leaving a block makes them uninitialised again.
  uint32_t body_number_ = 0;
  std::vector<uint32_t> initialized_in_;
  std::vector<uint32_t> initialized_;
};

}  // namespace lindvm
