// lind-vm disasm: the functions of a module as text.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

#include "tools/lind-vm/command.h"
#include "tools/lind-vm/help.h"
#include "tools/lind-vm/machine_listing.h"
#include "vm/interp/dump.h"
#include "vm/isa/disassembler.h"
#include "vm/module/load.h"
#include "vm/module/names.h"
#include "vm/runtime/backtrace.h"
#include "vm/runtime/code.h"
#include "vm/runtime/tier.h"

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

/// What the interpreter runs in its place.
void print_internal(CompiledModule& compiled, uint32_t index) {
  FunctionCode& code = compiled.code(index - compiled.module().imported_functions());
  auto translated = compiled.ensure_translated(code);
  fmt::print("\nfunction {} {}\n{}", index, function_name(compiled.module(), index),
             translated.ok() ? dump(*code.translation) : translated.error().message + "\n");
}

/// The machine code that the baseline compiler makes of it; the tier's observer prints.
void print_native(CompiledModule& compiled, uint32_t index) {
  FunctionCode& code = compiled.code(index - compiled.module().imported_functions());
  if (!compiling_tier()->compile(code)) {
    fmt::print("\nfunction {} {}: not compiled\n", index, function_name(compiled.module(), index));
  }
}

void install_printing_tier() {
  auto print = [](const MachineCode& code, std::span<const jit::InstructionStart> starts) {
    fmt::print("{}", machine_listing(code, starts));
  };
  auto tier = jit::make_baseline_tier({.observer = print});
  if (!tier) throw CommandError(k_exit_cannot_run, "this host cannot run machine code");
  install_tier(std::move(tier), {TierChoice::baseline, {}});
}

struct DisasmOptions {
  std::string file;
  std::string function;  ///< empty: all
  bool is_internal = false;
  bool is_native = false;
};

void print_one(const DisasmOptions& options, CompiledModule& compiled, uint32_t index) {
  if (options.is_native)
    print_native(compiled, index);
  else if (options.is_internal)
    print_internal(compiled, index);
  else
    print_function(compiled.module(), index);
}

int disassemble_one(const DisasmOptions& options, CompiledModule& compiled) {
  auto index = find_function(compiled.module(), options.function);
  if (!index) {
    throw CommandError(k_exit_cannot_run, fmt::format("{}: no function {}", options.file, options.function));
  }
  if (*index < compiled.module().imported_functions()) {
    throw CommandError(k_exit_cannot_run,
                       fmt::format("{}: function {} is imported", options.file, options.function));
  }
  print_one(options, compiled, *index);
  return k_exit_ok;
}

int disassemble_file(const DisasmOptions& options) {
  auto loaded = load_module_file(options.file);
  if (!loaded.ok()) throw load_failure(options.file, loaded.error());
  if (options.is_native) install_printing_tier();
  CompiledModule compiled(loaded.value());
  if (!options.function.empty()) return disassemble_one(options, compiled);
  const Module& module = compiled.module();
  for (uint32_t i = module.imported_functions(); i < module.functions().size(); ++i) {
    print_one(options, compiled, i);
  }
  return k_exit_ok;
}

}  // namespace

int disasm_command(int argc, char** argv) {
  CLI::App app("Disassembles a module's functions; addresses are offsets in the file.", "lind-vm disasm");
  DisasmOptions options;
  app.add_option("FILE", options.file, "a module in the binary format")->required();
  app.add_option("--func", options.function, "only this function, by index or name")->type_name("N|NAME");
  app.add_flag("--internal", options.is_internal, "the interpreter's code in place of WebAssembly's");
  app.add_flag("--native", options.is_native, "the machine code that is made of it");
  return with_parsed_options(app, argc, argv, [&] { return disassemble_file(options); });
}

}  // namespace lindvm
