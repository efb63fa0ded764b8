// lind-vm opcodes: the opcode table, one row per instruction.

#include <fmt/format.h>

#include <string>

#include "tools/lind-vm/command.h"
#include "tools/lind-vm/help.h"
#include "vm/isa/disassembler.h"

namespace lindvm {
namespace {

int print_opcodes(const std::string& feature) {
  auto print_row = [](const OpcodeRow& row) {
    std::string line = fmt::format("{:<10} {:<31} {:<22} {:<30} {:<19} {}", row.code, row.name,
                                   row.immediates, row.signature, row.feature, row.traits);
    fmt::print("{}\n", line.substr(0, line.find_last_not_of(' ') + 1));
  };
  print_row({"code", "instruction", "immediates", "type", "feature", "traits"});
  unsigned count = 0;
  for (const OpcodeRow& row : opcode_rows()) {
    if (!feature.empty() && feature != row.feature) continue;
    ++count;
    print_row(row);
  }
  fmt::print("{} instructions\n", count);
  return count == 0 ? k_exit_failed : k_exit_ok;
}

}  // namespace

int opcodes_command(int argc, char** argv) {
  CLI::App app("Lists the instructions that the engine knows.", "lind-vm opcodes");
  std::string feature;
  app.add_option("--feature", feature, "only those of one proposal, e.g. relaxed_simd")->type_name("NAME");
  return with_parsed_options(app, argc, argv, [&] { return print_opcodes(feature); });
}

}  // namespace lindvm
