#include "tools/lind-vm/invoke_values.h"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "tools/lind-vm/command.h"

namespace lindvm {
namespace {

std::optional<uint64_t> parse_digits(std::string_view digits, int base) {
  uint64_t value = 0;
  auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return {};
  return value;
}

/// Two's complement; accepts -2^(bits-1) to 2^bits - 1.
std::optional<uint64_t> parse_integer(std::string_view text, unsigned bits) {
  bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  bool is_hex = text.starts_with("0x") || text.starts_with("0X");
  auto magnitude = parse_digits(text.substr(is_hex ? 2 : 0), is_hex ? 16 : 10);
  uint64_t limit = is_negative ? uint64_t{1} << (bits - 1) : ~uint64_t{0} >> (64 - bits);
  if (!magnitude || *magnitude > limit) return {};
  return is_negative ? -*magnitude : *magnitude;
}

template <class T>
std::optional<T> parse_float(const std::string& text, T (*convert)(const char*, char**)) {
  char* end = nullptr;
  T value = convert(text.c_str(), &end);
  if (text.empty() || *end != '\0') return {};
  return value;
}

std::optional<Value> parse_v128(std::string_view text) {
  if (!text.starts_with("0x") || text.size() != 34) return {};
  auto high = parse_digits(text.substr(2, 16), 16);
  auto low = parse_digits(text.substr(18), 16);
  if (!high || !low) return {};
  V128 bits;
  bits.set_lane<uint64_t>(0, *low);
  bits.set_lane<uint64_t>(1, *high);
  return Value{k_v128, bits};
}

std::optional<Value> parse_reference(ValType type, std::string_view text) {
  if (text == "null") return type.is_nullable() ? std::optional(Value::of(type, uint64_t{0})) : std::nullopt;
  auto host_value = parse_integer(text, 62);
  if (!host_value || type.heap() != HeapType(HeapKind::extern_)) return {};
  return Value::of(type, *host_value + 1);
}

template <class T>
std::optional<Value> to_value(ValType type, std::optional<T> number) {
  return number ? std::optional(Value::of(type, *number)) : std::nullopt;
}

std::optional<Value> parse_value(ValType type, const std::string& text) {
  switch (type.kind()) {
    case ValKind::i32: {
      auto number = parse_integer(text, 32);
      return number ? std::optional(Value::of(type, static_cast<uint32_t>(*number))) : std::nullopt;
    }
    case ValKind::i64:
      return to_value(type, parse_integer(text, 64));
    case ValKind::f32:
      return to_value(type, parse_float(text, std::strtof));
    case ValKind::f64:
      return to_value(type, parse_float(text, std::strtod));
    case ValKind::v128:
      return parse_v128(text);
    case ValKind::ref:
      return parse_reference(type, text);
    case ValKind::bottom:
      break;
  }
  return {};
}

std::string reference_text(const Value& value) {
  uint64_t handle = value.as<uint64_t>();
  if (handle == 0) return "null";
  if (is_i31_ref(handle)) return fmt::format("i31:{}", handle & 0x7fff'ffff);
  if (value.type.heap() == HeapType(HeapKind::extern_)) return fmt::format("extern:{}", handle - 1);
  return to_string(value.type);
}

}  // namespace

std::vector<Value> parse_arguments(const FuncType& type, std::span<const std::string> texts) {
  if (texts.size() != type.params.size()) {
    throw CommandError(k_exit_usage, fmt::format("the function takes {} arguments, {} given: {}",
                                                 type.params.size(), texts.size(), to_string(type)));
  }
  std::vector<Value> values;
  for (size_t i = 0; i < texts.size(); ++i) {
    auto value = parse_value(type.params[i], texts[i]);
    if (!value)
      throw CommandError(k_exit_usage, fmt::format("{}: not a {}", texts[i], to_string(type.params[i])));
    values.push_back(*value);
  }
  return values;
}

std::string to_text(const Value& value) {
  switch (value.type.kind()) {
    case ValKind::i32:
      return fmt::format("{}", value.as<int32_t>());
    case ValKind::i64:
      return fmt::format("{}", value.as<int64_t>());
    case ValKind::f32:
      return fmt::format("{}", value.as<float>());
    case ValKind::f64:
      return fmt::format("{}", value.as<double>());
    case ValKind::v128:
      return fmt::format("{:#018x}{:016x}", value.bits.lane<uint64_t>(1), value.bits.lane<uint64_t>(0));
    case ValKind::ref:
      return reference_text(value);
    case ValKind::bottom:
      break;
  }
  return {};
}

}  // namespace lindvm
