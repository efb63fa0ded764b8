// The fast lane of validation: the dozen kinds of instruction that make up most code, with the cursor and the
// operand stack's top in registers and one dispatch per kind rather than per opcode. Whatever is not plainly
// right here is left to the general path, which also words the errors.

#include <array>

#include "vm/module/validator.h"
#include "vm/types/operand_types.h"

namespace lindvm {

namespace {

enum class Kind : uint8_t { general, numeric, load, store, local_get, local_set, local_tee, constant, br_if };

struct FrequentOp {
  Kind kind = Kind::general;
  uint8_t operands = 0;      // numeric: how many, all of type `operand`
  uint8_t access_bytes = 0;  // load, store
  ValType operand;           // numeric; store: of the value
  ValType result;            // numeric, load, constant
};

constexpr FrequentOp numeric(const SignatureInfo& signature) {
  FrequentOp op{Kind::numeric, signature.operand_count, 0, value_type(signature.operand_types[0], k_bottom),
                value_type(signature.result_types[0], k_bottom)};
  for (OperandType type : signature.operands())
    if (value_type(type, k_bottom) != op.operand) return {};
  return op;
}

constexpr FrequentOp classify(Op op) {
  const OpInfo& info = op_info(op);
  const SignatureInfo& signature = signature_info(info.signature);
  if (info.feature != Feature::mvp) return {};
  if (op == Op::LocalGet) return {Kind::local_get, 0, 0, {}, {}};
  if (op == Op::LocalSet) return {Kind::local_set, 0, 0, {}, {}};
  if (op == Op::LocalTee) return {Kind::local_tee, 0, 0, {}, {}};
  if (op == Op::BrIf) return {Kind::br_if, 0, 0, {}, {}};
  if (info.imm == Imm::I32Const || info.imm == Imm::I64Const)
    return {Kind::constant, 0, 0, {}, value_type(signature.result_types[0], k_bottom)};
  uint8_t bytes = static_cast<uint8_t>(info.access_bytes());
  if (info.imm == Imm::MemArg && info.has(trait::memory_read))
    return {Kind::load, 0, bytes, {}, value_type(signature.result_types[0], k_bottom)};
  if (info.imm == Imm::MemArg && info.has(trait::memory_write))
    return {Kind::store, 0, bytes, value_type(signature.operand_types[1], k_bottom), {}};
  bool is_numeric = info.imm == Imm::None && signature.operand_count > 0 && signature.result_count == 1;
  return is_numeric ? numeric(signature) : FrequentOp{};
}

constexpr auto k_frequent_ops = [] {
  std::array<FrequentOp, 256> ops{};
  for (unsigned byte = 0; byte < 256; byte++)
    if (Op op = op_of_byte(static_cast<uint8_t>(byte)); op != k_no_op) ops[byte] = classify(op);
  return ops;
}();

// No instruction below reads further than this from its start.
constexpr size_t k_lookahead = 8;

// Length of the LEB128 number at `p`, or 0 if it has more than four bytes (28 bits: never too large).
size_t short_leb(const uint8_t* p) {
  for (size_t i = 0; i < 4; i++)
    if (p[i] < 0x80) return i + 1;
  return 0;
}

// Reads an index of one or two bytes; 0 bytes if it is longer.
size_t short_index(const uint8_t* p, uint32_t& index) {
  index = p[0];
  if (index < 0x80) [[likely]]
    return 1;
  if (p[1] >= 0x80) return 0;
  index = (index & 0x7f) | uint32_t{p[1]} << 7;
  return 2;
}

// Length of an access to memory 0 of no more than natural alignment, or 0 if it may be otherwise.
size_t short_memory_argument(const uint8_t* p, uint32_t natural_bytes) {
  return p[0] <= 4 && (1u << p[0]) <= natural_bytes ? 1 + short_leb(p + 1) : 0;
}

}  // namespace

void FunctionValidator::frequent_instructions() {
  if (r_->remaining() <= k_lookahead) return;
  const uint8_t* p = r_->position();
  const uint8_t* const safe_end = r_->end() - k_lookahead;
  const ValType* const base = frame_base_;
  const ValType* const locals = flat_locals_.data();
  const size_t local_count = flat_locals_.size();
  // Below the greatest height so far, a push needs no check.
  const ValType* const high = base_.get() + (max_slots_ - vectors_);
  ValType* sp = sp_;
  auto has = [&](ptrdiff_t count) { return sp - base >= count; };
  for (bool go_on = true; go_on && p < safe_end;) {
    const FrequentOp& op = k_frequent_ops[*p];
    uint32_t index;
    size_t size;
    go_on = false;
    switch (op.kind) {
      case Kind::general:
        break;
      case Kind::numeric:
        if (!has(op.operands) || sp[-1] != op.operand || sp[-op.operands] != op.operand) break;
        sp -= op.operands;
        *sp++ = op.result;
        p++;
        go_on = true;
        break;
      case Kind::local_get:
        size = short_index(p + 1, index);
        if (!size || index >= local_count || !locals[index].is_num() || sp >= high) break;
        *sp++ = locals[index];
        p += 1 + size;
        go_on = true;
        break;
      case Kind::local_set:
      case Kind::local_tee:
        size = short_index(p + 1, index);
        if (!size || index >= local_count || !locals[index].is_num() || !has(1) || sp[-1] != locals[index])
          break;
        sp -= op.kind == Kind::local_set;
        p += 1 + size;
        go_on = true;
        break;
      case Kind::constant:
        size = short_leb(p + 1);
        if (!size || sp >= high) break;
        *sp++ = op.result;
        p += 1 + size;
        go_on = true;
        break;
      case Kind::load:
        size = short_memory_argument(p + 1, op.access_bytes);
        if (size <= 1 || !has_plain_memory_ || !has(1) || sp[-1] != k_i32) break;
        sp[-1] = op.result;
        p += 1 + size;
        go_on = true;
        break;
      case Kind::store:
        size = short_memory_argument(p + 1, op.access_bytes);
        if (size <= 1 || !has_plain_memory_ || !has(2) || sp[-1] != op.operand || sp[-2] != k_i32) break;
        sp -= 2;
        p += 1 + size;
        go_on = true;
        break;
      case Kind::br_if:
        if (p[1] >= 0x80 || p[1] >= frames_.size() || !has(1) || sp[-1] != k_i32) break;
        if (!frames_[frames_.size() - 1 - p[1]].label_types().empty()) break;
        sp--;
        p += 2;
        go_on = true;
        break;
    }
  }
  sp_ = sp;
  r_->seek(p);
}

}  // namespace lindvm
