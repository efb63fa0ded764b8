// Text of instructions with every shape of immediates, and robustness on truncated and arbitrary bytes.

#include "vm/isa/disassembler.h"

#include <gtest/gtest.h>

#include <random>

namespace lindvm {
namespace {

using Bytes = std::vector<uint8_t>;

void expect_text(const Bytes& code, std::string_view text) {
  Disassembly result = disassemble(code, 0);
  EXPECT_EQ(result.text, text);
  EXPECT_EQ(result.size, code.size()) << text;
}

TEST(Disassembler, PlainAndIndexImmediates) {
  expect_text({0x6a}, "i32.add");
  expect_text({0x20, 0x80, 0x01}, "local.get 128");
  expect_text({0x10, 5}, "call 5");
  expect_text({0x11, 3, 0}, "call_indirect (type 3)");
  expect_text({0x11, 3, 2}, "call_indirect 2 (type 3)");
  expect_text({0x0e, 2, 1, 0, 4}, "br_table 1 0 4");
  expect_text({0x3f, 0}, "memory.size");
  expect_text({0xfc, 8, 7, 0}, "memory.init 7");
  expect_text({0xfc, 8, 7, 1}, "memory.init 1 7");
  expect_text({0xfc, 10, 0, 0}, "memory.copy");
  expect_text({0xfc, 14, 1, 2}, "table.copy 1 2");
  expect_text({0xfb, 2, 4, 1}, "struct.get 4 1");
}

TEST(Disassembler, Constants) {
  expect_text({0x41, 0x7f}, "i32.const -1");
  expect_text({0x42, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f},
              "i64.const -9223372036854775808");
  expect_text({0x43, 0, 0, 0x80, 0x3f}, "f32.const 0x1p+0");
  expect_text({0x43, 0, 0, 0x80, 0xff}, "f32.const -inf");
  expect_text({0x43, 0, 0, 0xc0, 0x7f}, "f32.const nan");
  expect_text({0x43, 1, 0, 0x80, 0x7f}, "f32.const nan:0x1");
  expect_text({0x44, 0, 0, 0, 0, 0, 0, 0, 0x80}, "f64.const -0x0p+0");
  expect_text({0xfd, 12, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xff, 0xff, 0xff, 0xff},
              "v128.const i32x4 0x00000001 0x00000002 0x00000003 0xffffffff");
}

TEST(Disassembler, MemoryArguments) {
  expect_text({0x28, 2, 0}, "i32.load");
  expect_text({0x28, 0, 8}, "i32.load offset=8 align=1");
  expect_text({0x36, 0x42, 1, 16}, "i32.store 1 offset=16");
  expect_text({0xfd, 84, 0, 4, 15}, "v128.load8_lane offset=4 15");
  expect_text({0xfe, 0x1e, 2, 0}, "i32.atomic.rmw.add");
  expect_text({0xfe, 3, 0}, "atomic.fence");
}

TEST(Disassembler, TypesAndBlocks) {
  expect_text({0x02, 0x40}, "block");
  expect_text({0x03, 0x7e}, "loop (result i64)");
  expect_text({0x04, 0x05}, "if (type 5)");
  expect_text({0x02, 0x63, 0x70}, "block (result (ref null func))");
  expect_text({0x1c, 1, 0x6f}, "select (result externref)");
  expect_text({0xd0, 0x70}, "ref.null func");
  expect_text({0xd0, 0x0a}, "ref.null 10");
  expect_text({0xfb, 20, 0x6c}, "ref.test (ref i31)");
  expect_text({0xfb, 23, 3}, "ref.cast (ref null 3)");
  expect_text({0xfb, 24, 1, 2, 0x6e, 0x6b}, "br_on_cast 2 (ref null any) (ref struct)");
  expect_text({0x1f, 0x40, 2, 0, 1, 0, 3, 1}, "try_table (catch 1 0) (catch_all_ref 1)");
  expect_text({0xfd, 13, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 31},
              "i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31");
}

TEST(Disassembler, IndentsBlocks) {
  const Bytes code = {0x02, 0x40, 0x41, 1, 0x04, 0x40, 0x01, 0x05, 0x01, 0x0b, 0x0b, 0x0b};
  std::string listing;
  for (const DisassemblyLine& line : disassemble_all(code)) {
    listing += std::to_string(line.offset) + ":" + std::string(line.indent, '.') + line.text + "\n";
  }
  EXPECT_EQ(listing, "0:block\n2:.i32.const 1\n4:.if\n6:..nop\n7:.else\n8:..nop\n9:.end\n10:end\n11:end\n");
}

TEST(Disassembler, RefusesBytesThatAreNoInstruction) {
  expect_text({0xff}, ".byte 0xff");
  for (const Bytes& code :
       {Bytes{0x28, 2}, Bytes{0xfd}, Bytes{0xfd, 0x9a, 0x01}, Bytes{0x41, 0x80}, Bytes{0x43, 0, 0},
        Bytes{0x0e, 0xff, 0xff, 0xff, 0xff, 0x0f}, Bytes{0xd0, 0x7f}, Bytes{0x1f, 0x40, 1, 9}}) {
    Disassembly result = disassemble(code, 0);
    EXPECT_EQ(result.op, k_no_op);
    EXPECT_EQ(result.size, 1u);
  }
  EXPECT_EQ(disassemble(Bytes{0x6a}, 1).size, 0u);
  EXPECT_EQ(disassemble({}, 0).size, 0u);
}

TEST(Disassembler, CoversArbitraryBytes) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Bytes code(random() % 64);
    for (uint8_t& byte : code) byte = static_cast<uint8_t>(random());
    size_t total = 0;
    for (const DisassemblyLine& line : disassemble_all(code)) total += line.size;
    EXPECT_EQ(total, code.size());
  }
}

TEST(OpcodeRows, DescribeTheTable) {
  auto rows = opcode_rows();
  ASSERT_EQ(rows.size(), k_op_count);
  const OpcodeRow& add = rows[static_cast<unsigned>(Op::I32Add)];
  EXPECT_EQ(add.code, "0x6a");
  EXPECT_EQ(add.signature, "[i32 i32] -> [i32]");
  EXPECT_EQ(add.traits, "pure commutes constant_ok");
  const OpcodeRow& store = rows[static_cast<unsigned>(Op::V128Store)];
  EXPECT_EQ(store.code, "0xfd 0x0b");
  EXPECT_EQ(store.signature, "[addr v128] -> []");
  EXPECT_EQ(rows[static_cast<unsigned>(Op::CallIndirect)].signature, "by operands");
}

}  // namespace
}  // namespace lindvm
