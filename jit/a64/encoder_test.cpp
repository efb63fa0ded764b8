// Every form of the encoder against the system's disassembler: what it reads back from the bytes must be the
// instruction that was meant.

#include <gtest/gtest.h>
#include <unistd.h>

#include <bit>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "jit/a64/masm.h"

namespace lindvm::jit::a64 {
namespace {

struct Form {
  std::function<void(Masm&)> emit;
  std::string text;
};

/// Instructions as llvm-mc prints them, blanks reduced to one, comments dropped.
std::vector<std::string> disassemble(const Masm& code) {
  char name[] = "/tmp/lindvm-encoder-XXXXXX";
  FILE* file = fdopen(mkstemp(name), "w");
  for (uint32_t i = 0; i < code.offset(); ++i) std::fprintf(file, "0x%02x\n", code.data()[i]);
  std::fclose(file);
  std::string command = "llvm-mc-22 -triple=aarch64 -mattr=+lse -disassemble " + std::string(name) + " 2>&1";
  std::vector<std::string> lines;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[512];
  while (pipe && std::fgets(buffer, sizeof buffer, pipe)) {
    std::string text;
    for (char c : std::string(buffer)) {
      if (c == '/') break;
      bool blank = c == ' ' || c == '\t' || c == '\n';
      if (!blank) text += c;
      if (blank && !text.empty() && text.back() != ' ') text += ' ';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    if (!text.empty() && text[0] != '.') lines.push_back(text);
  }
  if (pipe) pclose(pipe);
  unlink(name);
  return lines;
}

void expect_forms(const std::vector<Form>& forms) {
  Masm code;
  code.begin(0, 0);
  for (const Form& form : forms) form.emit(code);
  ASSERT_TRUE(code.finish());
  std::vector<std::string> lines = disassemble(code);
  ASSERT_GE(lines.size(), forms.size());
  for (size_t i = 0; i < forms.size(); ++i) EXPECT_EQ(lines[i], forms[i].text) << "form " << i;
}

#define FORM(text, ...)                  \
  Form {                                 \
    [](Masm& e) { e.__VA_ARGS__; }, text \
  }

TEST(A64Encoder, Integer) {
  expect_forms({
      FORM("add w1, w2, w3", add_sub(AddSub::add, W32, x1, x2, x3)),
      FORM("adds x1, x2, x3", add_sub(AddSub::adds, W64, x1, x2, x3)),
      FORM("sub x1, x2, x30", add_sub(AddSub::sub, W64, x1, x2, x30)),
      FORM("subs w1, w2, w3", add_sub(AddSub::subs, W32, x1, x2, x3)),
      FORM("add x1, x2, #4095", add_sub_imm(AddSub::add, W64, x1, x2, *add_immediate(4095))),
      FORM("sub sp, sp, #1, lsl #12", add_sub_imm(AddSub::sub, W64, sp, sp, *add_immediate(4096))),
      FORM("cmp w1, #7", add_sub_imm(AddSub::subs, W32, xzr, x1, *add_immediate(7))),
      FORM("cmn w1, #7", add_sub_imm(AddSub::adds, W32, xzr, x1, *add_immediate(7))),
      FORM("and w1, w2, w3", logic(Logic::and_, W32, x1, x2, x3)),
      FORM("orr x1, x2, x3", logic(Logic::orr, W64, x1, x2, x3)),
      FORM("eor x1, x2, x3", logic(Logic::eor, W64, x1, x2, x3)),
      FORM("ands x1, x2, x3", logic(Logic::ands, W64, x1, x2, x3)),
      FORM("and w1, w2, #0xff", logic_imm(Logic::and_, W32, x1, x2, *logical_immediate(W32, 0xff))),
      FORM("orr x1, x2, #0x8000000000000000",
           logic_imm(Logic::orr, W64, x1, x2, *logical_immediate(W64, uint64_t{1} << 63))),
      FORM("eor x1, x2, #0x5555555555555555",
           logic_imm(Logic::eor, W64, x1, x2, *logical_immediate(W64, 0x5555555555555555))),
      FORM("tst x2, #0x7", logic_imm(Logic::ands, W64, xzr, x2, *logical_immediate(W64, 7))),
      FORM("and w1, w2, #0xfffffff0",
           logic_imm(Logic::and_, W32, x1, x2, *logical_immediate(W32, 0xfffffff0))),
      FORM("add x1, x2, x3, lsl #3", add_shifted(W64, x1, x2, x3, 3)),
      FORM("mvn x1, x2", mvn(W64, x1, x2)),
      FORM("mov w1, w2", mov(W32, x1, x2)),
      FORM("neg w1, w2", neg(W32, x1, x2)),
      FORM("cmp x1, x2", cmp(W64, x1, x2)),
      FORM("adc x1, x2, x3", with_carry(Carry::adc, W64, x1, x2, x3)),
      FORM("sbc x1, x2, x3", with_carry(Carry::sbc, W64, x1, x2, x3)),
      FORM("mov x1, #305397760", movz(W64, x1, 0x1234, 1)),
      FORM("mov w1, #-1", movn(W32, x1, 0, 0)),
      FORM("movk x1, #4660, lsl #48", movk(W64, x1, 0x1234, 3)),
      FORM("mov w1, #0", mov_imm(x1, 0)),
      FORM("mov w1, #-1", mov_imm(x1, 0xffffffff)),
      FORM("mov x1, #-1", mov_imm(x1, ~uint64_t{0})),
      FORM("mov x1, #-9223372036854775808", mov_imm(x1, uint64_t{1} << 63)),
      FORM("mov w1, #252645135", mov_imm(x1, 0x0f0f0f0f)),
      FORM("mov x1, #-4660", mov_imm(x1, static_cast<uint64_t>(-0x1234))),
      FORM("lsl w1, w2, w3", shift(Shift::lsl, W32, x1, x2, x3)),
      FORM("lsr x1, x2, x3", shift(Shift::lsr, W64, x1, x2, x3)),
      FORM("asr w1, w2, w3", shift(Shift::asr, W32, x1, x2, x3)),
      FORM("ror x1, x2, x3", shift(Shift::ror, W64, x1, x2, x3)),
      FORM("lsl w1, w2, #5", shift_imm(Shift::lsl, W32, x1, x2, 5)),
      FORM("lsl x1, x2, #63", shift_imm(Shift::lsl, W64, x1, x2, 63)),
      FORM("lsr w1, w2, #31", shift_imm(Shift::lsr, W32, x1, x2, 31)),
      FORM("asr x1, x2, #40", shift_imm(Shift::asr, W64, x1, x2, 40)),
      FORM("ror w1, w2, #7", shift_imm(Shift::ror, W32, x1, x2, 7)),
      FORM("ror x1, x2, #7", shift_imm(Shift::ror, W64, x1, x2, 7)),
      FORM("sxtb w1, w2", sxt(W32, x1, x2, 8)),
      FORM("sxth x1, w2", sxt(W64, x1, x2, 16)),
      FORM("sxtw x1, w2", sxt(W64, x1, x2, 32)),
      FORM("ubfx w1, w2, #0, #31", bitfield(false, W32, x1, x2, 0, 30)),
      FORM("mul w1, w2, w3", mul(W32, x1, x2, x3)),
      FORM("msub x1, x2, x3, x4", msub(W64, x1, x2, x3, x4)),
      FORM("smulh x1, x2, x3", smulh(x1, x2, x3)),
      FORM("umulh x1, x2, x3", umulh(x1, x2, x3)),
      FORM("sdiv w1, w2, w3", sdiv(W32, x1, x2, x3)),
      FORM("udiv x1, x2, x3", udiv(W64, x1, x2, x3)),
      FORM("clz w1, w2", clz(W32, x1, x2)),
      FORM("rbit x1, x2", rbit(W64, x1, x2)),
      FORM("cset w1, lt", cset(x1, LT)),
      FORM("csel x1, x2, x3, hi", csel(W64, x1, x2, x3, HI)),
      FORM("ccmp w1, #1, #0, eq", ccmp(W32, x1, 1, 0, EQ)),
      FORM("br x1", br(x1)),
      FORM("blr x16", blr(x16)),
      FORM("ret", ret()),
      FORM("ret x19", ret(x19)),
      FORM("nop", nop()),
      FORM("dmb ish", dmb()),
  });
}

TEST(A64Encoder, LoadsAndStores) {
  expect_forms({
      FORM("ldrb w1, [x26, x2]", access(ldrb, 1, mem(x26, x2))),
      FORM("ldrb w1, [x28, #16]", access(ldrb, 1, mem(x28, 16))),
      FORM("ldurb w1, [sp, #-8]", access(ldrb, 1, mem(sp, -8))),
      FORM("ldrsb w1, [x26, x2]", access(ldrsb_w, 1, mem(x26, x2))),
      FORM("ldrsb w1, [x28, #16]", access(ldrsb_w, 1, mem(x28, 16))),
      FORM("ldursb w1, [sp, #-8]", access(ldrsb_w, 1, mem(sp, -8))),
      FORM("ldrsb x1, [x26, x2]", access(ldrsb_x, 1, mem(x26, x2))),
      FORM("ldrsb x1, [x28, #16]", access(ldrsb_x, 1, mem(x28, 16))),
      FORM("ldursb x1, [sp, #-8]", access(ldrsb_x, 1, mem(sp, -8))),
      FORM("ldrh w1, [x26, x2]", access(ldrh, 1, mem(x26, x2))),
      FORM("ldrh w1, [x28, #16]", access(ldrh, 1, mem(x28, 16))),
      FORM("ldurh w1, [sp, #-8]", access(ldrh, 1, mem(sp, -8))),
      FORM("ldrsh w1, [x26, x2]", access(ldrsh_w, 1, mem(x26, x2))),
      FORM("ldrsh w1, [x28, #16]", access(ldrsh_w, 1, mem(x28, 16))),
      FORM("ldursh w1, [sp, #-8]", access(ldrsh_w, 1, mem(sp, -8))),
      FORM("ldrsh x1, [x26, x2]", access(ldrsh_x, 1, mem(x26, x2))),
      FORM("ldrsh x1, [x28, #16]", access(ldrsh_x, 1, mem(x28, 16))),
      FORM("ldursh x1, [sp, #-8]", access(ldrsh_x, 1, mem(sp, -8))),
      FORM("ldr w1, [x26, x2]", access(ldr_w, 1, mem(x26, x2))),
      FORM("ldr w1, [x28, #16]", access(ldr_w, 1, mem(x28, 16))),
      FORM("ldur w1, [sp, #-8]", access(ldr_w, 1, mem(sp, -8))),
      FORM("ldrsw x1, [x26, x2]", access(ldrsw, 1, mem(x26, x2))),
      FORM("ldrsw x1, [x28, #16]", access(ldrsw, 1, mem(x28, 16))),
      FORM("ldursw x1, [sp, #-8]", access(ldrsw, 1, mem(sp, -8))),
      FORM("ldr x1, [x26, x2]", access(ldr_x, 1, mem(x26, x2))),
      FORM("ldr x1, [x28, #16]", access(ldr_x, 1, mem(x28, 16))),
      FORM("ldur x1, [sp, #-8]", access(ldr_x, 1, mem(sp, -8))),
      FORM("strb w1, [x26, x2]", access(strb, 1, mem(x26, x2))),
      FORM("strb w1, [x28, #16]", access(strb, 1, mem(x28, 16))),
      FORM("sturb w1, [sp, #-8]", access(strb, 1, mem(sp, -8))),
      FORM("strh w1, [x26, x2]", access(strh, 1, mem(x26, x2))),
      FORM("strh w1, [x28, #16]", access(strh, 1, mem(x28, 16))),
      FORM("sturh w1, [sp, #-8]", access(strh, 1, mem(sp, -8))),
      FORM("str w1, [x26, x2]", access(str_w, 1, mem(x26, x2))),
      FORM("str w1, [x28, #16]", access(str_w, 1, mem(x28, 16))),
      FORM("stur w1, [sp, #-8]", access(str_w, 1, mem(sp, -8))),
      FORM("str x1, [x26, x2]", access(str_x, 1, mem(x26, x2))),
      FORM("str x1, [x28, #16]", access(str_x, 1, mem(x28, 16))),
      FORM("stur x1, [sp, #-8]", access(str_x, 1, mem(sp, -8))),
      FORM("ldr b1, [x26, x2]", access(ldr_b, 1, mem(x26, x2))),
      FORM("ldr b1, [x28, #16]", access(ldr_b, 1, mem(x28, 16))),
      FORM("ldur b1, [sp, #-8]", access(ldr_b, 1, mem(sp, -8))),
      FORM("ldr h1, [x26, x2]", access(ldr_h, 1, mem(x26, x2))),
      FORM("ldr h1, [x28, #16]", access(ldr_h, 1, mem(x28, 16))),
      FORM("ldur h1, [sp, #-8]", access(ldr_h, 1, mem(sp, -8))),
      FORM("ldr s1, [x26, x2]", access(ldr_s, 1, mem(x26, x2))),
      FORM("ldr s1, [x28, #16]", access(ldr_s, 1, mem(x28, 16))),
      FORM("ldur s1, [sp, #-8]", access(ldr_s, 1, mem(sp, -8))),
      FORM("ldr d1, [x26, x2]", access(ldr_d, 1, mem(x26, x2))),
      FORM("ldr d1, [x28, #16]", access(ldr_d, 1, mem(x28, 16))),
      FORM("ldur d1, [sp, #-8]", access(ldr_d, 1, mem(sp, -8))),
      FORM("ldr q1, [x26, x2]", access(ldr_q, 1, mem(x26, x2))),
      FORM("ldr q1, [x28, #16]", access(ldr_q, 1, mem(x28, 16))),
      FORM("ldur q1, [sp, #-8]", access(ldr_q, 1, mem(sp, -8))),
      FORM("str b1, [x26, x2]", access(str_b, 1, mem(x26, x2))),
      FORM("str b1, [x28, #16]", access(str_b, 1, mem(x28, 16))),
      FORM("stur b1, [sp, #-8]", access(str_b, 1, mem(sp, -8))),
      FORM("str h1, [x26, x2]", access(str_h, 1, mem(x26, x2))),
      FORM("str h1, [x28, #16]", access(str_h, 1, mem(x28, 16))),
      FORM("stur h1, [sp, #-8]", access(str_h, 1, mem(sp, -8))),
      FORM("str s1, [x26, x2]", access(str_s, 1, mem(x26, x2))),
      FORM("str s1, [x28, #16]", access(str_s, 1, mem(x28, 16))),
      FORM("stur s1, [sp, #-8]", access(str_s, 1, mem(sp, -8))),
      FORM("str d1, [x26, x2]", access(str_d, 1, mem(x26, x2))),
      FORM("str d1, [x28, #16]", access(str_d, 1, mem(x28, 16))),
      FORM("stur d1, [sp, #-8]", access(str_d, 1, mem(sp, -8))),
      FORM("str q1, [x26, x2]", access(str_q, 1, mem(x26, x2))),
      FORM("str q1, [x28, #16]", access(str_q, 1, mem(x28, 16))),
      FORM("stur q1, [sp, #-8]", access(str_q, 1, mem(sp, -8))),
  });
}

TEST(A64Encoder, Atomics) {
  expect_forms({
      FORM("ldarb w1, [x2]", ldar(0, x1, x2)),
      FORM("stlrb w1, [x2]", stlr(0, x1, x2)),
      FORM("ldaxrb w1, [x2]", ldaxr(0, x1, x2)),
      FORM("stlxrb w3, w1, [x2]", stlxr(0, x3, x1, x2)),
      FORM("casalb w1, w3, [x2]", casal(0, x1, x3, x2)),
      FORM("ldaddalb w3, w1, [x2]", atomic(Atomic::ldadd, 0, x3, x1, x2)),
      FORM("ldclralb w3, w1, [x2]", atomic(Atomic::ldclr, 0, x3, x1, x2)),
      FORM("ldeoralb w3, w1, [x2]", atomic(Atomic::ldeor, 0, x3, x1, x2)),
      FORM("ldsetalb w3, w1, [x2]", atomic(Atomic::ldset, 0, x3, x1, x2)),
      FORM("swpalb w3, w1, [x2]", atomic(Atomic::swp, 0, x3, x1, x2)),
      FORM("ldarh w1, [x2]", ldar(1, x1, x2)),
      FORM("stlrh w1, [x2]", stlr(1, x1, x2)),
      FORM("ldaxrh w1, [x2]", ldaxr(1, x1, x2)),
      FORM("stlxrh w3, w1, [x2]", stlxr(1, x3, x1, x2)),
      FORM("casalh w1, w3, [x2]", casal(1, x1, x3, x2)),
      FORM("ldaddalh w3, w1, [x2]", atomic(Atomic::ldadd, 1, x3, x1, x2)),
      FORM("ldclralh w3, w1, [x2]", atomic(Atomic::ldclr, 1, x3, x1, x2)),
      FORM("ldeoralh w3, w1, [x2]", atomic(Atomic::ldeor, 1, x3, x1, x2)),
      FORM("ldsetalh w3, w1, [x2]", atomic(Atomic::ldset, 1, x3, x1, x2)),
      FORM("swpalh w3, w1, [x2]", atomic(Atomic::swp, 1, x3, x1, x2)),
      FORM("ldar w1, [x2]", ldar(2, x1, x2)),
      FORM("stlr w1, [x2]", stlr(2, x1, x2)),
      FORM("ldaxr w1, [x2]", ldaxr(2, x1, x2)),
      FORM("stlxr w3, w1, [x2]", stlxr(2, x3, x1, x2)),
      FORM("casal w1, w3, [x2]", casal(2, x1, x3, x2)),
      FORM("ldaddal w3, w1, [x2]", atomic(Atomic::ldadd, 2, x3, x1, x2)),
      FORM("ldclral w3, w1, [x2]", atomic(Atomic::ldclr, 2, x3, x1, x2)),
      FORM("ldeoral w3, w1, [x2]", atomic(Atomic::ldeor, 2, x3, x1, x2)),
      FORM("ldsetal w3, w1, [x2]", atomic(Atomic::ldset, 2, x3, x1, x2)),
      FORM("swpal w3, w1, [x2]", atomic(Atomic::swp, 2, x3, x1, x2)),
      FORM("ldar x1, [x2]", ldar(3, x1, x2)),
      FORM("stlr x1, [x2]", stlr(3, x1, x2)),
      FORM("ldaxr x1, [x2]", ldaxr(3, x1, x2)),
      FORM("stlxr w3, x1, [x2]", stlxr(3, x3, x1, x2)),
      FORM("casal x1, x3, [x2]", casal(3, x1, x3, x2)),
      FORM("ldaddal x3, x1, [x2]", atomic(Atomic::ldadd, 3, x3, x1, x2)),
      FORM("ldclral x3, x1, [x2]", atomic(Atomic::ldclr, 3, x3, x1, x2)),
      FORM("ldeoral x3, x1, [x2]", atomic(Atomic::ldeor, 3, x3, x1, x2)),
      FORM("ldsetal x3, x1, [x2]", atomic(Atomic::ldset, 3, x3, x1, x2)),
      FORM("swpal x3, x1, [x2]", atomic(Atomic::swp, 3, x3, x1, x2)),
  });
}

TEST(A64Encoder, Lanes) {
  expect_forms({
      FORM("mov s1, v2.s[3]", dup_lane_scalar(2, 1, 2, 3)),
      FORM("mov d1, v2.d[1]", dup_lane_scalar(3, 1, 2, 1)),
      FORM("mov b1, v2.b[15]", dup_lane_scalar(0, 1, 2, 15)),
      FORM("dup v1.16b, v2.b[0]", dup_lane(0, 1, 2, 0)),
      FORM("dup v1.2d, v2.d[1]", dup_lane(3, 1, 2, 1)),
      FORM("mov v1.b[7], w2", ins_gpr(0, 1, 7, x2)),
      FORM("mov v1.h[7], w2", ins_gpr(1, 1, 7, x2)),
      FORM("mov v1.s[1], w2", ins_gpr(2, 1, 1, x2)),
      FORM("mov v1.d[1], x2", ins_gpr(3, 1, 1, x2)),
      FORM("mov v1.s[3], v2.s[0]", ins_lane(2, 1, 3, 2)),
      FORM("mov v1.b[15], v2.b[0]", ins_lane(0, 1, 15, 2)),
      FORM("smov w1, v2.b[3]", smov(0, x1, 2, 3)),
      FORM("smov w1, v2.h[3]", smov(1, x1, 2, 3)),
      FORM("umov w1, v2.b[3]", umov(0, x1, 2, 3)),
      FORM("mov w1, v2.s[3]", umov(2, x1, 2, 3)),
      FORM("mov x1, v2.d[1]", umov(3, x1, 2, 1)),
      FORM("tbl v1.16b, { v2.16b }, v3.16b", tbl1(1, 2, 3)),
      FORM("tbl v1.16b, { v30.16b, v31.16b }, v3.16b", tbl2(1, 30, 3)),
      FORM("ext v1.16b, v2.16b, v3.16b, #5", ext(1, 2, 3, 5)),
      FORM("shl v1.16b, v2.16b, #7", vshl(0, 1, 2, 7)),
      FORM("shl v1.2d, v2.2d, #63", vshl(3, 1, 2, 63)),
      FORM("sshr v1.16b, v2.16b, #7", vshr(true, 0, 1, 2, 7)),
      FORM("sshr v1.8h, v2.8h, #15", vshr(true, 1, 1, 2, 15)),
      FORM("ushr v1.4s, v2.4s, #1", vshr(false, 2, 1, 2, 1)),
      FORM("ushr v1.2d, v2.2d, #63", vshr(false, 3, 1, 2, 63)),
      FORM("movi v1.2d, #0000000000000000", movi_zero(1)),
      FORM("movi v1.16b, #255", movi_ones(1)),
      FORM("fcsel s1, s2, s3, mi", fcsel(false, 1, 2, 3, MI)),
      FORM("fcsel d1, d2, d3, gt", fcsel(true, 1, 2, 3, GT)),
      FORM("fmov d1, #2.00000000", fmov_imm(true, 1, 0)),
      FORM("fmov s1, #1.00000000", fmov_imm(false, 1, 0x70)),
  });
}

TEST(A64Encoder, VectorsAndFloats) {
  expect_forms({
      FORM("add v1.16b, v2.16b, v3.16b", v(op::add_b, 1, 2, 3)),
      FORM("add v1.8h, v2.8h, v3.8h", v(op::add_h, 1, 2, 3)),
      FORM("add v1.4s, v2.4s, v3.4s", v(op::add_s, 1, 2, 3)),
      FORM("add v1.2d, v2.2d, v3.2d", v(op::add_d, 1, 2, 3)),
      FORM("sub v1.16b, v2.16b, v3.16b", v(op::sub_b, 1, 2, 3)),
      FORM("sub v1.8h, v2.8h, v3.8h", v(op::sub_h, 1, 2, 3)),
      FORM("sub v1.4s, v2.4s, v3.4s", v(op::sub_s, 1, 2, 3)),
      FORM("sub v1.2d, v2.2d, v3.2d", v(op::sub_d, 1, 2, 3)),
      FORM("sqadd v1.16b, v2.16b, v3.16b", v(op::sqadd_b, 1, 2, 3)),
      FORM("sqadd v1.8h, v2.8h, v3.8h", v(op::sqadd_h, 1, 2, 3)),
      FORM("uqadd v1.16b, v2.16b, v3.16b", v(op::uqadd_b, 1, 2, 3)),
      FORM("uqadd v1.8h, v2.8h, v3.8h", v(op::uqadd_h, 1, 2, 3)),
      FORM("sqsub v1.16b, v2.16b, v3.16b", v(op::sqsub_b, 1, 2, 3)),
      FORM("sqsub v1.8h, v2.8h, v3.8h", v(op::sqsub_h, 1, 2, 3)),
      FORM("uqsub v1.16b, v2.16b, v3.16b", v(op::uqsub_b, 1, 2, 3)),
      FORM("uqsub v1.8h, v2.8h, v3.8h", v(op::uqsub_h, 1, 2, 3)),
      FORM("mul v1.8h, v2.8h, v3.8h", v(op::mul_h, 1, 2, 3)),
      FORM("mul v1.4s, v2.4s, v3.4s", v(op::mul_s, 1, 2, 3)),
      FORM("smin v1.16b, v2.16b, v3.16b", v(op::smin_b, 1, 2, 3)),
      FORM("smin v1.8h, v2.8h, v3.8h", v(op::smin_h, 1, 2, 3)),
      FORM("smin v1.4s, v2.4s, v3.4s", v(op::smin_s, 1, 2, 3)),
      FORM("umin v1.16b, v2.16b, v3.16b", v(op::umin_b, 1, 2, 3)),
      FORM("umin v1.8h, v2.8h, v3.8h", v(op::umin_h, 1, 2, 3)),
      FORM("umin v1.4s, v2.4s, v3.4s", v(op::umin_s, 1, 2, 3)),
      FORM("smax v1.16b, v2.16b, v3.16b", v(op::smax_b, 1, 2, 3)),
      FORM("smax v1.8h, v2.8h, v3.8h", v(op::smax_h, 1, 2, 3)),
      FORM("smax v1.4s, v2.4s, v3.4s", v(op::smax_s, 1, 2, 3)),
      FORM("umax v1.16b, v2.16b, v3.16b", v(op::umax_b, 1, 2, 3)),
      FORM("umax v1.8h, v2.8h, v3.8h", v(op::umax_h, 1, 2, 3)),
      FORM("umax v1.4s, v2.4s, v3.4s", v(op::umax_s, 1, 2, 3)),
      FORM("urhadd v1.16b, v2.16b, v3.16b", v(op::urhadd_b, 1, 2, 3)),
      FORM("urhadd v1.8h, v2.8h, v3.8h", v(op::urhadd_h, 1, 2, 3)),
      FORM("sqrdmulh v1.8h, v2.8h, v3.8h", v(op::sqrdmulh_h, 1, 2, 3)),
      FORM("cmeq v1.16b, v2.16b, v3.16b", v(op::cmeq_b, 1, 2, 3)),
      FORM("cmeq v1.8h, v2.8h, v3.8h", v(op::cmeq_h, 1, 2, 3)),
      FORM("cmeq v1.4s, v2.4s, v3.4s", v(op::cmeq_s, 1, 2, 3)),
      FORM("cmeq v1.2d, v2.2d, v3.2d", v(op::cmeq_d, 1, 2, 3)),
      FORM("cmgt v1.16b, v2.16b, v3.16b", v(op::cmgt_b, 1, 2, 3)),
      FORM("cmgt v1.8h, v2.8h, v3.8h", v(op::cmgt_h, 1, 2, 3)),
      FORM("cmgt v1.4s, v2.4s, v3.4s", v(op::cmgt_s, 1, 2, 3)),
      FORM("cmgt v1.2d, v2.2d, v3.2d", v(op::cmgt_d, 1, 2, 3)),
      FORM("cmge v1.16b, v2.16b, v3.16b", v(op::cmge_b, 1, 2, 3)),
      FORM("cmge v1.8h, v2.8h, v3.8h", v(op::cmge_h, 1, 2, 3)),
      FORM("cmge v1.4s, v2.4s, v3.4s", v(op::cmge_s, 1, 2, 3)),
      FORM("cmge v1.2d, v2.2d, v3.2d", v(op::cmge_d, 1, 2, 3)),
      FORM("cmhi v1.16b, v2.16b, v3.16b", v(op::cmhi_b, 1, 2, 3)),
      FORM("cmhi v1.8h, v2.8h, v3.8h", v(op::cmhi_h, 1, 2, 3)),
      FORM("cmhi v1.4s, v2.4s, v3.4s", v(op::cmhi_s, 1, 2, 3)),
      FORM("cmhs v1.16b, v2.16b, v3.16b", v(op::cmhs_b, 1, 2, 3)),
      FORM("cmhs v1.8h, v2.8h, v3.8h", v(op::cmhs_h, 1, 2, 3)),
      FORM("cmhs v1.4s, v2.4s, v3.4s", v(op::cmhs_s, 1, 2, 3)),
      FORM("sshl v1.16b, v2.16b, v3.16b", v(op::sshl_b, 1, 2, 3)),
      FORM("sshl v1.8h, v2.8h, v3.8h", v(op::sshl_h, 1, 2, 3)),
      FORM("sshl v1.4s, v2.4s, v3.4s", v(op::sshl_s, 1, 2, 3)),
      FORM("sshl v1.2d, v2.2d, v3.2d", v(op::sshl_d, 1, 2, 3)),
      FORM("ushl v1.16b, v2.16b, v3.16b", v(op::ushl_b, 1, 2, 3)),
      FORM("ushl v1.8h, v2.8h, v3.8h", v(op::ushl_h, 1, 2, 3)),
      FORM("ushl v1.4s, v2.4s, v3.4s", v(op::ushl_s, 1, 2, 3)),
      FORM("ushl v1.2d, v2.2d, v3.2d", v(op::ushl_d, 1, 2, 3)),
      FORM("addp v1.4s, v2.4s, v3.4s", v(op::addp_s, 1, 2, 3)),
      FORM("and v1.16b, v2.16b, v3.16b", v(op::and_v, 1, 2, 3)),
      FORM("bic v1.16b, v2.16b, v3.16b", v(op::bic_v, 1, 2, 3)),
      FORM("orr v1.16b, v2.16b, v3.16b", v(op::orr_v, 1, 2, 3)),
      FORM("eor v1.16b, v2.16b, v3.16b", v(op::eor_v, 1, 2, 3)),
      FORM("bsl v1.16b, v2.16b, v3.16b", v(op::bsl_v, 1, 2, 3)),
      FORM("bit v1.16b, v2.16b, v3.16b", v(op::bit_v, 1, 2, 3)),
      FORM("bit v1.8b, v2.8b, v3.8b", v(op::bit_8b, 1, 2, 3)),
      FORM("zip1 v1.16b, v2.16b, v3.16b", v(op::zip1_b, 1, 2, 3)),
      FORM("smull v1.8h, v2.8b, v3.8b", v(op::smull_b, 1, 2, 3)),
      FORM("smull2 v1.8h, v2.16b, v3.16b", v(op::smull2_b, 1, 2, 3)),
      FORM("umull v1.8h, v2.8b, v3.8b", v(op::umull_b, 1, 2, 3)),
      FORM("umull2 v1.8h, v2.16b, v3.16b", v(op::umull2_b, 1, 2, 3)),
      FORM("smull v1.4s, v2.4h, v3.4h", v(op::smull_h, 1, 2, 3)),
      FORM("smull2 v1.4s, v2.8h, v3.8h", v(op::smull2_h, 1, 2, 3)),
      FORM("umull v1.4s, v2.4h, v3.4h", v(op::umull_h, 1, 2, 3)),
      FORM("umull2 v1.4s, v2.8h, v3.8h", v(op::umull2_h, 1, 2, 3)),
      FORM("smull v1.2d, v2.2s, v3.2s", v(op::smull_s, 1, 2, 3)),
      FORM("smull2 v1.2d, v2.4s, v3.4s", v(op::smull2_s, 1, 2, 3)),
      FORM("umull v1.2d, v2.2s, v3.2s", v(op::umull_s, 1, 2, 3)),
      FORM("umull2 v1.2d, v2.4s, v3.4s", v(op::umull2_s, 1, 2, 3)),
      FORM("fadd v1.4s, v2.4s, v3.4s", v(op::fadd_4s, 1, 2, 3)),
      FORM("fadd v1.2d, v2.2d, v3.2d", v(op::fadd_2d, 1, 2, 3)),
      FORM("fsub v1.4s, v2.4s, v3.4s", v(op::fsub_4s, 1, 2, 3)),
      FORM("fsub v1.2d, v2.2d, v3.2d", v(op::fsub_2d, 1, 2, 3)),
      FORM("fmul v1.4s, v2.4s, v3.4s", v(op::fmul_4s, 1, 2, 3)),
      FORM("fmul v1.2d, v2.2d, v3.2d", v(op::fmul_2d, 1, 2, 3)),
      FORM("fdiv v1.4s, v2.4s, v3.4s", v(op::fdiv_4s, 1, 2, 3)),
      FORM("fdiv v1.2d, v2.2d, v3.2d", v(op::fdiv_2d, 1, 2, 3)),
      FORM("fmin v1.4s, v2.4s, v3.4s", v(op::fmin_4s, 1, 2, 3)),
      FORM("fmin v1.2d, v2.2d, v3.2d", v(op::fmin_2d, 1, 2, 3)),
      FORM("fmax v1.4s, v2.4s, v3.4s", v(op::fmax_4s, 1, 2, 3)),
      FORM("fmax v1.2d, v2.2d, v3.2d", v(op::fmax_2d, 1, 2, 3)),
      FORM("fcmeq v1.4s, v2.4s, v3.4s", v(op::fcmeq_4s, 1, 2, 3)),
      FORM("fcmeq v1.2d, v2.2d, v3.2d", v(op::fcmeq_2d, 1, 2, 3)),
      FORM("fcmgt v1.4s, v2.4s, v3.4s", v(op::fcmgt_4s, 1, 2, 3)),
      FORM("fcmgt v1.2d, v2.2d, v3.2d", v(op::fcmgt_2d, 1, 2, 3)),
      FORM("fcmge v1.4s, v2.4s, v3.4s", v(op::fcmge_4s, 1, 2, 3)),
      FORM("fcmge v1.2d, v2.2d, v3.2d", v(op::fcmge_2d, 1, 2, 3)),
      FORM("fadd s1, s2, s3", v(op::fadd_s, 1, 2, 3)),
      FORM("fadd d1, d2, d3", v(op::fadd_d, 1, 2, 3)),
      FORM("fsub s1, s2, s3", v(op::fsub_s, 1, 2, 3)),
      FORM("fsub d1, d2, d3", v(op::fsub_d, 1, 2, 3)),
      FORM("fmul s1, s2, s3", v(op::fmul_s, 1, 2, 3)),
      FORM("fmul d1, d2, d3", v(op::fmul_d, 1, 2, 3)),
      FORM("fdiv s1, s2, s3", v(op::fdiv_s, 1, 2, 3)),
      FORM("fdiv d1, d2, d3", v(op::fdiv_d, 1, 2, 3)),
      FORM("fmin s1, s2, s3", v(op::fmin_s, 1, 2, 3)),
      FORM("fmin d1, d2, d3", v(op::fmin_d, 1, 2, 3)),
      FORM("fmax s1, s2, s3", v(op::fmax_s, 1, 2, 3)),
      FORM("fmax d1, d2, d3", v(op::fmax_d, 1, 2, 3)),
      FORM("mvn v1.16b, v2.16b", v(op::mvn_v, 1, 2)),
      FORM("abs v1.16b, v2.16b", v(op::abs_b, 1, 2)),
      FORM("abs v1.8h, v2.8h", v(op::abs_h, 1, 2)),
      FORM("abs v1.4s, v2.4s", v(op::abs_s, 1, 2)),
      FORM("abs v1.2d, v2.2d", v(op::abs_d, 1, 2)),
      FORM("neg v1.16b, v2.16b", v(op::neg_b, 1, 2)),
      FORM("neg v1.8h, v2.8h", v(op::neg_h, 1, 2)),
      FORM("neg v1.4s, v2.4s", v(op::neg_s, 1, 2)),
      FORM("neg v1.2d, v2.2d", v(op::neg_d, 1, 2)),
      FORM("cnt v1.16b, v2.16b", v(op::cnt_b, 1, 2)),
      FORM("cnt v1.8b, v2.8b", v(op::cnt_8b, 1, 2)),
      FORM("cmeq v1.2d, v2.2d, #0", v(op::cmeq0_d, 1, 2)),
      FORM("addp d1, v2.2d", v(op::addp_d, 1, 2)),
      FORM("addv b1, v2.8b", v(op::addv_8b, 1, 2)),
      FORM("addv h1, v2.8h", v(op::addv_h, 1, 2)),
      FORM("addv s1, v2.4s", v(op::addv_s, 1, 2)),
      FORM("uminv b1, v2.16b", v(op::uminv_b, 1, 2)),
      FORM("uminv h1, v2.8h", v(op::uminv_h, 1, 2)),
      FORM("uminv s1, v2.4s", v(op::uminv_s, 1, 2)),
      FORM("umaxv b1, v2.16b", v(op::umaxv_b, 1, 2)),
      FORM("saddlp v1.8h, v2.16b", v(op::saddlp_b, 1, 2)),
      FORM("uaddlp v1.8h, v2.16b", v(op::uaddlp_b, 1, 2)),
      FORM("saddlp v1.4s, v2.8h", v(op::saddlp_h, 1, 2)),
      FORM("uaddlp v1.4s, v2.8h", v(op::uaddlp_h, 1, 2)),
      FORM("sshll v1.8h, v2.8b, #0", v(op::sxtl_b, 1, 2)),
      FORM("sshll2 v1.8h, v2.16b, #0", v(op::sxtl2_b, 1, 2)),
      FORM("ushll v1.8h, v2.8b, #0", v(op::uxtl_b, 1, 2)),
      FORM("ushll2 v1.8h, v2.16b, #0", v(op::uxtl2_b, 1, 2)),
      FORM("sshll v1.4s, v2.4h, #0", v(op::sxtl_h, 1, 2)),
      FORM("sshll2 v1.4s, v2.8h, #0", v(op::sxtl2_h, 1, 2)),
      FORM("ushll v1.4s, v2.4h, #0", v(op::uxtl_h, 1, 2)),
      FORM("ushll2 v1.4s, v2.8h, #0", v(op::uxtl2_h, 1, 2)),
      FORM("sshll v1.2d, v2.2s, #0", v(op::sxtl_s, 1, 2)),
      FORM("sshll2 v1.2d, v2.4s, #0", v(op::sxtl2_s, 1, 2)),
      FORM("ushll v1.2d, v2.2s, #0", v(op::uxtl_s, 1, 2)),
      FORM("ushll2 v1.2d, v2.4s, #0", v(op::uxtl2_s, 1, 2)),
      FORM("sqxtn v1.8b, v2.8h", v(op::sqxtn_h, 1, 2)),
      FORM("sqxtn2 v1.16b, v2.8h", v(op::sqxtn2_h, 1, 2)),
      FORM("sqxtun v1.8b, v2.8h", v(op::sqxtun_h, 1, 2)),
      FORM("sqxtun2 v1.16b, v2.8h", v(op::sqxtun2_h, 1, 2)),
      FORM("sqxtn v1.4h, v2.4s", v(op::sqxtn_s, 1, 2)),
      FORM("sqxtn2 v1.8h, v2.4s", v(op::sqxtn2_s, 1, 2)),
      FORM("sqxtun v1.4h, v2.4s", v(op::sqxtun_s, 1, 2)),
      FORM("sqxtun2 v1.8h, v2.4s", v(op::sqxtun2_s, 1, 2)),
      FORM("sqxtn v1.2s, v2.2d", v(op::sqxtn_d, 1, 2)),
      FORM("uqxtn v1.2s, v2.2d", v(op::uqxtn_d, 1, 2)),
      FORM("fabs v1.4s, v2.4s", v(op::fabs_4s, 1, 2)),
      FORM("fabs v1.2d, v2.2d", v(op::fabs_2d, 1, 2)),
      FORM("fneg v1.4s, v2.4s", v(op::fneg_4s, 1, 2)),
      FORM("fneg v1.2d, v2.2d", v(op::fneg_2d, 1, 2)),
      FORM("fsqrt v1.4s, v2.4s", v(op::fsqrt_4s, 1, 2)),
      FORM("fsqrt v1.2d, v2.2d", v(op::fsqrt_2d, 1, 2)),
      FORM("frintn v1.4s, v2.4s", v(op::frintn_4s, 1, 2)),
      FORM("frintn v1.2d, v2.2d", v(op::frintn_2d, 1, 2)),
      FORM("frintp v1.4s, v2.4s", v(op::frintp_4s, 1, 2)),
      FORM("frintp v1.2d, v2.2d", v(op::frintp_2d, 1, 2)),
      FORM("frintm v1.4s, v2.4s", v(op::frintm_4s, 1, 2)),
      FORM("frintm v1.2d, v2.2d", v(op::frintm_2d, 1, 2)),
      FORM("frintz v1.4s, v2.4s", v(op::frintz_4s, 1, 2)),
      FORM("frintz v1.2d, v2.2d", v(op::frintz_2d, 1, 2)),
      FORM("fcvtzs v1.4s, v2.4s", v(op::fcvtzs_4s, 1, 2)),
      FORM("fcvtzu v1.4s, v2.4s", v(op::fcvtzu_4s, 1, 2)),
      FORM("fcvtzs v1.2d, v2.2d", v(op::fcvtzs_2d, 1, 2)),
      FORM("fcvtzu v1.2d, v2.2d", v(op::fcvtzu_2d, 1, 2)),
      FORM("scvtf v1.4s, v2.4s", v(op::scvtf_4s, 1, 2)),
      FORM("ucvtf v1.4s, v2.4s", v(op::ucvtf_4s, 1, 2)),
      FORM("scvtf v1.2d, v2.2d", v(op::scvtf_2d, 1, 2)),
      FORM("ucvtf v1.2d, v2.2d", v(op::ucvtf_2d, 1, 2)),
      FORM("fcvtn v1.2s, v2.2d", v(op::fcvtn_d, 1, 2)),
      FORM("fcvtl v1.2d, v2.2s", v(op::fcvtl_s, 1, 2)),
      FORM("fabs s1, s2", v(op::fabs_s, 1, 2)),
      FORM("fabs d1, d2", v(op::fabs_d, 1, 2)),
      FORM("fneg s1, s2", v(op::fneg_s, 1, 2)),
      FORM("fneg d1, d2", v(op::fneg_d, 1, 2)),
      FORM("fsqrt s1, s2", v(op::fsqrt_s, 1, 2)),
      FORM("fsqrt d1, d2", v(op::fsqrt_d, 1, 2)),
      FORM("frintn s1, s2", v(op::frintn_s, 1, 2)),
      FORM("frintn d1, d2", v(op::frintn_d, 1, 2)),
      FORM("frintp s1, s2", v(op::frintp_s, 1, 2)),
      FORM("frintp d1, d2", v(op::frintp_d, 1, 2)),
      FORM("frintm s1, s2", v(op::frintm_s, 1, 2)),
      FORM("frintm d1, d2", v(op::frintm_d, 1, 2)),
      FORM("frintz s1, s2", v(op::frintz_s, 1, 2)),
      FORM("frintz d1, d2", v(op::frintz_d, 1, 2)),
      FORM("fcvt d1, s2", v(op::fcvt_sd, 1, 2)),
      FORM("fcvt s1, d2", v(op::fcvt_ds, 1, 2)),
      FORM("fmov s1, s2", v(op::fmov_s, 1, 2)),
      FORM("fmov d1, d2", v(op::fmov_d, 1, 2)),
      FORM("fcmp s1, s2", fcmp(op::fcmp_s, 1, 2)),
      FORM("fcmp d1, d2", fcmp(op::fcmp_d, 1, 2)),
      FORM("fmov w1, s2", v(op::fmov_ws, 1, 2)),
      FORM("fmov x1, d2", v(op::fmov_xd, 1, 2)),
      FORM("fmov s1, w2", v(op::fmov_sw, 1, 2)),
      FORM("fmov d1, x2", v(op::fmov_dx, 1, 2)),
      FORM("scvtf s1, w2", v(op::scvtf_sw, 1, 2)),
      FORM("scvtf s1, x2", v(op::scvtf_sx, 1, 2)),
      FORM("scvtf d1, w2", v(op::scvtf_dw, 1, 2)),
      FORM("scvtf d1, x2", v(op::scvtf_dx, 1, 2)),
      FORM("ucvtf s1, w2", v(op::ucvtf_sw, 1, 2)),
      FORM("ucvtf s1, x2", v(op::ucvtf_sx, 1, 2)),
      FORM("ucvtf d1, w2", v(op::ucvtf_dw, 1, 2)),
      FORM("ucvtf d1, x2", v(op::ucvtf_dx, 1, 2)),
      FORM("fcvtzs w1, s2", v(op::fcvtzs_ws, 1, 2)),
      FORM("fcvtzs x1, s2", v(op::fcvtzs_xs, 1, 2)),
      FORM("fcvtzs w1, d2", v(op::fcvtzs_wd, 1, 2)),
      FORM("fcvtzs x1, d2", v(op::fcvtzs_xd, 1, 2)),
      FORM("fcvtzu w1, s2", v(op::fcvtzu_ws, 1, 2)),
      FORM("fcvtzu x1, s2", v(op::fcvtzu_xs, 1, 2)),
      FORM("fcvtzu w1, d2", v(op::fcvtzu_wd, 1, 2)),
      FORM("fcvtzu x1, d2", v(op::fcvtzu_xd, 1, 2)),
      FORM("dup v1.16b, w2", v(op::dup_b, 1, 2)),
      FORM("dup v1.8h, w2", v(op::dup_h, 1, 2)),
      FORM("dup v1.4s, w2", v(op::dup_s, 1, 2)),
      FORM("dup v1.2d, x2", v(op::dup_d, 1, 2)),
  });
}

/// Runs of instructions that one call makes.
void expect_sequence(const std::function<void(Masm&)>& emit, const std::vector<std::string>& wanted) {
  Masm code;
  code.begin(0, 0);
  emit(code);
  ASSERT_TRUE(code.finish());
  EXPECT_EQ(disassemble(code), wanted);
}

TEST(A64Encoder, LongConstants) {
  expect_sequence(
      [](Masm& e) { e.mov_imm(x3, 0x123456789abcdef0); },
      {"mov x3, #57072", "movk x3, #39612, lsl #16", "movk x3, #22136, lsl #32", "movk x3, #4660, lsl #48"});
  expect_sequence([](Masm& e) { e.mov_imm(x3, 0xffffffff12345678); },
                  {"mov x3, #-43400", "movk x3, #4660, lsl #16"});
}

TEST(A64Encoder, DisplacementsWithoutFormGoThroughTheScratchRegister) {
  expect_sequence([](Masm& e) { e.load_word(x1, mem(x28, 40000)); },
                  {"mov w17, #40000", "ldr x1, [x28, x17]"});
  expect_sequence([](Masm& e) { e.add(W64, x1, x2, -100000); },
                  {"mov w17, #34464", "movk w17, #1, lsl #16", "sub x1, x2, x17"});
}

TEST(A64Encoder, LogicalImmediatesAreRunsOfOnesThatRepeat) {
  EXPECT_FALSE(logical_immediate(W64, 0));
  EXPECT_FALSE(logical_immediate(W64, ~uint64_t{0}));
  EXPECT_FALSE(logical_immediate(W32, 0xffffffff));
  EXPECT_FALSE(logical_immediate(W64, 5));
  EXPECT_TRUE(logical_immediate(W32, 0x80000001));
  EXPECT_TRUE(logical_immediate(W64, 0x00ff00ff00ff00ff));
}

TEST(A64Encoder, FloatConstantsOfEightBits) {
  expect_sequence([](Masm& e) { e.load_const(ValKind::f64, vec(1), std::bit_cast<uint64_t>(1.0)); },
                  {"fmov d1, #1.00000000"});
  expect_sequence([](Masm& e) { e.load_const(ValKind::f64, vec(1), std::bit_cast<uint64_t>(-0.5)); },
                  {"fmov d1, #-0.50000000"});
  expect_sequence([](Masm& e) { e.load_const(ValKind::f32, vec(1), std::bit_cast<uint32_t>(31.0f)); },
                  {"fmov s1, #31.00000000"});
}

TEST(A64Encoder, BranchesToLabels) {
  expect_sequence(
      [](Masm& e) {
        Label back = e.new_label(), forward = e.new_label();
        e.bind(back);
        e.jump_if(HI, forward);
        e.cbz(W64, x3, forward);
        e.adr(x1, forward);
        e.b(back);
        e.bind(forward);
        e.b(EQ, back);
      },
      {"b.hi #16", "cbz x3, #12", "adr x1, #8", "b #-12", "b.eq #-16"});
}

TEST(A64Encoder, ConditionalBranchesBeyondTheirReachAreSaidToBe) {
  auto emit = [](Masm& e) {
    Label end = e.new_label();
    e.jump_if(EQ, end);
    e.jump_if_zero(W32, x1, end);
    for (int i = 0; i < 300000; ++i) e.nop();
    e.bind(end);
  };
  Masm code;
  code.begin(0, 0);
  emit(code);
  EXPECT_FALSE(code.finish());
  code.use_far_branches(true);
  code.begin(0, 0);
  emit(code);
  EXPECT_TRUE(code.finish());
}

}  // namespace
}  // namespace lindvm::jit::a64
