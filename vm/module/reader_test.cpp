#include "vm/module/reader.h"

#include <gtest/gtest.h>

#include <vector>

namespace lindvm {
namespace {

using Bytes = std::vector<uint8_t>;

Reader reader_of(const Bytes& bytes) {
  return Reader(bytes.data(), bytes.data(), bytes.data() + bytes.size());
}

std::string error_of(const Bytes& bytes, auto read) {
  Reader reader = reader_of(bytes);
  read(reader);
  return reader.failed() ? reader.error().message : "";
}

TEST(Reader, UnsignedNumbers) {
  for (auto [bytes, value] : {std::pair<Bytes, uint32_t>{{0x00}, 0},
                              {{0x7f}, 127},
                              {{0x80, 0x01}, 128},
                              {{0xe5, 0x8e, 0x26}, 624485},
                              {{0x80, 0x00}, 0},
                              {{0xff, 0xff, 0xff, 0xff, 0x0f}, UINT32_MAX}}) {
    Reader reader = reader_of(bytes);
    EXPECT_EQ(reader.u32(), value);
    EXPECT_TRUE(reader.at_end() && !reader.failed());
    EXPECT_EQ(CodeReader(bytes.data()).u32(), value);
  }
}

TEST(Reader, SignedNumbers) {
  for (auto [bytes, value] : {std::pair<Bytes, int64_t>{{0x7f}, -1},
                              {{0x40}, -64},
                              {{0xc0, 0xbb, 0x78}, -123456},
                              {{0xff, 0x00}, 127},
                              {{0x80, 0x80, 0x80, 0x80, 0x78}, INT32_MIN}}) {
    EXPECT_EQ(reader_of(bytes).s32(), value);
    EXPECT_EQ(reader_of(bytes).s33(), value);
    EXPECT_EQ(reader_of(bytes).s64(), value);
    EXPECT_EQ(CodeReader(bytes.data()).s64(), value);
  }
  Bytes least{0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7f};
  EXPECT_EQ(reader_of(least).s64(), INT64_MIN);
  EXPECT_EQ(CodeReader(least.data()).s64(), INT64_MIN);
}

TEST(Reader, RefusesOverlongAndLargeNumbers) {
  auto u32 = [](Reader& r) { r.u32(); };
  auto s32 = [](Reader& r) { r.s32(); };
  EXPECT_EQ(error_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, u32), "integer representation too long");
  EXPECT_EQ(error_of({0x80, 0x80, 0x80, 0x80, 0x10}, u32), "integer too large");
  EXPECT_EQ(error_of({0x80, 0x80, 0x80, 0x80, 0x80, 0x00}, s32), "integer representation too long");
  EXPECT_EQ(error_of({0xff, 0xff, 0xff, 0xff, 0x4f}, s32), "integer too large");
  EXPECT_EQ(error_of({0x80, 0x80}, u32), "unexpected end of section or function");
}

TEST(Reader, KeepsTheFirstErrorAndStops) {
  Bytes bytes{0x01, 0x02, 0x03};
  Reader reader = reader_of(bytes);
  reader.u8();
  reader.invalid("first", reader.offset());
  reader.malformed("second");
  EXPECT_EQ(reader.error().message, "first");
  EXPECT_EQ(reader.error().kind, ErrorKind::invalid);
  EXPECT_EQ(reader.error().offset, 1u);
  EXPECT_EQ(reader.u8(), 0);
  EXPECT_EQ(reader.remaining(), 0u);
}

TEST(Reader, Names) {
  Bytes bytes{0x03, 'a', 0xc3, 0xa9, 0x05, 'x'};
  Reader reader = reader_of(bytes);
  EXPECT_EQ(reader.name(), "a\xc3\xa9");
  reader.name();
  EXPECT_EQ(reader.error().message, "length out of bounds");
}

TEST(Utf8, WellFormedOnly) {
  for (const char* good :
       {"", "plain", "\xc2\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"})
    EXPECT_TRUE(is_utf8(good)) << good;
  for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "a\xff"})
    EXPECT_FALSE(is_utf8(bad));
}

}  // namespace
}  // namespace lindvm
