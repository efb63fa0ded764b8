// Translation of memory, table, global and reference instructions.

#include "memory/linear_memory.h"
#include "vm/interp/translator.h"
#include "vm/runtime/context.h"

namespace lindvm::interp {

namespace {

ValType address_type(bool is64) { return is64 ? k_i64 : k_i32; }

}  // namespace

/// Memory immediate: alignment and flags, memory index if bit 6 says so, offset.
void Translator::memory_op(Op op) {
  const OpHandlers& handlers = op_handlers(op);
  const OpInfo& info = op_info(op);
  uint32_t flags = reader_.u32();
  uint32_t memory = flags & 0x40 ? reader_.u32() : 0;
  uint64_t memory_offset = reader_.u64();
  int lane = info.imm == Imm::MemArgLane ? reader_.u8() : -1;
  const MemoryType& type = module_.memories()[memory];
  bool guarded = memory == 0 && !LinearMemory::needs_explicit_checks(type.is64, type.page_size_log2);
  if (guarded) {
    switch (handlers.treatment) {
      case Treatment::int_load:
      case Treatment::flt_load:
        return load_family(op, handlers.base, memory_offset);
      case Treatment::int_store:
      case Treatment::flt_store:
        return store_family(op, handlers.base, memory_offset);
      default:
        break;
    }
  }
  const SignatureInfo& signature = signature_info(info.signature);
  Entry operands[3];
  int count = signature.operand_count;
  for (int i = count; i-- > 0;) operands[i] = pop();
  for (int i = 0; i < count; ++i) place(operands[i]);
  uint32_t side = add_side(memory_offset, uint64_t{memory} << 32);
  uint16_t handler = guarded && handlers.treatment == Treatment::memory ? handlers.base : handlers.memory;
  bool has_result = signature.result_count != 0;
  Raw& raw = has_result ? emit_result(handler, Form::fixed, value_type(signature.result_types[0], k_i32))
                        : emit(handler, Form::fixed);
  int field = has_result ? 1 : 0;
  for (int i = 0; i < count; ++i) use(raw, field + i, operands[i], bank_of(operands[i].type));
  if (lane >= 0) raw.operand[3] = static_cast<int16_t>(lane);
  raw.side = side;
  raw.extra_units = 1;
}

/// If the address was just computed by an add or shift, lets the load do that.
bool Translator::fuse_address(Op op, const Entry& address, ValType type, uint64_t memory_offset) {
  const OpHandlers& handlers = op_handlers(op);
  if (handlers.load_add == 0 || memory_offset > 0xffff || !is_last_producer(address)) return false;
  Raw last = raws_.back();
  if (last.form != Form::int_binary || (last.op != Op::I32Add && last.op != Op::I32Shl)) return false;
  bool is_shift = last.op == Op::I32Shl;
  auto constant = static_cast<int16_t>(is_shift ? last.imm & 31 : last.imm);
  bool is_wide = last.immediate && !is_shift && constant != static_cast<int32_t>(last.imm);
  if (is_wide ? memory_offset != 0 : is_shift && !last.immediate) return false;
  raws_.pop_back();
  bool is_int = bank_of(type) == Bank::integer;
  uint16_t handler = is_shift          ? handlers.load_shl
                     : is_wide         ? handlers.load_add_wide
                     : !last.immediate ? handlers.load_add
                                       : handlers.load_add_imm;
  Form form = last.immediate ? (is_int ? Form::int_unary : Form::flt_load)
                             : (is_int ? Form::int_load_add : Form::flt_load_add);
  Raw& raw = emit_result(handler, form, type);
  raw.operand[1] = last.operand[1];
  raw.operand[2] = last.immediate ? constant : last.operand[2];
  raw.operand[3] = static_cast<int16_t>(memory_offset);
  raw.imm = last.imm;
  raw.has_imm = is_wide;
  raw.in_acc = last.in_acc;
  raw.temporaries = last.temporaries;
  return true;
}

void Translator::load_family(Op op, uint16_t family, uint64_t memory_offset) {
  ValType type = value_type(signature_info(op_info(op).signature).result_types[0], k_i32);
  Bank bank = bank_of(type);
  Entry address = pop();
  if (fuse_address(op, address, type, memory_offset)) return;
  place(address);
  Raw& raw = emit_result(family, bank == Bank::integer ? Form::int_unary : Form::flt_load, type);
  use(raw, 1, address, Bank::integer);
  raw.imm = static_cast<uint32_t>(memory_offset);
  raw.has_imm = true;
}

void Translator::store_family(Op op, uint16_t family, uint64_t memory_offset) {
  ValType type = value_type(signature_info(op_info(op).signature).operand_types[1], k_i32);
  Bank bank = bank_of(type);
  Entry value = pop(), address = pop();
  place(address);
  Raw probe;
  bool fits = bank == Bank::integer && use_immediate(probe, 1, value, 16);
  if (!fits) place(value);
  Raw& raw = emit(family, bank == Bank::integer ? Form::int_store : Form::flt_store);
  if (fits) {
    use_immediate(raw, 1, value, 16);
  } else {
    use(raw, 1, value, bank);
  }
  use(raw, 0, address, Bank::integer);
  raw.imm = static_cast<uint32_t>(memory_offset);
  raw.has_imm = true;
}

void Translator::global_get(uint32_t index) {
  const ModuleGlobal& global = module_.globals()[index];
  ValType type = global.type.type;
  Bank bank = bank_of(type);
  bool own = index >= module_.imported_globals();
  uint32_t own_index = index - module_.imported_globals();
  if (own && bank == Bank::integer) {
    Raw& raw = emit_result(H_GlobalGetOwn_S, Form::int_const, type);
    raw.imm = static_cast<uint32_t>(sizeof(InstanceContext) + own_index * sizeof(GlobalCell));
    raw.has_imm = true;
    return;
  }
  uint16_t handler = bank == Bank::integer ? H_GlobalGetI
                     : bank == Bank::f32   ? H_GlobalGetF32
                     : bank == Bank::f64   ? H_GlobalGetF64
                                           : H_GlobalGetV128;
  Raw& raw = emit_result(handler, Form::fixed, type);
  raw.imm = index;
  raw.has_imm = true;
}

void Translator::global_set(uint32_t index) {
  ValType type = module_.globals()[index].type.type;
  Entry value = pop();
  place(value);
  bool own = index >= module_.imported_globals() && bank_of(type) == Bank::integer;
  uint16_t handler = own ? H_GlobalSetOwn_S : bank_of(type) == Bank::none ? H_GlobalSetV128 : H_GlobalSetI;
  Raw& raw = emit(handler, own ? Form::int_use : Form::fixed);
  use(raw, 0, value, bank_of(type));
  uint32_t own_index = index - module_.imported_globals();
  raw.imm = own ? static_cast<uint32_t>(sizeof(InstanceContext) + own_index * sizeof(GlobalCell)) : index;
  raw.has_imm = true;
}

/// Pops `count` operands into consecutive slots and emits an instruction on them; `words` are its indices.
Raw& Translator::emit_on_slots(uint16_t handler, uint32_t count, uint64_t first_word) {
  materialize_top(count);
  Entry first = top(count - 1);
  for (uint32_t i = 0; i < count; ++i) pop();
  uint32_t side = add_side(first_word, 0);
  Raw& raw = emit(handler, Form::fixed);
  raw.operand[0] = offset(first.slot);
  raw.side = side;
  raw.extra_units = 1;
  return raw;
}

/// Instructions on the instance's objects with operands in slots and one or two index immediates.
void Translator::instance_op(Op op) {
  auto pair = [](uint32_t first, uint32_t second) { return first | uint64_t{second} << 32; };
  auto indexed = [](Raw& raw, uint32_t index) {
    raw.imm = index;
    raw.has_imm = true;
  };
  uint32_t first = reader_.u32();
  switch (op) {
    case Op::TableGet: {
      Entry index = pop();
      place(index);
      Raw& raw = emit_result(H_TableGet, Form::fixed, module_.tables()[first].type.element);
      use(raw, 1, index, Bank::integer);
      return indexed(raw, first);
    }
    case Op::TableSet: {
      Entry value = pop(), index = pop();
      place(index);
      place(value);
      Raw& raw = emit(H_TableSet, Form::fixed);
      use(raw, 0, index, Bank::integer);
      use(raw, 1, value, Bank::integer);
      return indexed(raw, first);
    }
    case Op::TableSize:
      return indexed(emit_result(H_TableSize, Form::fixed, address_type(module_.tables()[first].type.is64)),
                     first);
    case Op::MemorySize:
      return indexed(emit_result(H_MemorySize, Form::fixed, address_type(module_.memories()[first].is64)),
                     first);
    case Op::TableGrow:
      return grow(H_TableGrow, 2, first, module_.tables()[first].type.is64);
    case Op::MemoryGrow:
      return grow(H_MemoryGrow, 1, first, module_.memories()[first].is64);
    case Op::TableFill:
      emit_on_slots(H_TableFill, 3, first);
      return;
    case Op::MemoryFill:
      emit_on_slots(H_MemoryFill, 3, first);
      return;
    case Op::TableCopy:
      emit_on_slots(H_TableCopy, 3, pair(first, reader_.u32()));
      return;
    case Op::MemoryCopy:
      emit_on_slots(H_MemoryCopy, 3, pair(first, reader_.u32()));
      return;
    case Op::TableInit:
      emit_on_slots(H_TableInit, 3, pair(first, reader_.u32()));
      return;
    case Op::MemoryInit:
      emit_on_slots(H_MemoryInit, 3, pair(first, reader_.u32()));
      return;
    case Op::ElemDrop:
      return indexed(emit(H_ElemDrop, Form::fixed), first);
    case Op::DataDrop:
      return indexed(emit(H_DataDrop, Form::fixed), first);
    default:
      break;  // only the opcodes that translate_op sends here
  }
}

void Translator::grow(uint16_t handler, uint32_t operands, uint32_t index, bool is64) {
  Raw& raw = emit_on_slots(handler, operands, index | uint64_t{is64} << 32);
  raw.operand[1] = raw.operand[0];
  Entry& result = push_slot(address_type(is64));
  raw.operand[0] = offset(result.slot);
  raw.bank = Bank::integer;
  result.producer = static_cast<int32_t>(raws_.size()) - 1;
}

}  // namespace lindvm::interp
