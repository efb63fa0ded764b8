// The translator's main loop: one opcode after the other, with dead code skipped.

#include "vm/interp/translator.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

namespace {

thread_local Buffers t_buffers;

}  // namespace

void Buffers::clear() {
  local_types_.clear();
  local_slots_.clear();
  stack_.clear();
  controls_.clear();
  clauses_.clear();
  raws_.clear();
  sides_.clear();
  label_positions_.clear();
  handlers_.clear();
  loop_constants_.clear();
  tables_.clear();
}

Translator::~Translator() {
  clear();
  t_buffers = static_cast<Buffers&&>(*this);
}

Translator::Translator(CompiledModule& compiled, FunctionCode& code)
    : Buffers(std::move(t_buffers)),
      module_(compiled.module()),
      compiled_(compiled),
      code_(code),
      function_(module_.functions()[code.index]),
      type_(func_type(function_.type)),
      reader_(module_.bytes().data() + function_.body.begin) {
  param_slots_ = function_.param_slots;
  uint32_t slot = 0;
  auto add_local = [&](ValType type) {
    local_types_.push_back(type);
    local_slots_.push_back(slot);
    slot += slot_count(type);
  };
  for (ValType type : type_.params) add_local(type);
  for (const LocalRun& run : module_.local_runs(function_)) {
    for (uint32_t i = 0; i < run.count; ++i) add_local(run.type);
  }
  local_slot_count_ = constants_base_ = slot;
  // Below the operand stack, since a callee's frame begins where the operands end.
  if (function_.has_loops) slot += k_loop_constants;
  height_ = slot;
  // Besides the operands, each open legacy catch keeps its exception.
  frame_end_ = slot + function_.max_operand_slots + function_.max_control_depth;
  local_refs_.assign(slot, 0);
}

Result<std::unique_ptr<FunctionTranslation>> Translator::run() {
  if (frame_end_ > k_max_frame_slots) {
    return Error{ErrorKind::unsupported, "function frame too large", function_.body.begin};
  }
  Control body;
  body.results = type_.results;
  open(Op::Block, body);
  while (!controls_.empty()) {
    if (!reachable_) skip_unreachable();
    const uint8_t* start = reader_.position();
    op_offset_ = static_cast<uint32_t>(start - module_.bytes().data());
    uint8_t byte = reader_.u8();
    op_ = is_prefix(byte) ? op_of_prefixed(byte, reader_.u32()) : op_of_byte(byte);
    translate_op(op_);
  }
  choose_pins();
  return encode();
}

/// Steps to the structural instruction that ends the dead code of the innermost block.
void Translator::skip_unreachable() {
  uint32_t depth = 0;
  for (;;) {
    const uint8_t* start = reader_.position();
    uint8_t byte = reader_.u8();
    Op op = is_prefix(byte) ? op_of_prefixed(byte, reader_.u32()) : op_of_byte(byte);
    bool ends = op == Op::End || op == Op::LegacyDelegate;
    bool switches = op == Op::Else || op == Op::LegacyCatch || op == Op::LegacyCatchAll;
    if (depth == 0 && (ends || switches)) return reader_.seek(start);
    if (ends) --depth;
    if (op == Op::Block || op == Op::Loop || op == Op::If || op == Op::LegacyTry || op == Op::TryTable)
      ++depth;
    skip_immediates(op);
  }
}

void Translator::skip_immediates(Op op) {
  auto skip_leb = [this](int count) {
    for (int i = 0; i < count; ++i) reader_.u64();
  };
  auto skip_bytes = [this](size_t count) { reader_.seek(reader_.position() + count); };
  switch (op_info(op).imm) {
    case Imm::None:
      return;
    case Imm::BlockType: {
      Control ignored;
      return read_block_type(ignored);
    }
    case Imm::LabelTable:
      return skip_leb(static_cast<int>(reader_.u32()) + 1);
    case Imm::Label:
    case Imm::FuncIndex:
    case Imm::TypeIndex:
    case Imm::LocalIndex:
    case Imm::GlobalIndex:
    case Imm::TableIndex:
    case Imm::ElemIndex:
    case Imm::DataIndex:
    case Imm::MemIndex:
    case Imm::TagIndex:
    case Imm::I32Const:
    case Imm::I64Const:
    case Imm::HeapType:
      return skip_leb(1);
    case Imm::TypeTable:
    case Imm::TableTable:
    case Imm::ElemTable:
    case Imm::DataMem:
    case Imm::MemMem:
    case Imm::TypeField:
    case Imm::TypeTypes:
    case Imm::TypeData:
    case Imm::TypeElem:
    case Imm::TypeLength:
      return skip_leb(2);
    case Imm::MemArg:
    case Imm::MemArgLane: {
      bool has_index = reader_.u32() & 0x40;
      skip_leb(has_index ? 2 : 1);
      return skip_bytes(op_info(op).imm == Imm::MemArgLane ? 1 : 0);
    }
    case Imm::Lane:
    case Imm::AtomicFence:
      return skip_bytes(1);
    case Imm::Shuffle:
    case Imm::V128Const:
      return skip_bytes(16);
    case Imm::F32Const:
      return skip_bytes(4);
    case Imm::F64Const:
      return skip_bytes(8);
    case Imm::SelectTypes:
      for (uint32_t count = reader_.u32(); count > 0; --count) read_value_type();
      return;
    case Imm::RefTypeCast:
      skip_bytes(1);
      return skip_leb(3);
    case Imm::TryTableClauses: {
      Control ignored;
      read_block_type(ignored);
      for (uint32_t count = reader_.u32(); count > 0; --count) skip_leb(reader_.u8() < 2 ? 2 : 1);
      return;
    }
  }
}

/// One operand in a slot, one result.
void Translator::unary_fixed(uint16_t handler, ValType type) {
  Entry operand = pop();
  place(operand);
  Raw& raw = emit_result(handler, Form::fixed, type);
  use(raw, 1, operand, Bank::integer);
}

/// Valid, but nothing here executes it: traps when reached.
void Translator::unsupported(Op op) {
  skip_immediates(op);
  Raw& raw = emit(H_TrapNow, Form::fixed);
  raw.imm = static_cast<uint32_t>(Trap::Unsupported);
  raw.has_imm = true;
  reachable_ = false;
}

void Translator::translate_op(Op op) {
  const OpHandlers& handlers = op_handlers(op);
  switch (handlers.treatment) {
    case Treatment::int_binary:
      return int_binary(op, handlers.base);
    case Treatment::int_compare:
      return int_compare(op, handlers.base);
    case Treatment::int_unary:
      return int_unary(op, handlers.base);
    case Treatment::flt_binary:
      return flt_binary(op, handlers.base);
    case Treatment::flt_unary:
      return flt_unary(op, handlers.base);
    case Treatment::int_load:
    case Treatment::int_store:
    case Treatment::flt_load:
    case Treatment::flt_store:
    case Treatment::memory:
      return memory_op(op);
    case Treatment::flt_compare:
      return cold(op, handlers.base);
    case Treatment::cold:
      return translate_cold(op);
    case Treatment::special:
      return translate_special(op);
  }
}

/// Conversions that only rename a slot's bits need no code.
void Translator::translate_cold(Op op) {
  ValType type;
  if (op == Op::I64ExtendI32U || op == Op::I64ReinterpretF64) {
    type = k_i64;
  } else if (op == Op::I32ReinterpretF32) {
    type = k_i32;
  } else if (op == Op::F32ReinterpretI32) {
    type = k_f32;
  } else if (op == Op::F64ReinterpretI64) {
    type = k_f64;
  } else {
    return cold(op, op_handlers(op).base);
  }
  top().type = type;
}

void Translator::translate_special(Op op) {
  switch (op) {
    case Op::Unreachable: {
      Raw& raw = emit(H_TrapNow, Form::fixed);
      raw.imm = static_cast<uint32_t>(Trap::Unreachable);
      raw.has_imm = true;
      reachable_ = false;
      return;
    }
    case Op::Nop:
      return;
    case Op::Block:
    case Op::Loop:
      return open_block(op);
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
    case Op::ThrowRef: {
      Entry ref = pop();
      place(ref);
      use(emit(H_ThrowRef, Form::fixed), 0, ref, Bank::integer);
      reachable_ = false;
      return;
    }
    default:
      return translate_value(op);
  }
}

void Translator::translate_value(Op op) {
  switch (op) {
    case Op::Drop:
      pop();
      return;
    case Op::Select:
      return select(top(1).where == Entry::Where::constant ? top(2).type : top(1).type);
    case Op::SelectTyped:
      reader_.u32();
      return select(read_value_type());
    case Op::LocalGet:
      return push_local(reader_.u32());
    case Op::LocalSet:
      return set_local(reader_.u32(), false);
    case Op::LocalTee:
      return set_local(reader_.u32(), true);
    case Op::GlobalGet:
      return global_get(reader_.u32());
    case Op::GlobalSet:
      return global_set(reader_.u32());
    case Op::I32Const:
      return push_const(k_i32, static_cast<uint32_t>(reader_.s32()));
    case Op::I64Const:
      return push_const(k_i64, static_cast<uint64_t>(reader_.s64()));
    case Op::F32Const:
      return push_const(k_f32, reader_.fixed<uint32_t>());
    case Op::F64Const:
      return push_const(k_f64, reader_.fixed<uint64_t>());
    case Op::V128Const: {
      uint64_t low = reader_.fixed<uint64_t>(), high = reader_.fixed<uint64_t>();
      uint32_t side = add_side(low, high);
      Raw& raw = emit_result(H_ConstV128, Form::fixed, k_v128);
      raw.side = side;
      raw.extra_units = 1;
      return;
    }
    case Op::RefNull:
      reader_.s33();
      return push_const(k_funcref, 0);
    case Op::RefFunc: {
      Raw& raw = emit_result(H_RefFunc, Form::fixed, k_funcref);
      raw.imm = reader_.u32();
      raw.has_imm = true;
      return;
    }
    case Op::RefIsNull:
      return unary_fixed(H_RefIsNull, k_i32);
    case Op::AnyConvertExtern:
    case Op::ExternConvertAny:
      return;
    case Op::RefI31:
      return unary_fixed(H_RefI31, k_funcref);
    case Op::I31GetS:
      return unary_fixed(H_I31GetS, k_i32);
    case Op::I31GetU:
      return unary_fixed(H_I31GetU, k_i32);
    case Op::RefEq: {
      Entry right = pop(), left = pop();
      place(left);
      place(right);
      Raw& raw = emit_result(H_RefEq, Form::fixed, k_i32);
      use(raw, 1, left, Bank::integer);
      use(raw, 2, right, Bank::integer);
      return;
    }
    case Op::RefAsNonNull: {
      materialize_top(1);
      Entry ref = pop();
      use(emit(H_RefAsNonNull, Form::fixed), 0, ref, Bank::integer);
      push_slot(ref.type);
      return;
    }
    case Op::AtomicFence:
      reader_.u8();
      emit(H_AtomicFence, Form::fixed);
      return;
    default:
      return op_info(op).feature == Feature::gc ? unsupported(op) : instance_op(op);
  }
}

}  // namespace lindvm::interp

namespace lindvm {

Result<std::unique_ptr<FunctionTranslation>> translate_function(CompiledModule& compiled,
                                                                FunctionCode& code) {
  return interp::Translator(compiled, code).run();
}

}  // namespace lindvm
