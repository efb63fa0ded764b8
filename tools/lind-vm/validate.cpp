// lind-vm validate: is each file a valid module?

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <vector>

#include "tools/lind-vm/command.h"
#include "vm/module/load.h"

namespace lindvm {
namespace {

int validate(const std::vector<std::string>& files) {
  int status = k_exit_ok;
  for (const std::string& file : files) {
    auto module = load_module_file(file);
    if (module.ok()) continue;
    print_error(describe(file, module.error()));
    status = k_exit_failed;
  }
  return status;
}

}  // namespace

int validate_command(int argc, char** argv) {
  CLI::App app("Decodes and validates modules; status 0 if all are valid, 1 otherwise.", "lind-vm validate");
  std::vector<std::string> files;
  app.add_option("FILE", files, "modules in the binary format")->required();
  return with_parsed_options(app, argc, argv, [&] { return validate(files); });
}

}  // namespace lindvm
