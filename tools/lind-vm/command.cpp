#include "tools/lind-vm/command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "tools/lind-vm/help.h"

namespace lindvm {

int with_parsed_options(CLI::App& app, int argc, char** argv, const std::function<int()>& body) {
  app.set_help_flag("-h,--help", "print this help");
  if (!std::dynamic_pointer_cast<HelpFormatter>(app.get_formatter())) {
    app.formatter(std::make_shared<HelpFormatter>());
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success&) {
    fmt::print("{}", app.help());
    return k_exit_ok;
  } catch (const CLI::ParseError& error) {
    throw CommandError(k_exit_usage, fmt::format("{} (see {} --help)", error.what(), app.get_name()));
  }
  return body();
}

void print_error(const std::string& message) { fmt::print(stderr, "lind-vm: {}\n", message); }

std::string describe(const std::string& file, const Error& error) {
  if (error.offset == Error::k_no_offset) return fmt::format("{}: {}", file, error.message);
  return fmt::format("{}: offset {:#x}: {}", file, error.offset, error.message);
}

CommandError load_failure(const std::string& file, const Error& error) {
  bool is_missing = error.kind == ErrorKind::io && access(file.c_str(), F_OK) != 0;
  return {is_missing ? k_exit_not_found : k_exit_cannot_run, describe(file, error)};
}

}  // namespace lindvm
