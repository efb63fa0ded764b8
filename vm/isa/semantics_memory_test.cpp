// Memory meanings: extension, wrapping, lanes, and what the atomic operations return and leave behind.

#include <gtest/gtest.h>

#include "vm/isa/semantics.h"

namespace lindvm::sem {
namespace {

constexpr uint8_t k_bytes[16] = {0x80, 0x91, 0xa2, 0xb3, 0xc4, 0xd5, 0xe6, 0xf7,
                                 8,    9,    10,   11,   12,   13,   14,   15};

TEST(MemorySemantics, LoadsExtend) {
  EXPECT_EQ((load<int8_t, uint32_t>(k_bytes)), 0xffffff80u);
  EXPECT_EQ((load<uint8_t, uint32_t>(k_bytes)), 0x80u);
  EXPECT_EQ((load<int16_t, uint64_t>(k_bytes)), 0xffffffffffff9180u);
  EXPECT_EQ((load<uint32_t, uint64_t>(k_bytes)), 0xb3a29180u);
  EXPECT_EQ((load<int32_t, uint64_t>(k_bytes)), 0xffffffffb3a29180u);
  EXPECT_EQ((load<uint64_t, uint64_t>(k_bytes + 1)), 0x08f7e6d5c4b3a291u);
}

TEST(MemorySemantics, StoresWrap) {
  uint8_t memory[9] = {};
  store<uint32_t, uint8_t>(memory, 0x12345678);
  store<uint64_t, uint16_t>(memory + 3, 0x123456789abcdef0);
  const uint8_t expected[9] = {0x78, 0, 0, 0xf0, 0xde, 0, 0, 0, 0};
  EXPECT_EQ(std::memcmp(memory, expected, sizeof memory), 0);
}

TEST(MemorySemantics, VectorLoads) {
  V128 extended = load_extend<int8_t, int16_t>(k_bytes);
  EXPECT_EQ(extended.lane<uint16_t>(0), 0xff80);
  EXPECT_EQ(extended.lane<uint16_t>(7), 0xfff7);
  EXPECT_EQ((load_extend<uint32_t, uint64_t>(k_bytes).lane<uint64_t>(1)), 0xf7e6d5c4u);
  V128 splat = load_splat<uint16_t>(k_bytes + 1);
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(splat.lane<uint16_t>(i), 0xa291);
  V128 zero = load_zero<uint32_t>(k_bytes);
  EXPECT_EQ(zero.lane<uint64_t>(0), 0xb3a29180u);
  EXPECT_EQ(zero.lane<uint64_t>(1), 0u);
  V128 lane = load_lane<uint8_t>(k_bytes, splat, 15);
  EXPECT_EQ(lane.lane<uint8_t>(15), 0x80);
  EXPECT_EQ(lane.lane<uint8_t>(14), splat.lane<uint8_t>(14));
  uint8_t memory[4] = {};
  store_lane<uint16_t>(memory + 1, splat, 3);
  EXPECT_EQ((load<uint32_t, uint32_t>(memory)), 0x00a29100u);
}

template <class Memory, class Value>
void check_atomics() {
  const Memory before = static_cast<Memory>(0xf0e1d2c3b4a59687);
  const Value operand = static_cast<Value>(0xfedcba9876543210);
  const Memory narrow = static_cast<Memory>(operand);
  auto check = [&](Value (*op)(void*, Value), Memory after) {
    alignas(8) Memory memory[2] = {before, before};
    EXPECT_EQ(op(memory, operand), Value{before});
    EXPECT_EQ(memory[0], after);
    EXPECT_EQ(memory[1], before);
  };
  check(atomic_add<Memory, Value>, static_cast<Memory>(before + narrow));
  check(atomic_sub<Memory, Value>, static_cast<Memory>(before - narrow));
  check(atomic_and<Memory, Value>, before & narrow);
  check(atomic_or<Memory, Value>, before | narrow);
  check(atomic_xor<Memory, Value>, before ^ narrow);
  check(atomic_xchg<Memory, Value>, narrow);

  alignas(8) Memory memory = before;
  EXPECT_EQ((atomic_cmpxchg<Memory, Value>(&memory, Value(before) + 1, operand)), Value{before});
  EXPECT_EQ(memory, before);
  Value expected = before;
  if constexpr (sizeof(Memory) < sizeof(Value)) expected |= static_cast<Value>(1) << (sizeof(Value) * 8 - 1);
  EXPECT_EQ((atomic_cmpxchg<Memory, Value>(&memory, expected, operand)), Value{before});
  EXPECT_EQ(memory, narrow);
  atomic_store<Value, Memory>(&memory, Value{before});
  EXPECT_EQ((atomic_load<Memory, Value>(&memory)), Value{before});
}

TEST(MemorySemantics, Atomics) {
  check_atomics<uint8_t, uint32_t>();
  check_atomics<uint16_t, uint32_t>();
  check_atomics<uint32_t, uint32_t>();
  check_atomics<uint8_t, uint64_t>();
  check_atomics<uint16_t, uint64_t>();
  check_atomics<uint32_t, uint64_t>();
  check_atomics<uint64_t, uint64_t>();
}

}  // namespace
}  // namespace lindvm::sem
