#include "jit/x64/encoder.h"

#include <algorithm>

namespace lindvm::jit::x64 {
namespace {

constexpr size_t k_initial_bytes = 64 * 1024;

constexpr bool is_int8(int32_t value) { return value == static_cast<int8_t>(value); }

}  // namespace

Encoder::Encoder()
    : buffer_(new uint8_t[k_initial_bytes]), end_(buffer_.get()), limit_(buffer_.get() + k_initial_bytes) {}

void Encoder::clear() {
  end_ = buffer_.get();
  positions_.clear();
  fixups_.clear();
  constants_.clear();
}

void Encoder::grow() {
  size_t used = offset(), capacity = 2 * static_cast<size_t>(limit_ - buffer_.get());
  std::unique_ptr<uint8_t[]> larger(new uint8_t[capacity]);
  std::memcpy(larger.get(), buffer_.get(), used);
  buffer_ = std::move(larger);
  end_ = buffer_.get() + used;
  limit_ = buffer_.get() + capacity;
}

// --- labels ----------------------------------------------------------------------------------------------

Label Encoder::pool(uint64_t low, uint64_t high) {
  for (const Constant& constant : constants_) {
    if (constant.low == low && constant.high == high) return constant.label;
  }
  Label label = new_label();
  constants_.push_back({low, high, label});
  return label;
}

bool Encoder::finish() {
  if (!constants_.empty()) {
    while (offset() % 16 != 0) byte(0xcc);
    for (const Constant& constant : constants_) {
      bind(constant.label);
      reserve();
      put64(constant.low);
      put64(constant.high);
    }
  }
  for (const Fixup& fixup : fixups_) {
    int32_t value = positions_[fixup.label] + fixup.addend - static_cast<int32_t>(fixup.at);
    std::memcpy(buffer_.get() + fixup.at, &value, 4);
  }
  return true;
}

/// Backward branches take the short form where it reaches; `second` is the opcode after a 0f escape.
void Encoder::branch(uint8_t opcode, uint8_t second, Label label) {
  reserve();
  if (is_bound(label) && opcode != 0xe8) {
    int32_t distance = position(label) - static_cast<int32_t>(offset()) - 2;
    if (is_int8(distance)) {
      *end_++ = static_cast<uint8_t>(opcode == 0xe9 ? 0xeb : second - 0x10);
      *end_++ = static_cast<uint8_t>(distance);
      return;
    }
  }
  *end_++ = opcode;
  if (second != 0) *end_++ = second;
  fixups_.push_back({offset(), label.id, -4});
  put32(0);
}

void Encoder::jcc(Cond cond, Label label) {
  if (cond == FloatEqual) {
    Label over = new_label();
    branch(0x0f, 0x80 + P, over);
    branch(0x0f, 0x80 + E, label);
    bind(over);
  } else if (cond == FloatNotEqual) {
    branch(0x0f, 0x80 + P, label);
    branch(0x0f, 0x80 + NE, label);
  } else {
    branch(0x0f, static_cast<uint8_t>(0x80 + cond), label);
  }
}

void Encoder::ret(uint16_t bytes_popped) {
  if (bytes_popped == 0) return ret();
  bytes({0xc2, static_cast<uint8_t>(bytes_popped), static_cast<uint8_t>(bytes_popped >> 8)});
}

void Encoder::nop(uint32_t count) {
  static constexpr uint8_t k_nops[][9] = {
      {0x90},
      {0x66, 0x90},
      {0x0f, 0x1f, 0x00},
      {0x0f, 0x1f, 0x40, 0x00},
      {0x0f, 0x1f, 0x44, 0x00, 0x00},
      {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
      {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
      {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
      {0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
  };
  while (count > 0) {
    uint32_t size = std::min<uint32_t>(count, 9);
    reserve();
    std::memcpy(end_, k_nops[size - 1], size);
    end_ += size;
    count -= size;
  }
}

void Encoder::align(uint32_t alignment) { nop((0u - offset()) & (alignment - 1)); }

void Encoder::distance(Label label, Label origin) {
  reserve();
  // The origin is bound already; the field is position - origin.
  fixups_.push_back({offset(), label.id, static_cast<int32_t>(offset()) - position(origin)});
  put32(0);
}

// --- instruction parts -----------------------------------------------------------------------------------

/// From a field of 32 bits after which only the instruction's immediate comes.
void Encoder::refer_to(Label label, const uint8_t* field) {
  auto offset = static_cast<uint32_t>(field - buffer_.get());
  fixups_.push_back({offset, label.id, -4 - static_cast<int32_t>(imm_bytes_)});
}

void Encoder::rr8(uint8_t, uint8_t opcode, Width w, Gpr reg, Gpr rm) {
  rr_(0, w == W64, 1, opcode, reg, rm, rm >= rsp);
}

// --- integer ---------------------------------------------------------------------------------------------

void Encoder::alu(Alu op, Width w, Gpr d, int32_t imm) {
  if (is_int8(imm)) {
    group(0x83, w, op, d);
    *end_++ = static_cast<uint8_t>(imm);
  } else if (d == rax) {
    reserve();
    end_ = put_opcode(end_, 0, w == W64, 0, static_cast<uint8_t>(op * 8 + 5), 0, 0, false);
    put32(imm);
  } else {
    group(0x81, w, op, d);
    put32(imm);
  }
}

void Encoder::alu(Alu op, Width w, Mem d, int32_t imm) {
  group(is_int8(imm) ? 0x83 : 0x81, w, op, d);
  if (is_int8(imm)) {
    byte(static_cast<uint8_t>(imm));
  } else {
    imm32(imm);
  }
}

void Encoder::cmp_imm32(Mem a, int32_t imm) {
  group(0x81, W32, CMP, a);
  imm32(imm);
}

void Encoder::test(Width w, Gpr a, int32_t imm) {
  if (a == rax) {
    reserve();
    end_ = put_opcode(end_, 0, w == W64, 0, 0xa9, 0, 0, false);
  } else {
    group(0xf7, w, 0, a);
  }
  imm32(imm);
}

void Encoder::cmp8(Mem a, int8_t imm) {
  group(0x80, W32, CMP, a);
  byte(static_cast<uint8_t>(imm));
}

void Encoder::mov(Width w, Mem d, int32_t imm) {
  group(0xc7, w, 0, d);
  imm32(imm);
}
void Encoder::mov8(Mem d, uint8_t imm) {
  group(0xc6, W32, 0, d);
  byte(imm);
}
void Encoder::mov16(Mem d, uint16_t imm) {
  rm_(0x66, false, 0, 0xc7, 0, d);
  bytes({static_cast<uint8_t>(imm), static_cast<uint8_t>(imm >> 8)});
}

void Encoder::mov_imm(Gpr d, uint64_t imm) {
  reserve();
  if (imm <= UINT32_MAX) {
    end_ = put_opcode(end_, 0, false, 0, static_cast<uint8_t>(0xb8 | (d & 7)), 0, d >> 3u, false);
    put32(static_cast<int32_t>(imm));
  } else if (static_cast<int64_t>(imm) == static_cast<int32_t>(imm)) {
    group(0xc7, W64, 0, d);
    put32(static_cast<int32_t>(imm));
  } else {
    mov_imm64(d, imm);
  }
}

void Encoder::mov_imm64(Gpr d, uint64_t imm) {
  reserve();
  end_ = put_opcode(end_, 0, true, 0, static_cast<uint8_t>(0xb8 | (d & 7)), 0, d >> 3u, false);
  put64(imm);
}

void Encoder::imul(Width w, Gpr d, Gpr s, int32_t imm) {
  rr(0, w, 0, is_int8(imm) ? 0x6b : 0x69, d, s);
  if (is_int8(imm)) {
    byte(static_cast<uint8_t>(imm));
  } else {
    imm32(imm);
  }
}

void Encoder::cdq(Width w) {
  if (w == W64) byte(0x48);
  byte(0x99);
}

void Encoder::shift(Shift op, Width w, Gpr d, uint8_t count) {
  if (count == 1) return group(0xd1, w, op, d);
  group(0xc1, w, op, d);
  byte(count);
}

void Encoder::shift_x(Shift op, Width w, Gpr d, Gpr s, Gpr count) {
  uint8_t prefix = op == SHL ? 0x66 : op == SHR ? 0xf2 : 0xf3;
  vex({prefix, 2, 0xf7, w == W64}, d, count, static_cast<uint8_t>(s));
}

void Encoder::setcc(Cond cond, Gpr d) { rr_(0, false, 1, static_cast<uint8_t>(0x90 + cond), 0, d, d >= rsp); }

void Encoder::push(Gpr s) {
  reserve();
  if (s >= r8) *end_++ = 0x41;
  *end_++ = static_cast<uint8_t>(0x50 | (s & 7));
}
void Encoder::pop(Gpr d) {
  reserve();
  if (d >= r8) *end_++ = 0x41;
  *end_++ = static_cast<uint8_t>(0x58 | (d & 7));
}

void Encoder::atomic(unsigned width, uint8_t map, uint8_t opcode, Mem m, Gpr r, bool lock) {
  if (lock) byte(0xf0);
  uint8_t op = width == 1 ? opcode : opcode + 1;
  rm_(width == 2 ? 0x66 : 0, width == 8, map, op, r, m, width == 1 && r >= rsp);
}

// --- vectors ---------------------------------------------------------------------------------------------

uint8_t* Encoder::put_vex(uint8_t* at, const VecOp& op, uint8_t d, uint8_t a, unsigned high_bits) {
  unsigned pp = op.prefix == 0x66 ? 1 : op.prefix == 0xf3 ? 2 : op.prefix == 0xf2 ? 3 : 0;
  unsigned vvvv = (~a & 15u) << 3;
  if (op.map == 1 && !op.w && high_bits == 0) {
    *at++ = 0xc5;
    *at++ = static_cast<uint8_t>((d < 8) << 7 | vvvv | pp);
  } else {
    *at++ = 0xc4;
    *at++ = static_cast<uint8_t>((d < 8) << 7 | (~high_bits & 2) << 5 | (~high_bits & 1) << 5 | op.map);
    *at++ = static_cast<uint8_t>(op.w << 7 | vvvv | pp);
  }
  *at++ = op.opcode;
  return at;
}

void Encoder::vex(const VecOp& op, uint8_t d, uint8_t a, uint8_t b) {
  reserve();
  end_ = put_reg(put_vex(end_, op, d, a, b >> 3u), d, b);
}

void Encoder::vex(const VecOp& op, uint8_t d, uint8_t a, Mem b) {
  reserve();
  end_ = put_mem(put_vex(end_, op, d, a, b.high_bits()), d, b);
}

}  // namespace lindvm::jit::x64
