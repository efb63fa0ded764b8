// lind-vm syscalls: what each personality answers, one row per function.

#include <fmt/format.h>

#include <string>

#include "syscalls/imports.h"
#include "tools/lind-vm/command.h"
#include "tools/lind-vm/help.h"

namespace lindvm {
namespace {

int print_personalities() {
  for (const Personality& personality : personalities()) {
    fmt::print("{} ({} functions)\n", personality.module, personality.rows.size());
    for (const PersonalityRow& row : personality.rows) {
      std::string_view call = row.call.empty() ? "-" : row.call;
      fmt::print("  {:<26} {:<20} {}\n", row.name, call, to_string(row.type()));
    }
  }
  return k_exit_ok;
}

}  // namespace

int syscalls_command(int argc, char** argv) {
  CLI::App app("Lists the functions that guests can import, the system call behind each, and their types.",
               "lind-vm syscalls");
  return with_parsed_options(app, argc, argv, [] { return print_personalities(); });
}

}  // namespace lindvm
