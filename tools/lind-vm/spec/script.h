#pragma once
// A script of the WebAssembly specification test suite as wasm-tools and wabt convert it to JSON: one Script
// per file, commands in order. Plain data, made by read_script.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/lind-vm/spec/pattern.h"

namespace lindvm::spec {

enum class CommandKind : uint8_t {
#define COMMAND(id, name, traits, handler) id,
#include "tools/lind-vm/spec/commands.def"
#undef COMMAND
};
const char* to_string(CommandKind kind);
bool is_assertion(CommandKind kind);
/// Does it need instances, not only modules?
bool is_executed(CommandKind kind);

/// Call an exported function, or read an exported global.
struct Action {
  bool is_get = false;
  std::string module;  ///< empty: the latest instance
  std::string field;
  std::vector<Pattern> arguments;
};

struct Command {
  CommandKind kind{};
  uint32_t line = 0;
  std::string filename;  ///< module in the binary format; empty if there is only a text one
  std::string name;      ///< of a module, or of the module that is registered
  std::string as;        ///< name to register under
  std::string text;      ///< expected words of the error
  std::string instance;  ///< of module_instance: the new instance's name
  std::string module;    ///< of module_instance: the definition's name
  std::optional<Action> action;
  std::vector<Pattern> expected;
};

struct Script {
  std::string source;               ///< e.g. "proposals/threads/atomic.wast"
  std::filesystem::path directory;  ///< where the module files are
  std::vector<Command> commands;
};

/// Throws std::exception with a message if the file cannot be read or is no such script.
Script read_script(const std::filesystem::path& json_file);

}  // namespace lindvm::spec
