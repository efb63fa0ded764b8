// The baseline compiler's main loop: one opcode after the other, with dead code skipped.

#include "jit/baseline/compiler.h"
#include "jit/baseline/helpers.h"
#include "jit/tuning.h"
#include "vm/interp/instr.h"
#include "vm/interp/tuning.h"

namespace lindvm::jit {

using namespace target;

std::unique_ptr<MachineCode> Compiler::compile(FunctionCode& code) {
  masm_.use_far_branches(false);
  bool is_within_reach = make_code(code);
  if (!is_within_reach && !failed_) {
    masm_.use_far_branches(true);
    is_within_reach = make_code(code);
  }
  if (!is_within_reach) return nullptr;
  auto result = std::make_unique<MachineCode>();
  result->function = &code;
  result->size = masm_.offset();
  result->frame_slots = frame_end_ - param_slots_;
  result->sites = sites_;
  result->handlers = handlers_;
  result->loops = loop_entries_;
  return result;
}

/// False if it failed, or if a branch does not reach its target.
bool Compiler::make_code(FunctionCode& code) {
  start(code);
  failed_ = frame_end_ > k_max_frame_slots;
  if (failed_) return false;
  prologue();
  compile_body();
  emit_cold();
  return !failed_ && masm_.finish();
}

/// Lays the frame out as the interpreter's translator does.
void Compiler::start(FunctionCode& code) {
  code_ = &code;
  module_ = &code.owner->module();
  function_ = &module_->functions()[code.index];
  type_ = &func_type(function_->type);
  reader_ = CodeReader(module_->bytes().data() + function_->body.begin);
  wasm_offset_ = function_->body.begin;
  locals_.clear();
  uint32_t slot = 0;
  auto add_local = [&](ValType type) {
    locals_.push_back({.slot = slot, .kind = type.kind()});
    slot += slot_count(type);
  };
  for (ValType type : type_->params) add_local(type);
  for (const LocalRun& run : module_->local_runs(*function_)) {
    for (uint32_t i = 0; i < run.count; ++i) add_local(run.type);
  }
  param_slots_ = function_->param_slots;
  local_slots_ = slot;
  if (function_->has_loops) slot += interp::k_loop_constants;
  height_ = slot;
  frame_end_ = slot + function_->max_operand_slots + function_->max_control_depth;
  has_frame_header_ = function_->has_calls || function_->has_handlers;
  masm_.begin(param_slots_, frame_end_ - param_slots_);
  // Besides the operands, each open legacy catch has its exception.
  stack_.clear(function_->max_operand_slots + function_->max_control_depth);
  controls_.clear();
  clauses_.clear();
  regions_.clear();
  cold_.clear();
  branch_copies_.clear();
  sites_.clear();
  is_cold_ = false;
  handlers_.clear();
  loop_entries_.clear();
  starts_.clear();
  frame_notes_.clear();
  next_loop_ = 0;
  pins_ = {};
  stack_regs_ = locked_ = 0;
  reachable_ = true;
  failed_ = false;
}

/// The frame, its probe, and zeroes for the declared locals.
void Compiler::prologue() {
  scan_body(*module_, *function_, scan_);
  regions_.emplace_back();
  region_ = 0;
  temps_ = Masm::k_int_temps | Masm::k_vec_temps;
  regions_.push_back(planner_.plan(scan_, 0, scan_.uses.size(), 0, nullptr, locals_, function_->has_calls));
  lower_prologue();
  enter_region(1);
  for (const Local& local : std::span(locals_).subspan(type_->params.size())) {
    if (local.pin < 0) {
      masm_.store_const(local.slot, 0);
      if (local.kind == ValKind::v128) masm_.store_const(local.slot + 1, 0);
      continue;
    }
    masm_.load_const(local.kind, Masm::k_pins[local.pin], 0);
    pins_.valid |= 1u << local.pin;
    pins_.dirty |= 1u << local.pin;
  }
  if (has_frame_header_) poll();
}

Label Compiler::add_cold(void (Compiler::*emit)(const Cold&), Label back, uint64_t a, uint64_t b) {
  Label label = masm_.new_label();
  uint32_t home = is_cold_ ? cold_home_ : masm_.offset();
  cold_.push_back({emit, label, back, wasm_offset_, home, region_, pins_, a, b});
  return label;
}

/// The parts that are rarely executed, behind the rest; they may add more of their kind.
void Compiler::emit_cold() {
  is_cold_ = true;
  for (size_t i = 0; i < cold_.size() && !failed_; ++i) {
    Cold cold = cold_[i];
    cold_home_ = cold.home;
    region_ = cold.region;
    pins_ = cold.pins;
    wasm_offset_ = cold.wasm_offset;
    locked_ = stack_regs_ = 0;
    masm_.bind(cold.label);
    (this->*cold.emit)(cold);
  }
}

Label Compiler::trap_label(Trap trap) {
  return add_cold(&Compiler::cold_trap, {}, static_cast<uint64_t>(trap));
}
void Compiler::cold_trap(const Cold& cold) { call_trap(static_cast<Trap>(cold.a)); }

// --- dispatch --------------------------------------------------------------------------------------------

namespace {

enum class Family : uint8_t { direct, memory, reference, instance, unsupported };

/// Loads and stores of integers, but for atomic ones.
constexpr bool is_int_access(Op op) {
  return op_info(op).imm == Imm::MemArg && !op_info(op).is_prefixed() && op != Op::F32Load &&
         op != Op::F64Load && op != Op::F32Store && op != Op::F64Store;
}

/// Who compiles an opcode: compile_op itself, or a member for its kind. No default: a new row must be placed
/// here.
constexpr Family family_of(Op op) {
  const OpInfo& info = op_info(op);
  switch (info.imm) {
    case Imm::MemArg:
    case Imm::MemArgLane:
      return is_int_access(op) ? Family::direct : Family::memory;
    case Imm::Lane:
    case Imm::Shuffle:
    case Imm::BlockType:
    case Imm::Label:
    case Imm::LabelTable:
    case Imm::FuncIndex:
    case Imm::TypeTable:
    case Imm::TagIndex:
    case Imm::TryTableClauses:
      return op == Op::RefFunc ? Family::reference : Family::direct;
    case Imm::LocalIndex:
    case Imm::GlobalIndex:
    case Imm::V128Const:
    case Imm::I32Const:
    case Imm::I64Const:
    case Imm::F32Const:
    case Imm::F64Const:
    case Imm::SelectTypes:
    case Imm::AtomicFence:
      return Family::direct;
    case Imm::TableIndex:
    case Imm::TableTable:
    case Imm::ElemTable:
    case Imm::ElemIndex:
    case Imm::DataMem:
    case Imm::DataIndex:
    case Imm::MemIndex:
    case Imm::MemMem:
      return Family::instance;
    case Imm::HeapType:
      return op == Op::RefNull ? Family::reference : Family::unsupported;
    case Imm::RefTypeCast:
    case Imm::TypeField:
    case Imm::TypeTypes:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeLength:
      return Family::unsupported;
    case Imm::TypeIndex:
      return op == Op::CallRef || op == Op::ReturnCallRef ? Family::direct : Family::unsupported;
    case Imm::None:
      if (info.has_meaning() || info.has(trait::control)) return Family::direct;
      if (op == Op::Drop || op == Op::Select || op == Op::Nop) return Family::direct;
      return op == Op::ArrayLen ? Family::unsupported : Family::reference;
  }
  return Family::unsupported;
}

struct FamilyTable {
  Family families[k_op_count];
  constexpr FamilyTable() : families() {
    for (unsigned i = 0; i < k_op_count; ++i) families[i] = family_of(static_cast<Op>(i));
  }
};
constexpr FamilyTable k_families;

/// Opcodes by whether numeric.def has a row for them.
struct Coverage {
  bool has_row[k_op_count] = {};
  constexpr Coverage() {
#define NUMERIC(id, ...) has_row[static_cast<unsigned>(Op::id)] = true;
#include LINDVM_TARGET_NUMERIC
  }
};

constexpr bool is_lowered_here(const OpInfo& info) {
  return info.has_meaning() && (info.imm == Imm::None || info.imm == Imm::Lane || info.imm == Imm::Shuffle);
}

constexpr bool is_complete() {
  constexpr Coverage coverage;
  for (unsigned i = 0; i < k_op_count; ++i) {
    if (coverage.has_row[i] != is_lowered_here(k_op_info[i])) return false;
  }
  return true;
}
static_assert(is_complete(), "every numeric opcode has a row in jit/<isa>/numeric.def");

}  // namespace

/// One switch for what is frequent: the processor predicts where each opcode leads as well as it can, but not
/// several times per opcode.
[[gnu::always_inline]] inline void Compiler::compile_op(Op op) {
  switch (op) {
    case Op::Nop:
      return;
    case Op::Drop:
      pop();
      return;
    case Op::Select:
      return lower_select(top(1).where == Entry::Where::constant ? top(2).kind : top(1).kind);
    case Op::SelectTyped:
      reader_.u32();
      return lower_select(read_value_type(reader_).kind());
    case Op::LocalGet:
      return push_local(reader_.u32());
    case Op::LocalSet:
      return set_local(reader_.u32(), false);
    case Op::LocalTee:
      return set_local(reader_.u32(), true);
    case Op::GlobalGet:
      return lower_global_get(reader_.u32());
    case Op::GlobalSet:
      return lower_global_set(reader_.u32());
    case Op::I32Const:
      return push_const(ValKind::i32, static_cast<uint32_t>(reader_.s32()));
    case Op::I64Const:
      return push_const(ValKind::i64, static_cast<uint64_t>(reader_.s64()));
    case Op::F32Const:
      return push_const(ValKind::f32, reader_.fixed<uint32_t>());
    case Op::F64Const:
      return push_const(ValKind::f64, reader_.fixed<uint64_t>());
    case Op::V128Const:
      return vector_constant();
    case Op::AtomicFence:
      reader_.u8();
      return lower_fence();
    case Op::I32Load:
    case Op::I32Load8S:
    case Op::I32Load8U:
    case Op::I32Load16S:
    case Op::I32Load16U:
      return lower_load_int(op, ValKind::i32);
    case Op::I64Load:
    case Op::I64Load8S:
    case Op::I64Load8U:
    case Op::I64Load16S:
    case Op::I64Load16U:
    case Op::I64Load32S:
    case Op::I64Load32U:
      return lower_load_int(op, ValKind::i64);
    case Op::I32Store:
    case Op::I32Store8:
    case Op::I32Store16:
    case Op::I64Store:
    case Op::I64Store8:
    case Op::I64Store16:
    case Op::I64Store32:
      return lower_store_int(op);
#define NUMERIC(id, ...) \
  case Op::id:           \
    return __VA_ARGS__;
#include LINDVM_TARGET_NUMERIC
    case Op::Unreachable:
      call_trap(Trap::Unreachable);
      return unreachable();
    case Op::Block:
      return open_block(op);
    case Op::Loop:
      return open_loop();
    case Op::If:
      return open_if();
    case Op::Else:
      return begin_else();
    case Op::End:
      return end_block();
    case Op::Br:
      return branch_to(reader_.u32());
    case Op::BrIf:
      return branch_if(reader_.u32());
    case Op::BrTable:
      return branch_table();
    case Op::Return:
      return emit_return();
    case Op::BrOnNull:
      return branch_null(true);
    case Op::BrOnNonNull:
      return branch_null(false);
    case Op::Call:
      return call(reader_.u32(), false);
    case Op::CallIndirect:
      return call_indirect(false);
    case Op::CallRef:
      return call_ref(false);
    case Op::ReturnCall:
      return call(reader_.u32(), true);
    case Op::ReturnCallIndirect:
      return call_indirect(true);
    case Op::ReturnCallRef:
      return call_ref(true);
    case Op::LegacyTry:
      return open_try();
    case Op::LegacyCatch:
      return begin_catch(false);
    case Op::LegacyCatchAll:
      return begin_catch(true);
    case Op::LegacyDelegate:
      return delegate();
    case Op::LegacyRethrow:
      return rethrow(reader_.u32());
    case Op::TryTable:
      return open_try_table();
    case Op::Throw:
      return throw_tag(reader_.u32());
    case Op::ThrowRef:
      return throw_ref();
    default:
      return compile_other(op);
  }
}

void Compiler::compile_body() {
  Control body;
  body.results = type_->results;
  open(Op::Block, body);
  while (!controls_.empty() && !failed_) {
    if (!reachable_) skip_dead_code(reader_);
    wasm_offset_ = static_cast<uint32_t>(reader_.position() - module_->bytes().data());
    locked_ = 0;
    if (records_starts_) starts_.push_back({masm_.offset(), wasm_offset_});
    compile_op(read_op(reader_));
  }
}

void Compiler::compile_other(Op op) {
  switch (k_families.families[static_cast<unsigned>(op)]) {
    case Family::memory:
      return memory_op(op);
    case Family::reference:
      return compile_reference(op);
    case Family::instance:
      return instance_op(op);
    case Family::unsupported:
      return unsupported(op);
    case Family::direct:
      failed_ = true;  // Compiler.EveryOpcodeIsCompiled tells
      return;
  }
}

void Compiler::vector_constant() {
  uint64_t low = reader_.fixed<uint64_t>(), high = reader_.fixed<uint64_t>();
  Reg reg = result_reg(true);
  masm_.load_const128(reg, low, high);
  push_reg(ValKind::v128, reg);
}

void Compiler::compile_reference(Op op) {
  switch (op) {
    case Op::RefNull:
      reader_.s33();
      return push_const(ValKind::ref, 0);
    case Op::RefFunc:
      // The handle is known to the instance only.
      return call_helper(reinterpret_cast<const void*>(&helpers::ref_func), 0, k_one_ref, reader_.u32());
    case Op::RefIsNull: {
      Entry ref = pop();
      Cond cond = lower_null_test(use(ref));
      return push_condition(cond);
    }
    case Op::RefEq: {
      Entry right = pop(), left = pop();
      Reg a = use(left), b = use(right);
      return push_condition(lower_compare_refs(a, b));
    }
    case Op::RefAsNonNull: {
      Reg reg = use_top();
      masm_.jump_if(lower_null_test(reg), trap_label(Trap::NullReference));
      return;
    }
    case Op::AnyConvertExtern:
    case Op::ExternConvertAny:
      return;
    case Op::RefI31:
    case Op::I31GetS:
    case Op::I31GetU:
      return lower_i31(op);
    default:
      failed_ = true;
      return;
  }
}

/// A condition that the next instruction consumes stays in the flags.
void Compiler::push_condition(Cond cond) {
  uint8_t next = next_byte();
  constexpr uint8_t k_if = 0x04, k_br_if = 0x0d, k_select = 0x1b, k_eqz = 0x45;
  if (next == k_br_if || next == k_if || next == k_select || next == k_eqz) return push_flags(cond);
  Entry entry = Entry::in_flags(height_, cond);
  Reg reg = result_reg(false);
  lower_condition(entry, reg);
  push_reg(ValKind::i32, reg);
}

}  // namespace lindvm::jit
