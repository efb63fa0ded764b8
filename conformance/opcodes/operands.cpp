#include "conformance/opcodes/operands.h"

#include <fmt/format.h>

#include <cassert>

#include "vm/testing/edge_values.h"
#include "vm/types/operand_types.h"

namespace lindvm::opcode_tests {
namespace {

template <class T>
std::vector<V128> as_bits(const std::vector<T>& values) {
  std::vector<V128> bits;
  for (const T& value : values) {
    bits.emplace_back(V128{});
    bits.back().set_lane<T>(0, value);
  }
  return bits;
}

unsigned width(ValType type) {
  if (type == k_v128) return 16;
  return type == k_i64 || type == k_f64 ? 8 : 4;
}

/// Number of lanes that a lane immediate chooses among: of the vector's shape, or of the memory access.
unsigned lane_count(Op op) {
  const OpInfo& info = op_info(op);
  if (info.imm == Imm::MemArgLane) return 16 / info.access_bytes();
  return static_cast<unsigned>(std::stoul(std::string(info.text.substr(info.text.find('x') + 1))));
}

template <class Lane, class Bits>
bool same_float_lanes(const V128& actual, const V128& expected, unsigned bytes) {
  constexpr Bits quiet = sizeof(Bits) == 4 ? Bits{0x7fc00000} : static_cast<Bits>(0x7ff8000000000000);
  for (unsigned i = 0; i < bytes / sizeof(Lane); ++i) {
    Lane a = actual.lane<Lane>(i), e = expected.lane<Lane>(i);
    bool both_nan = a != a && e != e && (actual.lane<Bits>(i) & quiet) == quiet;
    if (!both_nan && actual.lane<Bits>(i) != expected.lane<Bits>(i)) return false;
  }
  return true;
}

}  // namespace

std::vector<ValType> val_types(std::span<const OperandType> types, ValType address) {
  std::vector<ValType> result;
  for (OperandType type : types) result.push_back(value_type(type, address));
  return result;
}

testing::TypeCodes type_codes(const std::vector<ValType>& types) {
  testing::TypeCodes codes;
  for (ValType type : types) {
    switch (type.kind()) {
      case ValKind::i32:
        codes.push_back(testing::k_type_i32);
        break;
      case ValKind::i64:
        codes.push_back(testing::k_type_i64);
        break;
      case ValKind::f32:
        codes.push_back(testing::k_type_f32);
        break;
      case ValKind::f64:
        codes.push_back(testing::k_type_f64);
        break;
      case ValKind::v128:
        codes.push_back(testing::k_type_v128);
        break;
      case ValKind::ref:
      case ValKind::bottom:
        assert(false);
    }
  }
  return codes;
}

const std::vector<V128>& edge_values(ValType type) {
  static const std::vector<V128> i32 = as_bits(testing::edge_values_i32());
  static const std::vector<V128> i64 = as_bits(testing::edge_values_i64());
  static const std::vector<V128> f32 = as_bits(testing::edge_values_f32());
  static const std::vector<V128> f64 = as_bits(testing::edge_values_f64());
  static const std::vector<V128> v128 = testing::edge_values_v128();
  if (type == k_i32) return i32;
  if (type == k_i64) return i64;
  if (type == k_f32) return f32;
  if (type == k_f64) return f64;
  return v128;
}

std::vector<Tuple> edge_tuples(const std::vector<ValType>& types, size_t limit) {
  uint64_t total = 1;
  for (ValType type : types) total *= edge_values(type).size();
  size_t count = total <= limit ? total : limit;
  std::vector<Tuple> tuples;
  for (size_t i = 0; i < count; ++i) {
    // Multiples of the golden ratio's fraction fill the range evenly.
    uint64_t spread =
        static_cast<uint64_t>((static_cast<unsigned __int128>(i * 0x9e3779b97f4a7c15) * total) >> 64);
    uint64_t index = total <= limit ? i : spread;
    Tuple& tuple = tuples.emplace_back();
    for (ValType type : types) {
      const std::vector<V128>& values = edge_values(type);
      tuple.push_back(values[index % values.size()]);
      index /= values.size();
    }
  }
  return tuples;
}

std::vector<Tuple> lane_immediates(Op op) {
  Imm imm = op_info(op).imm;
  std::vector<Tuple> lanes;
  if (imm == Imm::Shuffle) {
    for (unsigned factor : {0u, 1u, 3u, 7u, 11u, 29u}) {
      V128 mask;
      for (unsigned i = 0; i < 16; ++i) mask.bytes[i] = static_cast<uint8_t>((i * factor + factor / 2) % 32);
      lanes.push_back({mask});
    }
  } else if (imm == Imm::Lane || imm == Imm::MemArgLane) {
    for (unsigned i = 0; i < lane_count(op); ++i) {
      V128 lane{};
      lane.set_lane<uint32_t>(0, i);
      lanes.push_back({lane});
    }
  } else {
    lanes.emplace_back();
  }
  return lanes;
}

void emit(testing::CodeBuilder& code, Op op, const Tuple& lane, uint64_t offset, uint32_t memory) {
  Imm imm = op_info(op).imm;
  if (imm == Imm::Shuffle) {
    code.shuffle(lane[0]);
  } else if (imm == Imm::Lane) {
    code.lane_op(op, lane[0].bytes[0]);
  } else if (imm == Imm::MemArgLane) {
    code.memory_lane_op(op, lane[0].bytes[0], offset, memory);
  } else if (imm == Imm::MemArg) {
    code.memory_op(op, offset, memory);
  } else {
    code.op(op);
  }
}

void emit_const(testing::CodeBuilder& code, ValType type, const V128& value) {
  if (type == k_i32) {
    code.i32_const(value.lane<uint32_t>(0));
  } else if (type == k_i64) {
    code.i64_const(value.lane<uint64_t>(0));
  } else if (type == k_f32) {
    code.f32_const(value.lane<float>(0));
  } else if (type == k_f64) {
    code.f64_const(value.lane<double>(0));
  } else {
    code.v128_const(value);
  }
}

bool is_acceptable(Op op, ValType type, const V128& actual, const V128& expected) {
  const OpInfo& info = op_info(op);
  if (info.has(trait::nan_result)) {
    bool is_double = type == k_f64 || info.text.starts_with("f64x2");
    return is_double ? same_float_lanes<double, uint64_t>(actual, expected, width(type))
                     : same_float_lanes<float, uint32_t>(actual, expected, width(type));
  }
  return std::memcmp(actual.bytes, expected.bytes, width(type)) == 0;
}

std::string to_hex(ValType type, const V128& value) {
  std::string text;
  for (unsigned i = width(type); i-- > 0;) text += fmt::format("{:02x}", value.bytes[i]);
  return text;
}

std::string to_hex(const std::vector<ValType>& types, const Tuple& tuple) {
  std::string text;
  for (size_t i = 0; i < types.size(); ++i) text += (i == 0 ? "" : " ") + to_hex(types[i], tuple[i]);
  return '(' + text + ')';
}

}  // namespace lindvm::opcode_tests
