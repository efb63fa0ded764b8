#pragma once
// The native Linux personality: the import module "linux", whose functions syscall0 to syscall6 take a number
// of Linux's generic table and i32 arguments, and whose function syscall_cp is a cancellation point: the
// address of an i32 that cancels the call when it is not zero, then the arguments of syscall6. Constant data.

#include <span>

#include "syscalls/imports.h"

namespace lindvm::linux_abi {

std::span<const PersonalityRow> rows();

/// Of a row of the call table, or "syscall" if there is none.
std::string_view name_of_number(uint32_t number);

/// The calls that answer anything but ENOSYS, by number; null elsewhere.
inline constexpr uint32_t k_number_count = 512;
HostCallable handler_of_number(uint32_t number);

/// Keeps what it takes to make a call again that a signal ended. Its number and arguments are in `call`'s
/// slots.
void keep_interrupted(HostCall& call);

/// Makes the call whose number and arguments are in `call`'s slots; untraced.
HostStatus call_by_number(HostCall& call);

/// One implemented row of the call table.
struct Entry {
  uint16_t number;
  HostCallable enter;
};

// The entries by subject: each in a translation unit of its own, since each row is a good deal of code.
#define SUBJECT(name) std::span<const Entry> name##_entries();
#include "syscalls/linux/subjects.def"
#undef SUBJECT

}  // namespace lindvm::linux_abi
