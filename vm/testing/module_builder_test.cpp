#include "vm/testing/module_builder.h"

#include <gtest/gtest.h>

#include "vm/isa/disassembler.h"

namespace lindvm::testing {
namespace {

TEST(ByteWriter, Leb128) {
  ByteWriter out;
  out.u32(0);
  out.u32(624485);
  out.s64(-1);
  out.s64(63);
  out.s64(64);
  out.s64(-64);
  out.s64(-123456);
  EXPECT_EQ(out.data(),
            (std::vector<uint8_t>{0, 0xe5, 0x8e, 0x26, 0x7f, 0x3f, 0xc0, 0, 0x40, 0xc0, 0xbb, 0x78}));
}

TEST(ModuleBuilder, WritesSectionsInOrder) {
  ModuleBuilder module;
  uint32_t type = module.type({k_type_i32, k_type_i32}, {k_type_i32});
  EXPECT_EQ(module.type({k_type_i32, k_type_i32}, {k_type_i32}), type);
  uint32_t imported = module.import_function("m", "f", type);
  uint32_t add =
      module.function(type, {k_type_i64}, CodeBuilder().local_get(0).local_get(1).op(Op::I32Add).end());
  EXPECT_EQ(imported, 0u);
  EXPECT_EQ(add, 1u);
  module.memory({.min = 1, .max = 2});
  module.export_function("add", add);
  const uint8_t content[] = {7};
  module.active_data(0, CodeBuilder().i32_const(8).end(), content);
  const std::vector<uint8_t> expected = {
      0,  'a', 's', 'm',  1,    0,    0,    0,                                //
      1,  7,   1,   0x60, 2,    0x7f, 0x7f, 1,    0x7f,                       // types
      2,  7,   1,   1,    'm',  1,    'f',  0,    0,                          // imports
      3,  2,   1,   0,                                                        // functions
      5,  4,   1,   1,    1,    2,                                            // memories
      7,  7,   1,   3,    'a',  'd',  'd',  0,    1,                          // exports
      12, 1,   1,                                                             // data count
      10, 11,  1,   9,    1,    1,    0x7e, 0x20, 0,    0x20, 1, 0x6a, 0x0b,  // code
      11, 7,   1,   0,    0x41, 8,    0x0b, 1,    7,                          // data
  };
  EXPECT_EQ(module.build(), expected);
}

TEST(CodeBuilder, AgreesWithTheDisassembler) {
  CodeBuilder code;
  V128 value{};
  value.bytes[0] = 5;
  code.block(Op::Loop, k_type_i64)
      .block(Op::If)
      .memory_op(Op::I64Load16U, 300)
      .memory_op(Op::V128Store, 1, 2);
  code.memory_lane_op(Op::V128Load32Lane, 3, 4)
      .lane_op(Op::F64x2ReplaceLane, 1)
      .shuffle(value)
      .v128_const(value);
  code.i32_const(0x80000000).i64_const(1).f32_const(-2).f64_const(0.5).op(Op::CallIndirect, {1, 0}).end();
  std::string listing;
  for (const DisassemblyLine& line : disassemble_all(code.data())) listing += line.text + "\n";
  EXPECT_EQ(
      listing,
      "loop (result i64)\nif\ni64.load16_u offset=300\nv128.store 2 offset=1\nv128.load32_lane offset=4 3\n"
      "f64x2.replace_lane 1\ni8x16.shuffle 5 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"
      "v128.const i32x4 0x00000005 0x00000000 0x00000000 0x00000000\ni32.const -2147483648\ni64.const 1\n"
      "f32.const -0x1p+1\nf64.const 0x1p-1\ncall_indirect (type 1)\nend\n");
}

}  // namespace
}  // namespace lindvm::testing
