#include "syscalls/linux/layout_paths.h"
#include "syscalls/table/trampoline.h"

namespace lindvm::linux_abi {

std::span<const Entry> paths_entries(){
#define LINDVM_SUBJECT_FILE "syscalls/table/paths.def"
#include "syscalls/linux/entries.inc"
}

}  // namespace lindvm::linux_abi
