#pragma once
// What lind-vm's sub-commands share: their entry points, exit statuses, and how they read options and report
// errors. Main thread only.

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>

#include "vm/base/result.h"

namespace CLI {
class App;
}

namespace lindvm {

/// Exit statuses, as shells use them. A guest that ends by itself has its own.
enum ExitStatus : int {
  k_exit_ok = 0,
  k_exit_failed = 1,        ///< the command's answer is no
  k_exit_usage = 2,         ///< bad options
  k_exit_internal = 70,     ///< a fault of lind-vm itself
  k_exit_cannot_run = 126,  ///< malformed, invalid, unlinkable, unreadable
  k_exit_not_found = 127,
  k_exit_signal_base = 128,  ///< plus the number of the signal that ended the guest
};

/// Ends a command: one line on stderr and this exit status.
struct CommandError : std::runtime_error {
  CommandError(ExitStatus exit_status, const std::string& message)
      : std::runtime_error(message), status(exit_status) {}
  ExitStatus status;
};

#define COMMAND(name, summary) int name##_command(int argc, char** argv);
#include "tools/lind-vm/commands.def"
#undef COMMAND

/// Parses the options, then runs the body. --help prints help and bad options end with status 2.
int with_parsed_options(CLI::App& app, int argc, char** argv, const std::function<int()>& body);

/// "lind-vm: MESSAGE" on stderr.
void print_error(const std::string& message);

/// "FILE: offset 0x12: reason", the offset only where the error has one.
std::string describe(const std::string& file, const Error& error);

/// How a module that could not be loaded or linked ends its command: not found, or cannot be run.
CommandError load_failure(const std::string& file, const Error& error);

}  // namespace lindvm
