// lind-vm: runs WebAssembly programs. Picks the sub-command; a first argument that is none is a program to
// run.

#include <cstring>
#include <exception>

#include "tools/lind-vm/command.h"

namespace {

struct CommandRow {
  const char* name;
  int (*run)(int argc, char** argv);
};

constexpr CommandRow k_commands[] = {
#define COMMAND(name, summary) {#name, lindvm::name##_command},
#include "tools/lind-vm/commands.def"
#undef COMMAND
};

int dispatch(int argc, char** argv) {
  if (argc > 1) {
    for (const CommandRow& command : k_commands) {
      if (std::strcmp(argv[1], command.name) == 0) return command.run(argc - 1, argv + 1);
    }
  }
  return lindvm::run_command(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const lindvm::CommandError& error) {
    lindvm::print_error(error.what());
    return error.status;
  } catch (const std::exception& error) {
    lindvm::print_error(error.what());
    return lindvm::k_exit_internal;
  }
}
