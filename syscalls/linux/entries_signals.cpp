#include "syscalls/linux/abi.h"
#include "syscalls/linux/layout_process.h"
#include "syscalls/table/trampoline.h"

namespace lindvm::linux_abi {

std::span<const Entry> signals_entries(){
#define LINDVM_SUBJECT_FILE "syscalls/table/signals.def"
#include "syscalls/linux/entries.inc"
}

}  // namespace lindvm::linux_abi
