#include "vm/runtime/source_map.h"

#include <gtest/gtest.h>

#include "vm/module/load.h"
#include "vm/module/module_bytes.h"

namespace lindvm {
namespace {

using namespace testing;

Bytes u16(uint32_t value) { return {static_cast<uint8_t>(value), static_cast<uint8_t>(value >> 8)}; }
Bytes u32(uint32_t value) { return join({u16(value), u16(value >> 16)}); }
Bytes zero_ended(std::string_view text) { return join({Bytes(text.begin(), text.end()), {0}}); }
/// A DWARF unit: its length in 32 bits, then the contents.
Bytes unit(const Bytes& contents) { return join({u32(static_cast<uint32_t>(contents.size())), contents}); }

// Abbreviations: 1 a compile unit, 2 a function, 3 an inlined call.
Bytes abbreviations() {
  return join({{1, 0x11, 1, 0x03, 0x08, 0x10, 0x17, 0x11, 0x01, 0x12, 0x06, 0, 0},
               {2, 0x2e, 1, 0x6e, 0x08, 0x11, 0x01, 0x12, 0x06, 0, 0},
               {3, 0x1d, 0, 0x03, 0x08, 0x11, 0x01, 0x12, 0x06, 0x58, 0x0b, 0x59, 0x0b, 0, 0},
               {0}});
}

/// A unit over code [0, 20): _Z5outeri at [2, 12), with inner() inlined at [4, 8) from line 31.
Bytes debug_info() {
  return unit(join({u16(4),
                    u32(0),
                    {4},  //
                    {1},
                    zero_ended("f.cpp"),
                    u32(0),
                    u32(0),
                    u32(20),  //
                    {2},
                    zero_ended("_Z5outeri"),
                    u32(2),
                    u32(10),  //
                    {3},
                    zero_ended("inner"),
                    u32(4),
                    u32(4),
                    {1, 31},
                    {0},
                    {0}}));
}

/// Address 2 is line 10, address 4 line 20, address 8 line 30.
Bytes debug_line() {
  Bytes header = join({{1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1},
                       {0},
                       zero_ended("f.cpp"),
                       {0, 0, 0},
                       {0}});
  Bytes program = join({{0, 5, 2}, u32(2), {3, 9, 1}, {2, 2, 3, 10, 1}, {2, 4, 3, 10, 1}, {2, 12, 0, 1, 1}});
  return unit(join({u16(4), u32(static_cast<uint32_t>(header.size())), header, program}));
}

std::shared_ptr<const Module> module_with(std::initializer_list<Bytes> debug_sections) {
  Bytes code(20, 0x01);
  code.push_back(0x0b);
  Bytes bytes = join({one_function({0x60, 0, 0}, {0}, code), join(debug_sections)});
  return load_module(bytes).value();
}

TEST(SourceMap, FindsLinesAndInlinedCalls) {
  auto module = module_with({custom(".debug_abbrev", abbreviations()), custom(".debug_info", debug_info()),
                             custom(".debug_line", debug_line())});
  auto map = SourceMap::make(*module);
  ASSERT_NE(map, nullptr);
  uint32_t code_start = module->code_section().begin;

  std::vector<SourceLocation> plain = map->locate(code_start + 3);
  ASSERT_EQ(plain.size(), 1u);
  EXPECT_EQ(plain[0].function, "outer(int)");
  EXPECT_EQ(plain[0].file, "f.cpp");
  EXPECT_EQ(plain[0].line, 10u);

  std::vector<SourceLocation> inlined = map->locate(code_start + 5);
  ASSERT_EQ(inlined.size(), 2u);
  EXPECT_EQ(inlined[0].function, "inner");
  EXPECT_EQ(inlined[0].line, 20u);
  EXPECT_EQ(inlined[1].function, "outer(int)");
  EXPECT_EQ(inlined[1].file, "f.cpp");
  EXPECT_EQ(inlined[1].line, 31u);

  EXPECT_TRUE(map->locate(code_start + 1000).empty());
}

TEST(SourceMap, IsAbsentWithoutDwarf) { EXPECT_EQ(SourceMap::make(*module_with({})), nullptr); }

TEST(SourceMap, SurvivesDamagedSections) {
  const Bytes junk(64, 0xa5);
  auto module =
      module_with({custom(".debug_abbrev", junk), custom(".debug_info", junk), custom(".debug_line", junk)});
  auto map = SourceMap::make(*module);
  if (map) {
    EXPECT_TRUE(map->locate(module->code_section().begin + 3).empty());
  }
}

TEST(Demangle, ReadsCxxAndRustSymbols) {
  EXPECT_EQ(demangle("_ZN2ns6divideEii"), "ns::divide(int, int)");
  EXPECT_EQ(demangle("_ZN4core9panicking5panic17h0123456789abcdefE"), "core::panicking::panic");
  EXPECT_EQ(demangle("main"), "main");
  EXPECT_EQ(demangle("_Z"), "_Z");
}

}  // namespace
}  // namespace lindvm
