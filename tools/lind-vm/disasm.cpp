// lind-vm disasm: the functions of a module as text.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "tools/lind-vm/command.h"
#include "tools/lind-vm/help.h"
#include "vm/isa/disassembler.h"
#include "vm/module/load.h"
#include "vm/module/names.h"
#include "vm/runtime/backtrace.h"

namespace lindvm {
namespace {

void print_locals(const Module& module, const ModuleFunction& function) {
  std::string text;
  for (const LocalRun& run : module.local_runs(function)) {
    text += fmt::format(" {}{}", to_string(run.type), run.count > 1 ? fmt::format(" x{}", run.count) : "");
  }
  if (!text.empty()) fmt::print("{:10}(local{})\n", "", text);
}

void print_function(const Module& module, uint32_t index) {
  const ModuleFunction& function = module.functions()[index];
  fmt::print("\nfunction {} {}: {}\n", index, function_name(module, index),
             to_string(func_type(function.type)));
  print_locals(module, function);
  for (const DisassemblyLine& line : disassemble_all(module.bytes(function.body))) {
    fmt::print("{:#08x}  {:{}}{}\n", function.body.begin + line.offset, "", 2 * line.indent, line.text);
  }
}

std::optional<uint32_t> parse_index(const std::string& text) {
  uint32_t index = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), index);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return {};
  return index;
}

/// By index, by the name of an export, by the name that backtraces show.
std::optional<uint32_t> find_function(const Module& module, const std::string& which) {
  auto count = static_cast<uint32_t>(module.functions().size());
  if (auto index = parse_index(which)) return *index < count ? index : std::nullopt;
  const Export* found = module.find_export(which);
  if (found && found->kind == ExternKind::function) return found->index;
  for (uint32_t i = 0; i < count; ++i) {
    if (module.names().function_name(i) == which || function_name(module, i) == which) return i;
  }
  return {};
}

int disassemble_one(const std::string& file, const Module& module, const std::string& which) {
  auto index = find_function(module, which);
  if (!index) throw CommandError(k_exit_cannot_run, fmt::format("{}: no function {}", file, which));
  if (*index < module.imported_functions()) {
    throw CommandError(k_exit_cannot_run, fmt::format("{}: function {} is imported", file, which));
  }
  print_function(module, *index);
  return k_exit_ok;
}

int disassemble_file(const std::string& file, const std::string& which) {
  auto loaded = load_module_file(file);
  if (!loaded.ok()) throw load_failure(file, loaded.error());
  const Module& module = *loaded.value();
  if (!which.empty()) return disassemble_one(file, module, which);
  for (uint32_t i = module.imported_functions(); i < module.functions().size(); ++i)
    print_function(module, i);
  return k_exit_ok;
}

}  // namespace

int disasm_command(int argc, char** argv) {
  CLI::App app("Disassembles a module's functions; addresses are offsets in the file.", "lind-vm disasm");
  std::string file;
  std::string which;
  app.add_option("FILE", file, "a module in the binary format")->required();
  app.add_option("--func", which, "only this function, by index or name")->type_name("N|NAME");
  return with_parsed_options(app, argc, argv, [&] { return disassemble_file(file, which); });
}

}  // namespace lindvm
