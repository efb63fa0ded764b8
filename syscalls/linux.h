#pragma once
// What a composition root needs to run a program of the Linux personality: say what the guest is given, make
// its process, give it its memory, and put its arguments on its stack. Example:
//
//   if (!LinuxProgram::recognises(module)) return;
//   Result<std::unique_ptr<Process>> process = make_linux_process(config);
//   LinuxProgram program(store, **process);
//   linker.set_fallback(...)        // ProcessImports for functions, program.resolve() for the memory
//   Result<Instance*> instance = linker.instantiate(module);
//   Result<uint32_t> stack_pointer = program.prepare_stack(**instance);
//   call(store, start, {Value::of(k_i32, *stack_pointer)});
//
// One thread at a time.

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/file_view.h"
#include "vm/base/result.h"
#include "vm/runtime/store.h"

namespace lindvm {

struct LinuxConfig {
  std::string program = {};              ///< the host's path: /proc/self/exe tells where the guest has it
  std::vector<std::string> args = {};    ///< argv[0] included
  std::vector<std::string> env = {};     ///< "NAME=VALUE"
  std::array<int, 3> stdio = {0, 1, 2};  ///< host descriptors, left open; -1: the guest has none
  ViewConfig view = {};                  ///< --root and --dir
  std::string cwd = {};                  ///< --cwd: a guest path; empty: the host's, if it is in the view
  bool allows_network = true;            ///< internet sockets; without: EACCES
  std::optional<std::string> strace_file = {};  ///< --strace: a file to write, or empty for stderr
  StraceOptions strace_options = {};
};

/// Fails with ErrorKind::io if a directory or the strace file cannot be opened. From then on the host process
/// ignores SIGPIPE and takes nothing from the permissions of new files: the guest has a mask of its own.
Result<std::unique_ptr<Process>> make_linux_process(const LinuxConfig& config);

class LinuxProgram {
 public:
  /// Does the module import a function of the personality?
  static bool recognises(const Module& module);

  /// Both must outlive every call of the guest.
  LinuxProgram(Store& store, Process& process) : store_(store), process_(process) {}

  /// The memory import of the program, made at the first question with the process's address map: all of its
  /// declared maximum. Null if the import is another; an error if the host cannot give it.
  Result<const External*> resolve(const Module& module, const Import& import);

  /// Puts arguments, environment and the auxiliary vector below the instance's stack pointer, as the kernel
  /// does for ELF programs, and lowers that. The stack pointer for _start, or an error (E2BIG, missing
  /// exports).
  Result<uint32_t> prepare_stack(Instance& instance);

 private:
  Store& store_;
  Process& process_;
  std::unique_ptr<External> memory_;
};

}  // namespace lindvm
