// The opcode table: codes and names are unique, lookups and signatures agree with the rows.

#include "vm/isa/opcodes.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "vm/base/trap.h"
#include "vm/isa/semantics.h"

namespace lindvm {
namespace {

TEST(Opcodes, CodesAndIdsAreUnique) {
  std::set<uint32_t> codes;
  std::set<std::string_view> ids;
  for (const OpInfo& info : k_op_info) {
    EXPECT_TRUE(codes.insert(info.code).second) << info.id;
    EXPECT_TRUE(ids.insert(info.id).second) << info.id;
  }
  EXPECT_EQ(codes.size(), k_op_count);
}

TEST(Opcodes, NamesAreUniqueButForImmediateVariants) {
  std::map<std::string_view, int> uses;
  for (const OpInfo& info : k_op_info) ++uses[info.text];
  for (auto [text, count] : uses) {
    bool has_variant = text == "select" || text == "ref.test" || text == "ref.cast";
    EXPECT_EQ(count, has_variant ? 2 : 1) << text;
  }
}

TEST(Opcodes, LookupsRoundTrip) {
  for (Op op : all_ops()) {
    const OpInfo& info = op_info(op);
    Op found = info.is_prefixed() ? op_of_prefixed(info.code >> 16, info.code & 0xffff)
                                  : op_of_byte(static_cast<uint8_t>(info.code));
    EXPECT_EQ(found, op) << info.text;
  }
}

TEST(Opcodes, UnassignedCodesAreRefused) {
  unsigned assigned = 0;
  for (unsigned byte = 0; byte < 256; ++byte) assigned += op_of_byte(static_cast<uint8_t>(byte)) != k_no_op;
  for (unsigned prefix = 0; prefix < 256; ++prefix) {
    for (uint32_t sub = 0; sub < 0x400; ++sub) assigned += op_of_prefixed(prefix, sub) != k_no_op;
    EXPECT_EQ(op_of_prefixed(prefix, 0xffffffff), k_no_op);
  }
  EXPECT_EQ(assigned, k_op_count);
  for (uint8_t prefix : {k_prefix_gc, k_prefix_misc, k_prefix_simd, k_prefix_atomic}) {
    EXPECT_EQ(op_of_byte(prefix), k_no_op);
  }
}

TEST(Opcodes, SignaturesSayWhatTheirNamesSay) {
  for (const SignatureInfo& info : k_signature_info) {
    if (info.name == "special") continue;
    std::string name;
    for (OperandType type : info.operands())
      name += std::string(name.empty() ? "" : "_") + std::string(to_string(type));
    if (name.empty()) name = "none";
    name += "_";
    for (OperandType type : info.results()) name += "_" + std::string(to_string(type));
    if (info.results().empty()) name += "_none";
    EXPECT_EQ(name, info.name);
  }
}

TEST(Opcodes, TraitsAgreeWithEachOther) {
  for (const OpInfo& info : k_op_info) {
    bool has_memarg = info.imm == Imm::MemArg || info.imm == Imm::MemArgLane;
    EXPECT_EQ(info.access_bytes() != 0, has_memarg) << info.text;
    if (has_memarg) {
      EXPECT_TRUE(info.traits & (trait::memory_read | trait::memory_write)) << info.text;
    }
    if (info.has(trait::pure)) {
      EXPECT_FALSE(info.traits & (trait::may_trap | trait::memory_write)) << info.text;
    }
    if (info.has(trait::commutes) && info.has_meaning()) {
      EXPECT_GE(signature_info(info.signature).operand_count, 2) << info.text;
    }
    if (info.has_meaning()) {
      EXPECT_NE(info.signature, Signature::special) << info.text;
    }
  }
}

TEST(Opcodes, AccessWidthMatchesTheSuffix) {
  EXPECT_EQ(op_info(Op::I32Load8S).access_bytes(), 1u);
  EXPECT_EQ(op_info(Op::I64Store32).access_bytes(), 4u);
  EXPECT_EQ(op_info(Op::V128Load32x2U).access_bytes(), 8u);
  EXPECT_EQ(op_info(Op::V128Load64Lane).access_bytes(), 8u);
  EXPECT_EQ(op_info(Op::V128Store).access_bytes(), 16u);
  EXPECT_EQ(op_info(Op::I64AtomicRmw16CmpxchgU).access_bytes(), 2u);
  EXPECT_EQ(op_info(Op::I32Add).access_bytes(), 0u);
}

TEST(Opcodes, EveryMeaningIsNamedInSem) {
#define OP(id, code, text, imm, signature, feature, traits, ...)                                            \
  EXPECT_EQ(reinterpret_cast<const void*>(&sem::__VA_ARGS__) == &sem::none, !op_info(Op::id).has_meaning()) \
      << text;
#include "vm/isa/opcodes.def"
}

TEST(Opcodes, EveryImmediateAndFeatureIsDescribed) {
  for (const OpInfo& info : k_op_info) {
    EXPECT_FALSE(describe(info.imm).empty());
    EXPECT_FALSE(to_string(info.feature).empty());
  }
  EXPECT_EQ(to_string(Feature::custom_page_sizes), "custom_page_sizes");
}

TEST(Traps, HaveDistinctTextsAndSignals) {
  std::set<std::string_view> texts;
  for (const TrapInfo& info : k_trap_info) EXPECT_TRUE(texts.insert(info.text).second) << info.name;
  EXPECT_EQ(trap_text(Trap::IntegerDivideByZero), "integer divide by zero");
  EXPECT_EQ(trap_signal(Trap::OutOfBoundsMemoryAccess), SIGSEGV);
  EXPECT_EQ(trap_signal(Trap::None), 0);
  EXPECT_EQ(k_trap_info[k_trap_count - 1].name, "HostError");
}

}  // namespace
}  // namespace lindvm
