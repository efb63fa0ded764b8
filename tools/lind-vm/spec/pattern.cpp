#include "tools/lind-vm/spec/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace lindvm::spec {
namespace {

struct FloatFormat {
  uint64_t magnitude_mask;
  uint64_t canonical_nan;
};
constexpr FloatFormat k_f32_format{0x7fff'ffff, 0x7fc0'0000};
constexpr FloatFormat k_f64_format{0x7fff'ffff'ffff'ffff, 0x7ff8'0000'0000'0000};

bool lane_matches(const LanePattern& lane, unsigned lane_bits, uint64_t actual) {
  const FloatFormat& format = lane_bits == 32 ? k_f32_format : k_f64_format;
  switch (lane.kind) {
    case LanePattern::Kind::bits:
      return actual == lane.bits;
    case LanePattern::Kind::canonical_nan:
      return (actual & format.magnitude_mask) == format.canonical_nan;
    case LanePattern::Kind::arithmetic_nan:
      return (actual & format.canonical_nan) == format.canonical_nan;
  }
  return false;
}

uint64_t read_lane(const V128& bits, unsigned lane_bits, size_t index) {
  uint64_t lane = 0;
  std::memcpy(&lane, bits.bytes + index * lane_bits / 8, lane_bits / 8);
  return lane;
}

/// Handle of a host value (vm/runtime/store.h).
uint64_t host_handle(uint64_t host_value) { return host_value + 1; }

bool ref_matches(const Pattern& pattern, uint64_t handle) {
  constexpr uint64_t k_i31_tag = uint64_t{1} << 63;
  switch (pattern.ref) {
    case RefPattern::null:
      return handle == 0;
    case RefPattern::non_null:
      return handle != 0 && (pattern.type_name != "i31ref" || handle & k_i31_tag);
    case RefPattern::host:
      return handle == host_handle(pattern.host_value);
  }
  return false;
}

std::string describe_lane(const LanePattern& lane, unsigned lane_bits) {
  switch (lane.kind) {
    case LanePattern::Kind::bits:
      return fmt::format("{:#0{}x}", lane.bits, lane_bits / 4 + 2);
    case LanePattern::Kind::canonical_nan:
      return "nan:canonical";
    case LanePattern::Kind::arithmetic_nan:
      return "nan:arithmetic";
  }
  return {};
}

const char* describe_ref(const Pattern& pattern) {
  switch (pattern.ref) {
    case RefPattern::null:
      return "null";
    case RefPattern::non_null:
      return "not null";
    case RefPattern::host:
      return "host value";
  }
  return "";
}

}  // namespace

bool matches(const Pattern& pattern, const Value& value) {
  if (!pattern.alternatives.empty()) {
    return std::ranges::any_of(pattern.alternatives, [&](const Pattern& one) { return matches(one, value); });
  }
  if (pattern.kind != value.type.kind()) return false;
  if (pattern.any_value) return true;
  if (pattern.kind == ValKind::ref) return ref_matches(pattern, value.as<uint64_t>());
  for (size_t i = 0; i < pattern.lanes.size(); ++i) {
    if (!lane_matches(pattern.lanes[i], pattern.lane_bits, read_lane(value.bits, pattern.lane_bits, i)))
      return false;
  }
  return true;
}

Value to_value(const Pattern& pattern, ValType type) {
  Value value{type, {}};
  if (pattern.kind == ValKind::ref) {
    return Value::of(type, pattern.ref == RefPattern::null ? 0 : host_handle(pattern.host_value));
  }
  for (size_t i = 0; i < pattern.lanes.size(); ++i) {
    std::memcpy(value.bits.bytes + i * pattern.lane_bits / 8, &pattern.lanes[i].bits, pattern.lane_bits / 8);
  }
  return value;
}

std::string describe(const Pattern& pattern) {
  std::string text;
  for (const Pattern& one : pattern.alternatives) text += (text.empty() ? "" : " or ") + describe(one);
  if (!text.empty()) return text;
  if (pattern.any_value) return pattern.type_name;
  if (pattern.kind == ValKind::ref) return fmt::format("{}:{}", pattern.type_name, describe_ref(pattern));
  for (const LanePattern& lane : pattern.lanes) {
    text += (text.empty() ? "" : " ") + describe_lane(lane, pattern.lane_bits);
  }
  return fmt::format("{}:{}", pattern.type_name, text);
}

std::string describe(const Value& value) {
  switch (value.type.kind()) {
    case ValKind::i32:
    case ValKind::f32:
      return fmt::format("{}:{:#010x}", to_string(value.type), value.as<uint32_t>());
    case ValKind::v128:
      return fmt::format("v128:{:#018x} {:#018x}", read_lane(value.bits, 64, 0),
                         read_lane(value.bits, 64, 1));
    case ValKind::i64:
    case ValKind::f64:
    case ValKind::ref:
    case ValKind::bottom:
      break;
  }
  return fmt::format("{}:{:#018x}", to_string(value.type), value.as<uint64_t>());
}

}  // namespace lindvm::spec
