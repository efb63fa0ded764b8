#pragma once
// A guest that makes its calls by number, for tests: a WasiGuest's memory, process and scratch directory
// (descriptor 3), called as a program of the Linux personality calls. Each test owns one.

#include <initializer_list>
#include <utility>

#include "syscalls/table/syscalls.h"
#include "syscalls/testing/wasi_guest.h"

namespace lindvm {

class NumberGuest : public WasiGuest {
 public:
  using WasiGuest::WasiGuest;

  /// The result of a call: a value or a negated error number.
  int32_t call(uint32_t number, std::initializer_list<uint32_t> arguments) {
    uint64_t slots[8] = {};
    uint64_t* slot = slots + 7;
    *slot-- = number;
    for (uint32_t argument : arguments) *slot-- = argument;
    LinearMemory* memories[] = {&memory()};
    InstanceContext caller;
    caller.memories = memories;
    caller.memory_base = memory().base();
    HostCall call{store().main_thread(), caller, slots + 7};
    const HostFunction* function = imports().function("linux", "syscall6", {});
    status = function->call(call, function->data);
    return call.arg<int32_t>(0);
  }
  template <class... Args>
  int32_t sys(const char* name, Args... args) {
    const SyscallRow* row = find_syscall(name);
    return call(row->number, {static_cast<uint32_t>(args)...});
  }

  uint32_t put(const std::string& text, uint32_t at = k_path) {
    put_path(text + '\0', at);
    return at;
  }
  int32_t open(const std::string& name, uint32_t flags = 0) {
    return sys("openat", k_dir, put(name), flags, 0644);
  }
  /// Two new descriptors.
  std::pair<int32_t, int32_t> pipe(uint32_t flags = 0) {
    if (sys("pipe2", k_result, flags) != 0) return {-1, -1};
    return {peek<int32_t>(k_result), peek<int32_t>(k_result + 4)};
  }
};

}  // namespace lindvm
