#include "tools/lind-vm/spec/script.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string_view>

namespace lindvm::spec {
namespace {

using Json = nlohmann::json;

enum CommandTraits : uint8_t { loads = 0, executes = 1, assertion = 2 };

struct CommandInfo {
  const char* name;
  unsigned traits;
};
constexpr CommandInfo k_commands[] = {
#define COMMAND(id, name, traits, handler) {name, traits},
#include "tools/lind-vm/spec/commands.def"
#undef COMMAND
};

struct ScalarType {
  const char* name;
  ValKind kind;
  unsigned bits;
};
constexpr ScalarType k_scalars[] = {
    {"i32", ValKind::i32, 32}, {"i64", ValKind::i64, 64}, {"f32", ValKind::f32, 32},
    {"f64", ValKind::f64, 64}, {"i8", ValKind::i32, 8},   {"i16", ValKind::i32, 16},
};

const ScalarType* find_scalar(std::string_view name) {
  for (const ScalarType& scalar : k_scalars) {
    if (name == scalar.name) return &scalar;
  }
  return nullptr;
}

CommandKind command_kind(std::string_view name) {
  for (size_t i = 0; i < std::size(k_commands); ++i) {
    if (name == k_commands[i].name) return static_cast<CommandKind>(i);
  }
  throw std::runtime_error(fmt::format("unknown command \"{}\"", name));
}

std::string string_or_empty(const Json& object, const char* key) {
  auto found = object.find(key);
  return found == object.end() ? std::string() : found->get<std::string>();
}

/// Integers are printed signed by some converters and unsigned by others; floats as their bits.
uint64_t read_integer(std::string_view text, unsigned bits) {
  uint64_t value = 0;
  int64_t negative = 0;
  bool is_negative = text.starts_with('-');
  auto parsed = is_negative ? std::from_chars(text.data(), text.data() + text.size(), negative)
                            : std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    throw std::runtime_error(fmt::format("not a number: \"{}\"", text));
  }
  if (is_negative) value = static_cast<uint64_t>(negative);
  return bits == 64 ? value : value & ((uint64_t{1} << bits) - 1);
}

LanePattern read_lane(std::string_view text, unsigned bits) {
  if (text == "nan:canonical") return {LanePattern::Kind::canonical_nan, 0};
  if (text == "nan:arithmetic") return {LanePattern::Kind::arithmetic_nan, 0};
  return {LanePattern::Kind::bits, read_integer(text, bits)};
}

void read_vector(const Json& json, Pattern& pattern) {
  const auto* lane_type = find_scalar(json.at("lane_type").get_ref<const std::string&>());
  const Json& lanes = json.at("value");
  if (!lane_type || lanes.size() * lane_type->bits != 128) throw std::runtime_error("malformed v128 value");
  pattern.lane_bits = lane_type->bits;
  for (const Json& lane : lanes) {
    pattern.lanes.push_back(read_lane(lane.get_ref<const std::string&>(), pattern.lane_bits));
  }
}

/// Without a value: the bottom types' names stand for null, the others for any reference but null.
void read_reference(const Json& json, Pattern& pattern) {
  auto value = json.find("value");
  if (value == json.end()) {
    pattern.ref =
        pattern.type_name.find("null") != std::string::npos ? RefPattern::null : RefPattern::non_null;
  } else if (*value == "null") {
    pattern.ref = RefPattern::null;
  } else {
    pattern.ref = RefPattern::host;
    pattern.host_value = read_integer(value->get_ref<const std::string&>(), 64);
  }
}

Pattern read_pattern(const Json& json) {
  Pattern pattern;
  pattern.type_name = json.at("type").get<std::string>();
  if (pattern.type_name == "either") {
    for (const Json& one : json.at("values")) pattern.alternatives.push_back(read_pattern(one));
    return pattern;
  }
  if (pattern.type_name == "v128") {
    pattern.kind = ValKind::v128;
    pattern.any_value = !json.contains("value");
    if (!pattern.any_value) read_vector(json, pattern);
  } else if (const ScalarType* scalar = find_scalar(pattern.type_name)) {
    pattern.kind = scalar->kind;
    pattern.lane_bits = scalar->bits;
    pattern.any_value = !json.contains("value");
    if (!pattern.any_value)
      pattern.lanes = {read_lane(json["value"].get_ref<const std::string&>(), scalar->bits)};
  } else {
    pattern.kind = ValKind::ref;
    read_reference(json, pattern);
  }
  return pattern;
}

std::vector<Pattern> read_patterns(const Json& object, const char* key) {
  std::vector<Pattern> patterns;
  auto found = object.find(key);
  if (found == object.end()) return patterns;
  for (const Json& one : *found) patterns.push_back(read_pattern(one));
  return patterns;
}

Action read_action(const Json& json) {
  Action action;
  action.is_get = json.at("type") == "get";
  action.module = string_or_empty(json, "module");
  action.field = json.at("field").get<std::string>();
  action.arguments = read_patterns(json, "args");
  return action;
}

/// The binary module of a command; a text-only one has none.
std::string binary_filename(const Json& json) {
  if (json.contains("binary_filename")) return json["binary_filename"].get<std::string>();
  return string_or_empty(json, "module_type") == "text" ? std::string() : string_or_empty(json, "filename");
}

Command read_command(const Json& json) {
  Command command;
  command.kind = command_kind(json.at("type").get_ref<const std::string&>());
  command.line = json.at("line").get<uint32_t>();
  command.filename = binary_filename(json);
  command.name = string_or_empty(json, "name");
  command.as = string_or_empty(json, "as");
  command.text = string_or_empty(json, "text");
  command.instance = string_or_empty(json, "instance");
  command.module = string_or_empty(json, "module");
  if (json.contains("action")) command.action = read_action(json["action"]);
  command.expected = read_patterns(json, "expected");
  return command;
}

}  // namespace

const char* to_string(CommandKind kind) { return k_commands[static_cast<size_t>(kind)].name; }

bool is_assertion(CommandKind kind) { return k_commands[static_cast<size_t>(kind)].traits & assertion; }

bool is_executed(CommandKind kind) { return k_commands[static_cast<size_t>(kind)].traits & executes; }

Script read_script(const std::filesystem::path& json_file) {
  std::ifstream stream(json_file);
  if (!stream) throw std::runtime_error("cannot be read");
  Json json = Json::parse(stream);
  Script script;
  script.source = string_or_empty(json, "source_filename");
  if (script.source.empty()) script.source = json_file.filename().string();
  script.directory = json_file.parent_path();
  for (const Json& command : json.at("commands")) script.commands.push_back(read_command(command));
  return script;
}

}  // namespace lindvm::spec
