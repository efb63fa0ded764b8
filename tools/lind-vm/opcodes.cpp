// lind-vm opcodes: the opcode table, one row per instruction.

#include "vm/isa/opcodes.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "tools/lind-vm/command.h"

namespace lindvm {
namespace {

std::string encoding(const OpInfo& info) {
  if (!info.is_prefixed()) return fmt::format("{:02x}", info.code);
  return fmt::format("{:02x} {:02x}", info.code >> 16, info.code & 0xffff);
}

template <class Types>
std::string join(const Types& types) {
  std::string text;
  for (OperandType type : types) text += (text.empty() ? "" : " ") + std::string(to_string(type));
  return text;
}

std::string type_text(const OpInfo& info) {
  const SignatureInfo& signature = signature_info(info.signature);
  if (signature.name == "special") return "by its immediates";
  return fmt::format("[{}] -> [{}]", join(signature.operands()), join(signature.results()));
}

int print_opcodes(const std::string& feature) {
  fmt::print("{:<7} {:<32} {:<24} {:<28} {}\n", "code", "instruction", "immediates", "type", "feature");
  unsigned count = 0;
  for (Op op : all_ops()) {
    const OpInfo& info = op_info(op);
    if (!feature.empty() && feature != to_string(info.feature)) continue;
    ++count;
    fmt::print("{:<7} {:<32} {:<24} {:<28} {}\n", encoding(info), info.text, describe(info.imm),
               type_text(info), to_string(info.feature));
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
