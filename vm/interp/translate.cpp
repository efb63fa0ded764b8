// The translator's main loop: one opcode after the other, with dead code skipped.

#include "memory/linear_memory.h"
#include "vm/interp/operands.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

void Translator::begin(CompiledModule& compiled, FunctionCode& code) {
  compiled_ = &compiled;
  module_ = &compiled.module();
  code_ = &code;
  function_ = &module_->functions()[code.index];
  type_ = &func_type(function_->type);
  module_begin_ = module_->bytes().data();
  reader_ = CodeReader(module_begin_ + function_->body.begin);
  const std::vector<MemoryType>& memories = module_->memories();
  guards_memory_ =
      !memories.empty() && !LinearMemory::needs_explicit_checks(memories[0].is64, memories[0].page_size_log2);
  controls_.clear();
  clauses_.clear();
  raws_.reset();
  sides_.clear();
  label_positions_.clear();
  branches_.clear();
  tables_.clear();
  table_labels_.clear();
  handlers_.clear();
  constant_bits_.clear();
  barrier_ = 1;
  call_weight_ = 0;
  refills_ = 0;
  reachable_ = true;
  set_loop_depth(0);
  lay_out_frame();
}

/// Parameters, locals, loop constants, operands.
void Translator::lay_out_frame() {
  locals_.clear();
  locals_.emplace_back();
  param_slots_ = function_->param_slots;
  slot_base_ = static_cast<int32_t>(param_slots_) - 1;
  uint32_t slot = 0;
  auto add_local = [&](ValType type) {
    Local local;
    local.type = slot_type(type);
    local.offset = slot < param_slots_ ? static_cast<int16_t>(1 + param_slots_ - slot) : own_offset(slot);
    locals_.push_back(local);
    slot += slot_count(type);
  };
  for (ValType type : type_->params) add_local(type);
  for (const LocalRun& run : module_->local_runs(*function_)) {
    for (uint32_t i = 0; i < run.count; ++i) add_local(run.type);
  }
  local_slots_ = constants_base_ = slot;
  local_count_ = static_cast<uint32_t>(locals_.size());
  // Below the operand stack, since a callee's frame begins where the operands end.
  if (function_->has_loops) slot += k_loop_constants;
  height_ = slot;
  // Besides the operands, each open legacy catch keeps its exception.
  frame_end_ = slot + function_->max_operand_slots + function_->max_control_depth;
  stack_.clear(function_->max_operand_slots + function_->max_control_depth);
}

Result<std::unique_ptr<FunctionTranslation>> Translator::translate(CompiledModule& compiled,
                                                                   FunctionCode& code) {
  const ModuleFunction& function = compiled.module().functions()[code.index];
  uint64_t slots = uint64_t{function.param_slots} + function.local_slots +
                   (function.has_loops ? k_loop_constants : 0) + function.max_operand_slots +
                   function.max_control_depth;
  if (slots > k_max_frame_slots) {
    return Error{ErrorKind::unsupported, "function frame too large", function.body.begin};
  }
  begin(compiled, code);
  Control body;
  body.results = type_->results;
  open(Op::Block, body);
  translate_body();
  choose_pins();
  return encode();
}

/// Valid, but nothing here executes it: traps when reached.
void Translator::unsupported() {
  skip_immediates(reader_, op_);
  emit(H_TrapNow, Form::fixed).set_imm(static_cast<uint32_t>(Trap::Unsupported));
  reachable_ = false;
}

/// Memory immediate: alignment and flags, memory index if bit 6 says so, offset.
LINDVM_HOT Translator::MemoryOperand Translator::read_memory_operand(CodeReader& reader) const {
  MemoryOperand at;
  if (reader.u32() & 0x40) at.memory = reader.u32();
  at.offset = reader.u64();
  at.guarded = at.memory == 0 && guards_memory_;
  return at;
}

/// One opcode after the other, to the function's end. The frequent ones are handled here, with the position
/// in the code in a register; after one that may end reachable code, dead code is skipped.
void Translator::translate_body() {
  for (CodeReader reader = reader_;;) {
    op_position_ = reader.position();
    const uint8_t byte = reader.u8();
    const OpHandlers& row = *k_rows_by_byte[byte];
    op_ = row.op;
    switch (k_treatments_by_byte[byte]) {
      case Treatment::local_get:
        push_local(reader.u32());
        continue;
      case Treatment::i32_const:
        push_const(SlotType::i32, static_cast<uint32_t>(reader.s32()));
        continue;
      case Treatment::i64_const:
        push_const(SlotType::i64, static_cast<uint64_t>(reader.s64()));
        continue;
      case Treatment::local_set:
        set_local(reader.u32(), false);
        continue;
      case Treatment::local_tee:
        set_local(reader.u32(), true);
        continue;
      case Treatment::int_binary:
        int_binary(row);
        continue;
      case Treatment::int_compare:
        int_compare(row);
        continue;
      case Treatment::int_unary:
        unary(row, Form::int_unary, Bank::integer);
        continue;
      case Treatment::int_load:
        load(row, Form::int_unary, read_memory_operand(reader));
        continue;
      case Treatment::int_store:
        store(row, Form::int_store, read_memory_operand(reader));
        continue;
      case Treatment::flt_binary:
        flt_binary(row);
        continue;
      case Treatment::flt_unary:
        unary(row, Form::flt_unary, bank_of(row.result));
        continue;
      case Treatment::flt_load:
        load(row, Form::flt_load, read_memory_operand(reader));
        continue;
      case Treatment::flt_store:
        store(row, Form::flt_store, read_memory_operand(reader));
        continue;
      case Treatment::br_if:
        branch_if(reader.u32());
        continue;
      case Treatment::call:
        call(reader.u32(), false);
        continue;
      case Treatment::drop:
        pop();
        continue;
      case Treatment::select:
        select(top(1).is_constant() ? top(2).type() : top(1).type());
        continue;
      default:
        reader_ = reader;
        translate_rare(row);
    }
    if (controls_.empty()) return;
    if (!reachable_) skip_dead_code(reader_);
    reader = reader_;
  }
}

/// Any opcode.
void Translator::translate_rare(const OpHandlers& row) {
  switch (row.treatment) {
    case Treatment::prefixed: {
      op_ = op_of_prefixed(op_position_[0], reader_.u32());
      return translate_rare(op_handlers(op_));
    }
    case Treatment::int_binary:
      return int_binary(row);
    case Treatment::int_compare:
      return int_compare(row);
    case Treatment::int_unary:
      return unary(row, Form::int_unary, Bank::integer);
    case Treatment::int_load:
      return load(row, Form::int_unary, read_memory_operand(reader_));
    case Treatment::int_store:
      return store(row, Form::int_store, read_memory_operand(reader_));
    case Treatment::flt_binary:
      return flt_binary(row);
    case Treatment::flt_unary:
      return unary(row, Form::flt_unary, bank_of(row.result));
    case Treatment::flt_load:
      return load(row, Form::flt_load, read_memory_operand(reader_));
    case Treatment::flt_store:
      return store(row, Form::flt_store, read_memory_operand(reader_));
    case Treatment::rename:
      return rename(row.result);
    case Treatment::block:
      return open_block();
    case Treatment::if_:
      return open_if();
    case Treatment::else_:
      return begin_else();
    case Treatment::end:
      return end_block();
    case Treatment::br:
      return branch_to(reader_.u32());
    case Treatment::br_if:
      return branch_if(reader_.u32());
    case Treatment::call:
      return call(reader_.u32(), false);
    case Treatment::drop:
      pop();
      return;
    case Treatment::select:
      return select(top(1).is_constant() ? top(2).type() : top(1).type());
    case Treatment::local_get:
      return push_local(reader_.u32());
    case Treatment::local_set:
      return set_local(reader_.u32(), false);
    case Treatment::local_tee:
      return set_local(reader_.u32(), true);
    case Treatment::global_get:
      return global_get(reader_.u32());
    case Treatment::global_set:
      return global_set(reader_.u32());
    case Treatment::i32_const:
      return push_const(SlotType::i32, static_cast<uint32_t>(reader_.s32()));
    case Treatment::i64_const:
      return push_const(SlotType::i64, static_cast<uint64_t>(reader_.s64()));
    case Treatment::f32_const:
      return push_const(SlotType::f32, reader_.fixed<uint32_t>());
    case Treatment::f64_const:
      return push_const(SlotType::f64, reader_.fixed<uint64_t>());
    case Treatment::none:
      return;
    case Treatment::unsupported:
      return unsupported();
    case Treatment::flt_compare:
    case Treatment::cold:
      cold(row);
      return;
    case Treatment::cold_lane:
      return cold_lane(row);
    case Treatment::shuffle:
      return shuffle(row);
    case Treatment::wide:
      return wide(row);
    case Treatment::memory:
    case Treatment::memory_lane:
      return memory_op(row, read_memory_operand(reader_));
    case Treatment::nothing:
      return;
    case Treatment::unreachable:
      emit(row.base, Form::fixed).set_imm(static_cast<uint32_t>(Trap::Unreachable));
      reachable_ = false;
      return;
    case Treatment::br_table:
      return branch_table();
    case Treatment::return_:
      return emit_return();
    case Treatment::br_on_null:
      return branch_null(true);
    case Treatment::br_on_non_null:
      return branch_null(false);
    case Treatment::call_indirect:
      return call_indirect(false);
    case Treatment::call_ref:
      return call_ref(false);
    case Treatment::return_call:
      return call(reader_.u32(), true);
    case Treatment::return_call_indirect:
      return call_indirect(true);
    case Treatment::return_call_ref:
      return call_ref(true);
    case Treatment::legacy_try:
      return open_try();
    case Treatment::legacy_catch:
      return begin_catch(false);
    case Treatment::legacy_catch_all:
      return begin_catch(true);
    case Treatment::legacy_delegate:
      return delegate();
    case Treatment::legacy_rethrow:
      return rethrow(reader_.u32());
    case Treatment::try_table:
      return open_try_table();
    case Treatment::throw_:
      return throw_tag(reader_.u32());
    case Treatment::throw_ref:
      return throw_ref();
    case Treatment::select_typed:
      reader_.u32();
      return select(slot_type(read_value_type(reader_)));
    case Treatment::v128_const:
      return v128_const();
    case Treatment::ref_null:
      reader_.s33();
      return push_const(SlotType::i64, 0);
    case Treatment::ref_func:
      return indexed_get(row.base, SlotType::i64, reader_.u32());
    case Treatment::ref_is_null:
    case Treatment::i31_get:
      return unary_fixed(row, SlotType::i32);
    case Treatment::ref_i31:
      return unary_fixed(row, SlotType::i64);
    case Treatment::ref_eq:
      return ref_eq(row);
    case Treatment::ref_as_non_null:
      return ref_as_non_null(row);
    case Treatment::fence:
      reader_.u8();
      emit(row.base, Form::fixed);
      return;
    case Treatment::table_get:
      return table_get(reader_.u32());
    case Treatment::table_set:
      return table_set(reader_.u32());
    case Treatment::table_size:
      return table_size(reader_.u32());
    case Treatment::table_grow:
      return table_grow(reader_.u32());
    case Treatment::memory_size:
      return memory_size(reader_.u32());
    case Treatment::memory_grow:
      return memory_grow(reader_.u32());
    case Treatment::bulk:
      return bulk(row, false);
    case Treatment::bulk_between:
      return bulk(row, true);
    case Treatment::drop_segment:
      emit(row.base, Form::fixed).set_imm(reader_.u32());
      return;
  }
}

}  // namespace lindvm::interp

namespace lindvm {

Result<std::unique_ptr<FunctionTranslation>> translate_function(CompiledModule& compiled,
                                                                FunctionCode& code) {
  static thread_local interp::Translator translator;
  return translator.translate(compiled, code);
}

}  // namespace lindvm
