// Every form of the encoder against the system's disassembler: what objdump reads back from the bytes must be
// the instruction that was meant.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "jit/x64/masm.h"

namespace lindvm::jit::x64 {
namespace {

struct Form {
  std::function<void(Encoder&)> emit;
  std::string text;
};

/// Instructions as objdump prints them, blanks reduced to one, comments dropped.
std::vector<std::string> disassemble(const Encoder& code) {
  char name[] = "/tmp/lindvm-encoder-XXXXXX";
  int fd = mkstemp(name);
  EXPECT_EQ(write(fd, code.data(), code.offset()), static_cast<ssize_t>(code.offset()));
  close(fd);
  std::string command =
      "objdump -D -b binary -m i386:x86-64 -M intel --no-show-raw-insn " + std::string(name);
  std::vector<std::string> lines;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[512];
  while (pipe && std::fgets(buffer, sizeof buffer, pipe)) {
    std::string line = buffer;
    size_t colon = line.find(":\t");
    if (colon == std::string::npos) continue;
    std::string text;
    for (char c : line.substr(colon + 2, line.find('#') - colon - 2)) {
      bool blank = c == ' ' || c == '\t' || c == '\n';
      if (!blank) text += c;
      if (blank && !text.empty() && text.back() != ' ') text += ' ';
    }
    while (!text.empty() && text.back() == ' ') text.pop_back();
    lines.push_back(text);
  }
  if (pipe) pclose(pipe);
  unlink(name);
  return lines;
}

void expect_forms(const std::vector<Form>& forms) {
  Encoder code;
  for (const Form& form : forms) form.emit(code);
  code.finish();
  std::vector<std::string> lines = disassemble(code);
  ASSERT_GE(lines.size(), forms.size());
  for (size_t i = 0; i < forms.size(); ++i) EXPECT_EQ(lines[i], forms[i].text) << "form " << i;
}

const Mem k_simple = mem(rbx, 8);
const Mem k_wide = mem(r13, r9, 3, 0x12345);

#define FORM(text, ...)                     \
  Form {                                    \
    [](Encoder& e) { e.__VA_ARGS__; }, text \
  }

TEST(X64Encoder, Integer) {
  expect_forms({
      FORM("add eax,ecx", alu(ADD, W32, rax, rcx)),
      FORM("sub r8,r15", alu(SUB, W64, r8, r15)),
      FORM("xor ebx,DWORD PTR [rbx+0x8]", alu(XOR, W32, rbx, k_simple)),
      FORM("and r10,QWORD PTR [r13+r9*8+0x12345]", alu(AND, W64, r10, k_wide)),
      FORM("or DWORD PTR [rbx+0x8],r9d", alu_store(OR, W32, k_simple, r9)),
      FORM("cmp eax,0x7f", alu(CMP, W32, rax, 127)),
      FORM("cmp eax,0x80", alu(CMP, W32, rax, 128)),
      FORM("adc r9,0x12345", alu(ADC, W64, r9, 0x12345)),
      FORM("sbb rdi,0xfffffffffffffffe", alu(SBB, W64, rdi, -2)),
      FORM("cmp DWORD PTR [r14],0x0", alu(CMP, W32, mem(r14), 0)),
      FORM("cmp QWORD PTR [rsp+0x10],0x1000", alu(CMP, W64, mem(rsp, 16), 0x1000)),
      FORM("cmp DWORD PTR [rdx+0x10],0x1", cmp_imm32(mem(rdx, 16), 1)),
      FORM("test ecx,ecx", test(W32, rcx, rcx)),
      FORM("test r11d,0x7", test(W32, r11, 7)),
      FORM("test eax,0x3", test(W32, rax, 3)),
      FORM("cmp BYTE PTR [rbx+0x8],0x5", cmp8(k_simple, 5)),
      FORM("mov eax,r12d", mov(W32, rax, r12)),
      FORM("mov rsp,rbp", mov(W64, rsp, rbp)),
      FORM("mov rax,QWORD PTR [rbp+0x0]", mov(W64, rax, mem(rbp))),
      FORM("mov eax,DWORD PTR [r12]", mov(W32, rax, mem(r12))),
      FORM("mov rax,QWORD PTR [r13+0x0]", mov(W64, rax, mem(r13))),
      FORM("mov QWORD PTR [rsp-0x200],r9", mov(W64, mem(rsp, -512), r9)),
      FORM("mov eax,DWORD PTR [r15+rsi*1]", mov(W32, rax, mem(r15, rsi, 0, 0))),
      FORM("mov eax,DWORD PTR [r15+r12*1+0x7fffffff]", mov(W32, rax, mem(r15, r12, 0, INT32_MAX))),
      FORM("mov BYTE PTR [rbx+0x8],sil", mov8(k_simple, rsi)),
      FORM("mov BYTE PTR [rbx+0x8],cl", mov8(k_simple, rcx)),
      FORM("mov WORD PTR [rbx+0x8],r9w", mov16(k_simple, r9)),
      FORM("mov DWORD PTR [rbx+0x8],0xffffffff", mov(W32, k_simple, -1)),
      FORM("mov QWORD PTR [rbx+0x8],0xffffffffffffffff", mov(W64, k_simple, -1)),
      FORM("mov BYTE PTR [rbx+0x8],0x12", mov8(k_simple, 0x12)),
      FORM("mov WORD PTR [rbx+0x8],0x1234", mov16(k_simple, 0x1234)),
      FORM("mov r9d,0xffffffff", mov_imm(r9, 0xffffffff)),
      FORM("mov rcx,0xffffffffffffffff", mov_imm(rcx, ~uint64_t{0})),
      FORM("movabs r11,0x123456789abcdef", mov_imm(r11, 0x123456789abcdef)),
      FORM("movabs rcx,0x1", mov_imm64(rcx, 1)),
      FORM("lea rax,[rcx+rcx*2]", lea(W64, rax, mem(rcx, rcx, 1, 0))),
      FORM("lea r8d,[r9+0x10]", lea(W32, r8, mem(r9, 16))),
      FORM("movzx esi,dil", movzx8(rsi, rdi)),
      FORM("movzx eax,cx", movzx16(rax, rcx)),
      FORM("movsx eax,r9b", movsx8(W32, rax, r9)),
      FORM("movsx rax,bl", movsx8(W64, rax, rbx)),
      FORM("movsx rax,cx", movsx16(W64, rax, rcx)),
      FORM("movsxd r8,eax", movsx32(r8, rax)),
      FORM("movzx eax,BYTE PTR [rbx+0x8]", movzx8(rax, k_simple)),
      FORM("movzx eax,WORD PTR [rbx+0x8]", movzx16(rax, k_simple)),
      FORM("movsx eax,BYTE PTR [rbx+0x8]", movsx8(W32, rax, k_simple)),
      FORM("movsx r9,WORD PTR [rbx+0x8]", movsx16(W64, r9, k_simple)),
      FORM("movsxd rax,DWORD PTR [rbx+0x8]", movsx32(rax, k_simple)),
      FORM("imul eax,ecx", imul(W32, rax, rcx)),
      FORM("imul r9,QWORD PTR [rbx+0x8]", imul(W64, r9, k_simple)),
      FORM("imul eax,ecx,0x64", imul(W32, rax, rcx, 100)),
      FORM("imul r10,r11,0x186a0", imul(W64, r10, r11, 100000)),
      FORM("mul r8", mul(W64, r8)),
      FORM("imul rcx", imul_wide(W64, rcx)),
      FORM("div ecx", div(W32, rcx)),
      FORM("idiv r9", idiv(W64, r9)),
      FORM("neg r10", neg(W64, r10)),
      FORM("not eax", not_(W32, rax)),
      FORM("cdq", cdq(W32)),
      FORM("cqo", cdq(W64)),
      FORM("shl eax,1", shift(SHL, W32, rax, 1)),
      FORM("sar r9,0x3f", shift(SAR, W64, r9, 63)),
      FORM("rol ecx,0x7", shift(ROL, W32, rcx, 7)),
      FORM("ror r8,0x9", shift(ROR, W64, r8, 9)),
      FORM("shr edx,cl", shift_cl(SHR, W32, rdx)),
      FORM("shlx eax,ecx,edx", shift_x(SHL, W32, rax, rcx, rdx)),
      FORM("shrx r8,r9,r10", shift_x(SHR, W64, r8, r9, r10)),
      FORM("sarx eax,r12d,ebx", shift_x(SAR, W32, rax, r12, rbx)),
      FORM("setl sil", setcc(L, rsi)),
      FORM("seta r11b", setcc(A, r11)),
      FORM("cmovne eax,r9d", cmov(NE, W32, rax, r9)),
      FORM("cmovb r8,QWORD PTR [rbx+0x8]", cmov(B, W64, r8, k_simple)),
      FORM("lzcnt eax,ecx", lzcnt(W32, rax, rcx)),
      FORM("tzcnt r8,r9", tzcnt(W64, r8, r9)),
      FORM("popcnt rax,r10", popcnt(W64, rax, r10)),
      FORM("bsr eax,ecx", bsr(W32, rax, rcx)),
      FORM("bsf r8,r9", bsf(W64, r8, r9)),
      FORM("push r12", push(r12)),
      FORM("pop rbx", pop(rbx)),
      FORM("push QWORD PTR [r14+0x8]", push(mem(r14, 8))),
  });
}

TEST(X64Encoder, ControlAndAtomics) {
  expect_forms({
      FORM("call QWORD PTR [rax+0x8]", call_mem(mem(rax, 8))),
      FORM("jmp QWORD PTR [rax+0x8]", jmp_mem(mem(rax, 8))),
      FORM("call r11", call_reg(r11)),
      FORM("jmp r11", jmp_reg(r11)),
      FORM("ret", ret()),
      FORM("ret 0x18", ret(24)),
      FORM("ud2", ud2()),
      FORM("mfence", mfence()),
      FORM("xchg BYTE PTR [rbx+0x8],sil", xchg(1, k_simple, rsi)),
      FORM("xchg WORD PTR [rbx+0x8],ax", xchg(2, k_simple, rax)),
      FORM("xchg DWORD PTR [rbx+0x8],r9d", xchg(4, k_simple, r9)),
      FORM("xchg QWORD PTR [rbx+0x8],rax", xchg(8, k_simple, rax)),
      FORM("lock xadd BYTE PTR [rbx+0x8],cl", lock_xadd(1, k_simple, rcx)),
      FORM("lock xadd WORD PTR [rbx+0x8],r8w", lock_xadd(2, k_simple, r8)),
      FORM("lock xadd QWORD PTR [r15+r11*1],rcx", lock_xadd(8, mem(r15, r11, 0, 0), rcx)),
      FORM("lock cmpxchg DWORD PTR [rbx+0x8],ecx", lock_cmpxchg(4, k_simple, rcx)),
      FORM("lock cmpxchg BYTE PTR [rbx+0x8],dil", lock_cmpxchg(1, k_simple, rdi)),
  });
}

TEST(X64Encoder, BranchesReachTheirLabels) {
  Encoder code;
  Label ahead = code.new_label(), behind = code.new_label();
  code.bind(behind);
  code.jmp(ahead);
  code.jcc(NE, ahead);
  code.jcc(FloatEqual, behind);
  code.bind(ahead);
  code.jmp(behind);
  code.lea_label(rax, behind);
  code.finish();
  std::vector<std::string> expected = {"jmp 0x13", "jne 0x13", "jp 0x13", "je 0x0"};
  std::vector<std::string> lines = disassemble(code);
  ASSERT_GE(lines.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(lines[i], expected[i]);
}

/// The mnemonics of all vector operations, in both encodings, with registers that need every prefix bit.
TEST(X64Encoder, VectorMnemonics) {
  struct Row {
    VecOp op;
    const char* name;
  };
  static const Row k_rows[] = {
#define OP_ROW(name) {op::name, #name},
      OP_ROW(addss) OP_ROW(addsd) OP_ROW(mulss) OP_ROW(mulsd) OP_ROW(subss) OP_ROW(subsd) OP_ROW(
          divss) OP_ROW(divsd) OP_ROW(minss) OP_ROW(minsd) OP_ROW(maxss) OP_ROW(maxsd) OP_ROW(sqrtss)
          OP_ROW(sqrtsd) OP_ROW(cvtss2sd) OP_ROW(cvtsd2ss) OP_ROW(addps) OP_ROW(addpd) OP_ROW(mulps) OP_ROW(
              mulpd) OP_ROW(subps) OP_ROW(subpd) OP_ROW(divps) OP_ROW(divpd) OP_ROW(minps) OP_ROW(minpd)
              OP_ROW(maxps) OP_ROW(maxpd) OP_ROW(andps) OP_ROW(andnps) OP_ROW(orps) OP_ROW(xorps) OP_ROW(
                  unpcklps) OP_ROW(pand) OP_ROW(pandn) OP_ROW(por) OP_ROW(pxor) OP_ROW(paddb) OP_ROW(paddw)
                  OP_ROW(paddd) OP_ROW(paddq) OP_ROW(psubb) OP_ROW(psubw) OP_ROW(psubd) OP_ROW(psubq) OP_ROW(
                      paddsb) OP_ROW(paddsw) OP_ROW(paddusb) OP_ROW(paddusw) OP_ROW(psubsb)
                      OP_ROW(psubsw) OP_ROW(psubusb) OP_ROW(psubusw) OP_ROW(pmullw) OP_ROW(
                          pmulld) OP_ROW(pmuludq) OP_ROW(pmuldq) OP_ROW(pmulhrsw) OP_ROW(pmaddwd)
                          OP_ROW(pmaddubsw) OP_ROW(pminsb) OP_ROW(pminsw) OP_ROW(pminsd) OP_ROW(pminub)
                              OP_ROW(pminuw) OP_ROW(pminud) OP_ROW(pmaxsb) OP_ROW(pmaxsw) OP_ROW(pmaxsd)
                                  OP_ROW(pmaxub) OP_ROW(pmaxuw) OP_ROW(pmaxud) OP_ROW(pavgb)
                                      OP_ROW(pavgw) OP_ROW(pcmpeqb) OP_ROW(pcmpeqw) OP_ROW(pcmpeqd) OP_ROW(
                                          pcmpeqq) OP_ROW(pcmpgtb) OP_ROW(pcmpgtw)
                                          OP_ROW(pcmpgtd) OP_ROW(pcmpgtq)
                                              OP_ROW(packsswb) OP_ROW(packssdw) OP_ROW(packuswb)
                                                  OP_ROW(packusdw) OP_ROW(punpcklbw) OP_ROW(punpckhbw)
                                                      OP_ROW(punpcklqdq) OP_ROW(pshufb) OP_ROW(psllw)
                                                          OP_ROW(pslld) OP_ROW(psllq)
                                                              OP_ROW(psrlw) OP_ROW(psrld) OP_ROW(psrlq)
                                                                  OP_ROW(psraw) OP_ROW(psrad)
#undef OP_ROW
  };
  std::vector<Form> forms;
  for (const Row& row : k_rows) {
    VecOp op = row.op;
    std::string name = row.name;
    forms.push_back({[op](Encoder& e) { e.sse(op, 9, uint8_t{3}); }, name + " xmm9,xmm3"});
    forms.push_back({[op](Encoder& e) { e.vex(op, 1, 9, uint8_t{14}); }, "v" + name + " xmm1,xmm9,xmm14"});
  }
  expect_forms(forms);
}

TEST(X64Encoder, VectorMovesAndImmediates) {
  expect_forms({
      FORM("movaps xmm1,xmm9", sse(op::movaps, 1, uint8_t{9})),
      FORM("movups xmm1,XMMWORD PTR [rbx+0x8]", sse(op::movups, 1, k_simple)),
      FORM("vmovups XMMWORD PTR [rbx+0x8],xmm9", vex(op::movups_store, 9, 0, k_simple)),
      FORM("vmovss xmm1,DWORD PTR [r15+rax*1]", vex(op::movss, 1, 0, mem(r15, rax, 0, 0))),
      FORM("vmovsd QWORD PTR [rbx+0x8],xmm2", vex(op::movsd_store, 2, 0, k_simple)),
      FORM("vmovd xmm1,r9d", vex(op::movd, 1, 0, uint8_t{9})),
      FORM("vmovd r11d,xmm3", vex(op::movd_store, 3, 0, uint8_t{11})),
      FORM("vmovq xmm1,rax", vex(op::movq, 1, 0, uint8_t{0})),
      FORM("movq rax,xmm1", sse(op::movq_store, 1, uint8_t{0})),
      FORM("vucomisd xmm1,xmm12", vex(op::ucomisd, 1, 0, uint8_t{12})),
      FORM("vcvtsi2sd xmm1,xmm1,rcx", vex(op::cvtsi2sd64, 1, 1, uint8_t{1})),
      FORM("vcvttsd2si rcx,xmm9", vex(op::cvttsd2si64, 1, 0, uint8_t{9})),
      FORM("vcvttss2si ecx,xmm1", vex(op::cvttss2si, 1, 0, uint8_t{1})),
      FORM("vroundsd xmm1,xmm2,xmm3,0xb", vex_imm(op::roundsd, 1, 2, uint8_t{3}, 11)),
      FORM("pshufd xmm1,xmm2,0xee", sse_imm(op::pshufd, 1, uint8_t{2}, 0xee)),
      FORM("vpextrb ecx,xmm3,0x5", vex_imm(op::pextrb, 3, 0, uint8_t{1}, 5)),
      FORM("vpinsrq xmm1,xmm2,rax,0x1", vex_imm(op::pinsrq, 1, 2, uint8_t{0}, 1)),
      FORM("vpmovmskb ecx,xmm9", vex(op::pmovmskb, 1, 0, uint8_t{9})),
      FORM("vpmovsxbw xmm1,QWORD PTR [rbx+0x8]", vex(op::pmovsxbw, 1, 0, k_simple)),
      FORM("vmovddup xmm1,QWORD PTR [rbx+0x8]", vex(op::movddup, 1, 0, k_simple)),
      FORM("vptest xmm1,xmm1", vex(op::ptest, 1, 0, uint8_t{1})),
      FORM("vcvtdq2pd xmm1,xmm2", vex(op::cvtdq2pd, 1, 0, uint8_t{2})),
      FORM("vcvttpd2dq xmm1,xmm2", vex(op::cvttpd2dq, 1, 0, uint8_t{2})),
      FORM("vcvttps2dq xmm1,xmm2", vex(op::cvttps2dq, 1, 0, uint8_t{2})),
      FORM("vpabsd xmm1,xmm2", vex(op::pabsd, 1, 0, uint8_t{2})),
      FORM("vinsertps xmm1,xmm2,xmm3,0x10", vex_imm(op::insertps, 1, 2, uint8_t{3}, 0x10)),
      FORM("vpalignr xmm1,xmm2,xmm3,0x4", vex_imm(op::palignr, 1, 2, uint8_t{3}, 4)),
      FORM("vpblendw xmm1,xmm2,xmm3,0x55", vex_imm(op::pblendw, 1, 2, uint8_t{3}, 0x55)),
      FORM("vshufps xmm1,xmm2,xmm3,0x88", vex_imm(op::shufps, 1, 2, uint8_t{3}, 0x88)),
  });
}

TEST(X64Encoder, NopsFillAnyGap) {
  for (uint32_t size = 1; size <= 15; ++size) {
    Encoder code;
    code.nop(size);
    EXPECT_EQ(code.offset(), size);
  }
}

}  // namespace
}  // namespace lindvm::jit::x64
