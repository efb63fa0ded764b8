// Translation of numeric instructions and select.

#include "vm/interp/translator.h"

namespace lindvm::interp {

namespace {

ValType result_of(const OpInfo& info) {
  return value_type(signature_info(info.signature).result_types[0], k_i32);
}

}  // namespace

void Translator::int_binary(Op op, uint16_t family) {
  const OpInfo& info = op_info(op);
  Entry right = pop(), left = pop();
  if ((info.traits & trait::commutes) && left.where == Entry::Where::constant &&
      right.where != Entry::Where::constant) {
    std::swap(left.where, right.where);
    std::swap(left.local, right.local);
    std::swap(left.bits, right.bits);
    std::swap(left.producer, right.producer);
    std::swap(left.slot, right.slot);
  }
  if ((op == Op::I32Xor || op == Op::I64Xor) && fuse_shift(op, left, right)) return;
  place(left);
  Raw probe;
  bool fits = use_immediate(probe, 2, right, 32);
  if (!fits) place(right);
  height_ = std::min(left.slot, right.slot);
  Raw& raw = emit_result(family, Form::int_binary, result_of(info));
  if (fits) {
    use_immediate(raw, 2, right, 32);
  } else {
    use(raw, 2, right, Bank::integer);
  }
  use(raw, 1, left, Bank::integer);
}

void Translator::int_compare(Op op, uint16_t family) {
  Entry right = pop(), left = pop();
  (void)op;
  place(left);
  Raw probe;
  bool fits = use_immediate(probe, 2, right, 32);
  if (!fits) place(right);
  Raw& raw = emit_result(family, Form::int_compare, k_i32);
  if (fits) {
    use_immediate(raw, 2, right, 32);
  } else {
    use(raw, 2, right, Bank::integer);
  }
  use(raw, 1, left, Bank::integer);
}

void Translator::int_unary(Op op, uint16_t family) {
  Entry operand = pop();
  place(operand);
  Raw& raw = emit_result(family, Form::int_unary, result_of(op_info(op)));
  use(raw, 1, operand, Bank::integer);
}

void Translator::flt_binary(Op op, uint16_t family) {
  ValType type = result_of(op_info(op));
  Entry right = pop(), left = pop();
  if (fuse_load(op, left, right) || fuse_multiply(op, left, right)) return;
  place(left);
  place(right);
  Raw& raw = emit_result(family, Form::flt_binary, type);
  use(raw, 1, left, bank_of(type));
  use(raw, 2, right, bank_of(type));
}

/// If one operand of a xor was just shifted by a constant, lets the xor do that.
bool Translator::fuse_shift(Op op, Entry left, Entry right) {
  if (is_last_producer(left)) std::swap(left, right);
  if (left.where == Entry::Where::constant || !is_last_producer(right)) return false;
  Raw last = raws_.back();
  uint16_t handler = op_handlers(last.op).shift_xor;
  if (handler == 0 || last.form != Form::int_binary || !last.immediate) return false;
  raws_.pop_back();
  height_ = std::min(left.slot, right.slot);
  Raw& raw = emit_result(handler, Form::int_shift_xor, result_of(op_info(op)));
  use(raw, 1, left, Bank::integer);
  raw.operand[2] = last.operand[1];
  raw.operand[3] = static_cast<int16_t>(last.imm & 63);
  if (last.in_acc & 2) raw.in_acc |= 4;
  if (last.temporaries & 2) raw.temporaries |= 4;
  return true;
}

/// If the right operand (or, of a sum, the left one) is a product just computed, lets the addition compute
/// it.
bool Translator::fuse_multiply(Op op, Entry left, Entry right) {
  uint16_t handler = op_handlers(op).mul_add;
  if (op == Op::F64Add && is_last_producer(left)) std::swap(left, right);
  if (handler == 0 || left.where == Entry::Where::constant || !is_last_producer(right)) return false;
  Raw last = raws_.back();
  if (last.op != Op::F64Mul || last.form != Form::flt_binary) return false;
  raws_.pop_back();
  height_ = std::min(left.slot, right.slot);
  Raw& raw = emit_result(handler, Form::flt_mul_add, k_f64);
  use(raw, 1, left, Bank::f64);
  raw.operand[2] = last.operand[1];
  raw.operand[3] = last.operand[2];
  raw.in_acc |= static_cast<uint8_t>((last.in_acc & 6) << 1);
  raw.temporaries |= static_cast<uint8_t>((last.temporaries & 6) << 1);
  return true;
}

/// If the right operand was just loaded, lets the arithmetic load it.
bool Translator::fuse_load(Op op, const Entry& left, const Entry& right) {
  uint16_t handler = op_handlers(op).load_op;
  if (handler == 0 || left.where == Entry::Where::constant || !is_last_producer(right)) return false;
  Raw last = raws_.back();
  if (last.op != Op::F64Load || last.handler != op_handlers(Op::F64Load).base || last.imm > 0xffff)
    return false;
  raws_.pop_back();
  Raw& raw = emit_result(handler, Form::flt_load_op, k_f64);
  raw.wasm_offset = last.wasm_offset;  // the load is what may trap
  use(raw, 1, left, Bank::f64);
  raw.operand[2] = last.operand[1];
  raw.operand[3] = static_cast<int16_t>(last.imm);
  if (last.in_acc & 2) raw.in_acc |= 4;
  if (last.temporaries & 2) raw.temporaries |= 4;
  return true;
}

void Translator::flt_unary(Op op, uint16_t family) {
  ValType type = result_of(op_info(op));
  Entry operand = pop();
  place(operand);
  Raw& raw = emit_result(family, Form::flt_unary, type);
  use(raw, 1, operand, bank_of(type));
}

/// An opcode with one handler: operands in slots (fields y, z, w), result in x, immediates as the handler
/// wants.
void Translator::cold(Op op, uint16_t handler) {
  const OpInfo& info = op_info(op);
  Entry operands[4];
  const SignatureInfo& signature = signature_info(info.signature);
  int count = signature.operand_count;
  bool wide = signature.result_count == 2;  // wide arithmetic: operands and results are consecutive slots
  if (wide) materialize_top(count);
  for (int i = count; i-- > 0;) operands[i] = pop();
  for (int i = 0; i < count; ++i) place(operands[i]);
  V128 lanes{};
  int lane = -1;
  if (info.imm == Imm::Lane) lane = reader_.u8();
  if (info.imm == Imm::Shuffle) lanes = reader_.fixed<V128>();
  Raw& raw = emit_result(handler, Form::fixed, result_of(info));
  if (wide) {
    stack_.back().producer = -1;
    raw.bank = Bank::none;
    raw.operand[1] = offset(operands[0].slot);
    push_slot(k_i64);
    return;
  }
  for (int i = 0; i < count; ++i) use(raw, i + 1, operands[i], bank_of(operands[i].type));
  if (lane >= 0) raw.operand[3] = static_cast<int16_t>(lane);
  if (info.imm == Imm::Shuffle) {
    uint64_t words[2];
    std::memcpy(words, &lanes, 16);
    raw.side = add_side(words[0], words[1]);
    raw.extra_units = 1;
  }
}

void Translator::select(ValType type) {
  Entry condition = pop(), no = pop(), yes = pop();
  place(yes);
  place(no);
  place(condition);
  Bank bank = bank_of(type);
  uint16_t handler = bank == Bank::integer ? H_Select_S_S
                     : bank == Bank::f32   ? H_SelectF32
                     : bank == Bank::f64   ? H_SelectF64
                                           : H_SelectV128;
  Raw& raw = emit_result(handler, bank == Bank::integer ? Form::int_select : Form::fixed, type);
  use(raw, 1, yes, bank);
  use(raw, 2, no, bank);
  use(raw, 3, condition, Bank::integer);
}

}  // namespace lindvm::interp
