#include "syscalls/linux/abi.h"
#include "syscalls/table/trampoline.h"

namespace lindvm::linux_abi {

std::span<const Entry> memory_entries(){
#define LINDVM_SUBJECT_FILE "syscalls/table/memory.def"
#include "syscalls/linux/entries.inc"
}

}  // namespace lindvm::linux_abi
