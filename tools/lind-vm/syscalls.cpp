// lind-vm syscalls: what each personality answers, one row per function, and Linux's calls by number with how
// far each is supported.

#include "syscalls/table/syscalls.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "syscalls/imports.h"
#include "tools/lind-vm/command.h"
#include "tools/lind-vm/help.h"

namespace lindvm {
namespace {

void print_personalities() {
  for (const Personality& personality : personalities()) {
    fmt::print("{} ({} functions)\n", personality.module, personality.rows.size());
    for (const PersonalityRow& row : personality.rows) {
      std::string_view call = row.call.empty() ? "-" : row.call;
      fmt::print("  {:<26} {:<20} {}\n", row.name, call, to_string(row.type()));
    }
  }
}

std::string_view support_text(Support support) {
  switch (support) {
    case Support::Full:
      return "full";
    case Support::Partial:
      return "partial";
    case Support::Core:
    case Support::None:
      return "ENOSYS";
  }
  return "";
}

/// What a guest meets that calls by number.
void print_calls() {
  std::vector<SyscallRow> rows(syscall_rows().begin(), syscall_rows().end());
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  fmt::print("system calls by number ({} calls)\n", rows.size());
  for (const SyscallRow& row : rows) {
    fmt::print("  {:<26} {:<20} {}\n", row.name, row.number, support_text(row.support));
  }
}

int print_all() {
  print_personalities();
  print_calls();
  return k_exit_ok;
}

}  // namespace

int syscalls_command(int argc, char** argv) {
  CLI::App app(
      "Lists the functions that guests can import, the system call behind each, and their types; then "
      "Linux's\n"
      "calls by number: full, partial (with documented limits), or ENOSYS.",
      "lind-vm syscalls");
  return with_parsed_options(app, argc, argv, [] { return print_all(); });
}

}  // namespace lindvm
