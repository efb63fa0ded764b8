// Stands in where the syscalls layer is not in the tree.

#include "tools/lind-vm/command.h"

namespace lindvm {

int run_command(int, char**) { throw CommandError(k_exit_cannot_run, "this build cannot run programs"); }
int syscalls_command(int, char**) { throw CommandError(k_exit_cannot_run, "this build has no system calls"); }

}  // namespace lindvm
