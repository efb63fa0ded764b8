// The frame of validation: bodies, dispatch, the operand stack, instructions of fixed type.

#include "vm/module/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "vm/module/limits.h"
#include "vm/types/operand_types.h"

namespace lindvm {

namespace {

constexpr size_t k_initial_stack = 1024;

constexpr uint32_t vectors_in(std::span<const OperandType> types) {
  uint32_t count = 0;
  for (OperandType type : types) count += type == OperandType::v128;
  return count;
}

// Number of lanes of the shape that an opcode's name starts with: "i8x16.…" has 16.
constexpr uint32_t lanes_of(std::string_view text) {
  uint32_t lanes = 0;
  for (char c : text.substr(text.find('x') + 1)) {
    if (c < '0' || c > '9') break;
    lanes = lanes * 10 + static_cast<uint32_t>(c - '0');
  }
  return lanes;
}

std::string to_text(std::span<const ValType> types) {
  std::string text = "[";
  for (ValType type : types) text += (text.size() > 1 ? " " : "") + to_string(type);
  return text + "]";
}

}  // namespace

FunctionValidator::FunctionValidator(const Module& module, const Features& features, const TypeDecoder& types)
    : m_(module), features_(features), types_(types) {
  for (unsigned byte = 0; byte < 256; byte++) {
    Op op = op_of_byte(static_cast<uint8_t>(byte));
    one_byte_ops_[byte] = op != k_no_op && features.has(op_info(op).feature) ? op : k_no_op;
  }
  base_ = std::make_unique<ValType[]>(k_initial_stack);
  sp_ = base_.get();
  limit_ = sp_ + k_initial_stack;
}

void FunctionValidator::declare_function(uint32_t index) {
  if (index >= declared_functions_.size()) declared_functions_.resize(m_.functions().size());
  declared_functions_[index] = true;
}

// Errors

void FunctionValidator::invalid(std::string message) { r_->invalid(std::move(message), at_); }
void FunctionValidator::malformed(std::string message) { r_->malformed(std::move(message), at_); }

void FunctionValidator::type_mismatch(Types expected, Types actual) {
  invalid(fmt::format("type mismatch: instruction requires {} but stack has {}", to_text(expected),
                      to_text(actual)));
}

void FunctionValidator::unknown(const char* what, uint32_t index) {
  invalid(fmt::format("unknown {} {}", what, index));
}

// The operand stack

void FunctionValidator::grow(size_t room) {
  size_t used = static_cast<size_t>(sp_ - base_.get());
  size_t capacity = static_cast<size_t>(limit_ - base_.get());
  if (capacity - used >= room) return;
  capacity = std::max(capacity * 2, used + room);
  auto larger = std::make_unique<ValType[]>(capacity);
  std::copy(base_.get(), sp_, larger.get());
  frame_base_ = larger.get() + (frame_base_ - base_.get());
  base_ = std::move(larger);
  sp_ = base_.get() + used;
  limit_ = base_.get() + capacity;
}

void FunctionValidator::pop_slow(ValType expected) {
  if (operands_in_frame() == 0) {
    if (!frames_.back().is_unreachable) type_mismatch(Types(&expected, 1), {});
    return;
  }
  ValType actual = *--sp_;
  vectors_ -= actual.is_vec();
  if (!is_subtype(actual, expected)) type_mismatch(Types(&expected, 1), Types(&actual, 1));
}

ValType FunctionValidator::pop_any() {
  if (operands_in_frame() == 0) {
    if (!frames_.back().is_unreachable)
      invalid("type mismatch: instruction requires an operand but stack has []");
    return k_bottom;
  }
  ValType actual = *--sp_;
  vectors_ -= actual.is_vec();
  return actual;
}

ValType FunctionValidator::pop_reference() {
  ValType actual = pop_any();
  if (!actual.is_ref() && !actual.is_bottom())
    invalid(fmt::format("type mismatch: instruction requires reference type but stack has {}",
                        to_string(actual)));
  return actual;
}

void FunctionValidator::push_all(Types types) {
  grow(types.size());
  for (ValType type : types) {
    *sp_++ = type;
    vectors_ += type.is_vec();
  }
  note_height();
}

void FunctionValidator::pop_all(Types types) {
  size_t count = types.size();
  if (count == 0) return;
  bool is_same =
      operands_in_frame() >= count && !std::memcmp(sp_ - count, types.data(), count * sizeof(ValType));
  if (!is_same) {
    for (size_t i = count; i > 0 && !r_->failed(); i--) pop(types[i - 1]);
    return;
  }
  sp_ -= count;
  for (ValType type : types) vectors_ -= type.is_vec();
}

void FunctionValidator::check_all(Types types) {
  size_t count = types.size();
  if (count == 0) return;
  if (operands_in_frame() >= count && !std::memcmp(sp_ - count, types.data(), count * sizeof(ValType)))
    return;
  pop_all(types);
  push_all(types);
}

void FunctionValidator::set_unreachable() {
  Frame& frame = frames_.back();
  sp_ = base_.get() + frame.height;
  vectors_ = frame.vectors;
  frame.is_unreachable = true;
}

// Instructions of fixed type

void FunctionValidator::apply_slow(const SignatureInfo& signature, ValType address) {
  for (size_t i = signature.operand_count; i > 0; i--)
    pop(value_type(signature.operand_types[i - 1], address));
  for (OperandType result : signature.results()) push(value_type(result, address));
}

template <Signature signature>
inline void FunctionValidator::apply(ValType address) {
  constexpr SignatureInfo info = signature_info(signature);
  constexpr size_t operands = info.operand_count;
  constexpr size_t results = info.result_count;
  constexpr uint32_t vectors_popped = vectors_in(info.operands());
  constexpr uint32_t vectors_pushed = vectors_in(info.results());
  bool fits = operands_in_frame() >= operands;
  if constexpr (results > operands) fits = fits && static_cast<size_t>(limit_ - sp_) >= results - operands;
  for (size_t i = 0; fits && i < operands; i++)
    fits = sp_[static_cast<ptrdiff_t>(i) - static_cast<ptrdiff_t>(operands)] ==
           value_type(info.operand_types[i], address);
  if (!fits) [[unlikely]]
    return apply_slow(info, address);
  sp_ -= operands;
  for (size_t i = 0; i < results; i++) *sp_++ = value_type(info.result_types[i], address);
  vectors_ += vectors_pushed - vectors_popped;
  if constexpr (results + vectors_pushed > operands + vectors_popped) note_height();
}

void FunctionValidator::lane(uint32_t lanes) {
  if (r_->u8() >= lanes) invalid("invalid lane index");
}

void FunctionValidator::shuffle_lanes() {
  for (int i = 0; i < 16; i++) lane(32);
}

ValType FunctionValidator::memory_argument_slow(uint32_t natural_bytes, bool is_atomic) {
  uint32_t flags = r_->u32();
  uint32_t memory = 0;
  uint32_t has_memory = features_.has(Feature::multi_memory) ? 0x40 : 0;
  if (flags & has_memory) memory = r_->u32();
  uint32_t align = flags & ~has_memory;
  if (align >= 0x40) return malformed("malformed memop flags"), k_i32;
  uint64_t offset = r_->u64();
  ValType address = address_type_of_memory(memory);
  if (align > 4 || (1u << align) > natural_bytes)
    invalid("alignment must not be larger than natural");
  else if (is_atomic && (1u << align) != natural_bytes)
    invalid("atomic alignment must be natural");
  if (address == k_i32 && offset > UINT32_MAX) invalid("offset out of range");
  return address;
}

inline ValType FunctionValidator::memory_argument(uint32_t natural_bytes, bool is_atomic) {
  // Nearly all accesses: an alignment that fits, memory 0 with 32-bit addresses, an offset of one byte.
  if (r_->remaining() >= 2 && !is_atomic && !m_.memories().empty()) [[likely]] {
    uint8_t align = r_->position()[0], offset = r_->position()[1];
    if (align <= 4 && (1u << align) <= natural_bytes && offset < 0x80 && !m_.memories()[0].is64) {
      r_->skip(2);
      return k_i32;
    }
  }
  return memory_argument_slow(natural_bytes, is_atomic);
}

template <Imm imm>
inline ValType FunctionValidator::immediate(const OpInfo& info) {
  if constexpr (imm == Imm::MemArg) {
    return memory_argument(info.access_bytes(), info.has(trait::atomic));
  } else if constexpr (imm == Imm::MemArgLane) {
    ValType address = memory_argument(info.access_bytes(), false);
    lane(16 / info.access_bytes());
    return address;
  } else if constexpr (imm == Imm::MemIndex) {
    return address_type_of_memory(r_->u32());
  } else if constexpr (imm == Imm::TableIndex) {
    return address_type_of_table(r_->u32());
  } else if constexpr (imm == Imm::DataMem) {
    uint32_t segment = r_->u32();
    ValType address = address_type_of_memory(r_->u32());
    data_segment(segment);
    return address;
  } else if constexpr (imm == Imm::ElemTable) {
    uint32_t segment = r_->u32();
    uint32_t table = r_->u32();
    ValType address = address_type_of_table(table);
    element_into_table(segment, table);
    return address;
  }
  if constexpr (imm == Imm::Lane) lane(lanes_of(info.text));
  if constexpr (imm == Imm::Shuffle) shuffle_lanes();
  if constexpr (imm == Imm::V128Const) r_->skip(16);
  if constexpr (imm == Imm::F64Const) r_->skip(8);
  if constexpr (imm == Imm::F32Const) r_->skip(4);
  if constexpr (imm == Imm::I32Const) r_->s32();
  if constexpr (imm == Imm::I64Const) r_->s64();
  if constexpr (imm == Imm::DataIndex) data_segment(r_->u32());
  if constexpr (imm == Imm::ElemIndex) element_segment(r_->u32());
  if constexpr (imm == Imm::AtomicFence)
    if (r_->u8() != 0) malformed("zero byte expected");
  return k_i32;
}

// Instructions of variable type that are so frequent that they should be inlined below

template <>
inline void FunctionValidator::special<Op::LocalGet>() {
  uint32_t index = r_->u32();
  ValType type = local_type(index);
  if (!type.is_defaultable()) [[unlikely]]
    uninitialized_local(index);
  push(type);
}

template <>
inline void FunctionValidator::special<Op::LocalSet>() {
  uint32_t index = r_->u32();
  ValType type = local_type(index);
  pop(type);
  mark_initialized(index, type);
}

template <>
inline void FunctionValidator::special<Op::LocalTee>() {
  uint32_t index = r_->u32();
  ValType type = local_type(index);
  pop(type);
  push(type);
  mark_initialized(index, type);
}

// Dispatch

template <Op op>
inline void FunctionValidator::step() {
  constexpr const OpInfo& info = op_info(op);
  if constexpr (info.signature == Signature::special) {
    special<op>();
  } else {
    ValType address = immediate<info.imm>(info);
    apply<info.signature>(address);
    if constexpr (info.has(trait::terminator)) set_unreachable();
  }
}

inline void FunctionValidator::instruction(Op op) {
  switch (op) {
#define OP(id, ...) \
  case Op::id:      \
    return step<Op::id>();
#include "vm/isa/opcodes.def"
  }
}

void FunctionValidator::illegal_opcode(uint32_t prefix, std::optional<uint32_t> sub) {
  if (r_->failed()) return;
  malformed(sub ? fmt::format("illegal opcode {:02x} {:02x}", prefix, *sub)
                : fmt::format("illegal opcode {:02x}", prefix));
}

Op FunctionValidator::prefixed_opcode(uint8_t prefix) {
  if (!is_prefix(prefix)) return illegal_opcode(prefix, {}), Op::Nop;
  uint32_t sub = r_->u32();
  Op op = op_of_prefixed(prefix, sub);
  if (r_->failed() || op == k_no_op || !features_.has(op_info(op).feature))
    return illegal_opcode(prefix, sub), Op::Nop;
  return op;
}

inline Op FunctionValidator::opcode() {
  at_ = r_->offset();
  uint8_t byte = r_->u8();
  Op op = one_byte_ops_[byte];
  if (op != k_no_op) [[likely]]
    return op;
  return prefixed_opcode(byte);
}

// Bodies

void FunctionValidator::start(Reader& reader) {
  r_ = &reader;
  at_ = reader.offset();
  sp_ = frame_base_ = base_.get();
  vectors_ = max_slots_ = 0;
  frames_.clear();
  br_tables_ = 0;
  function_ = nullptr;
  body_number_++;
  initialized_.clear();
}

void FunctionValidator::validate_body(Reader& body, size_t size, ModuleFunction& function,
                                      std::vector<LocalRun>& local_runs) {
  start(body);
  is_constant_ = false;
  function_ = &function;
  has_plain_memory_ = !m_.memories().empty() && !m_.memories()[0].is64;
  const FuncType& type = func_type(function.type);
  declare_locals(body, function, local_runs);
  if (body.failed()) return;
  std::span<const LocalRun> runs(local_runs.data() + function.first_local_run, function.local_run_count);
  set_up_locals(function, type.params, runs, size);
  function.body.begin = body.offset();
  results_ = type.results;
  push_frame(Op::Block, {&type, {}});
  while (!frames_.empty()) {
    frequent_instructions();
    instruction(opcode());
    if (body.failed()) [[unlikely]]
      return;
  }
  function.body.end = body.offset();
  function.max_operand_slots = max_slots_;
}

// Constant expressions

ConstExpr FunctionValidator::validate_const(Reader& reader, uint32_t section_end, ValType expected,
                                            std::vector<ConstInstr>& instrs) {
  start(reader);
  is_constant_ = true;
  flat_locals_.clear();
  local_groups_.clear();
  local_count_ = 0;
  ConstExpr expr{static_cast<uint32_t>(instrs.size()), 0};
  push_frame(Op::Block, {nullptr, expected});
  while (!frames_.empty()) {
    if (reader.offset() >= section_end) return reader.unexpected_end(), expr;
    Op op = opcode();
    if (reader.failed()) return expr;
    if (!op_info(op).has(trait::constant_ok)) return invalid("constant expression required"), expr;
    const uint8_t* operands = reader.position();
    instruction(op);
    if (reader.failed()) return expr;
    if (op != Op::End) instrs.push_back(decode_const(op, CodeReader(operands)));
  }
  expr.count = static_cast<uint32_t>(instrs.size()) - expr.first;
  return expr;
}

ConstInstr FunctionValidator::decode_const(Op op, CodeReader operands) const {
  ConstInstr instr{op, 0, 0};
  const OpInfo& info = op_info(op);
  if (info.imm == Imm::I32Const) instr.value = static_cast<uint32_t>(operands.s32());
  if (info.imm == Imm::I64Const) instr.value = static_cast<uint64_t>(operands.s64());
  if (info.imm == Imm::F32Const) instr.value = operands.fixed<uint32_t>();
  if (info.imm == Imm::F64Const) instr.value = operands.fixed<uint64_t>();
  if (info.imm == Imm::V128Const)
    instr.value = static_cast<uint64_t>(operands.position() - m_.bytes().data());
  if (info.imm == Imm::HeapType) instr.value = sp_[-1].bits();
  if (info.imm == Imm::FuncIndex || info.imm == Imm::GlobalIndex || info.imm == Imm::TypeIndex ||
      info.imm == Imm::TypeLength)
    instr.index = operands.u32();
  if (info.imm == Imm::TypeLength) instr.value = operands.u32();
  return instr;
}

}  // namespace lindvm
