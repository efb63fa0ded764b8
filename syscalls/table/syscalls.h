#pragma once
// The kernel's call table, derived from syscalls.def: handler declarations, and one constant description per
// row. Handlers run on the calling guest thread's host thread and may block; they answer Linux's error
// numbers.

#include <cstdint>
#include <span>
#include <string_view>

#include "syscalls/table/arguments.h"
#include "syscalls/table/arguments_files.h"
#include "syscalls/table/arguments_net.h"
#include "syscalls/table/arguments_paths.h"
#include "syscalls/table/arguments_process.h"
#include "syscalls/table/arguments_wait.h"
#include "syscalls/table/fcntl.h"
#include "syscalls/table/ioctls.h"
#include "syscalls/table/pointer.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// Access and modification time as utimensat takes them.
struct FileTimes {
  timespec access;
  timespec modification;
};

void print_value(TraceText& text, const timespec& time);
void print_value(TraceText& text, const FileTimes& times);

/// How a handler gets an argument of a kind: as what the kind says (`using Passed`), or as itself.
template <class K>
struct PassedAs {
  using type = K;
};
template <class K>
  requires requires { typename K::Passed; }
struct PassedAs<K> {
  using type = typename K::Passed;
};
template <class K>
using Parameter =
    std::conditional_t<K::k_is_output, typename PassedAs<K>::type&, const typename PassedAs<K>::type&>;

/// The function type that a row's columns imply.
template <class Row>
struct HandlerOf;
template <class... Columns>
struct HandlerOf<Arguments<Columns...>> {
  using type = SysResult(Thread&, Parameter<typename Columns::Kind>...);
};

enum class Support : uint8_t { Full, Partial, Core, None };

namespace traits {
enum Bits : uint32_t {
  none = 0,
  path = 1,
  io = 2,
  may_block = 4,
  fdes = 8,
  time = 16,
  process = 32,
  net = 64,
  memory = 128,
  signal = 256,
  ipc = 512,
  ends = 1024,
};
}  // namespace traits

struct SyscallRow {
  std::string_view name;
  uint16_t number;
  uint32_t traits;
  Support support;
  Returns returns;
};

/// In order of the .def file.
std::span<const SyscallRow> syscall_rows();
/// Null if there is no such row.
const SyscallRow* find_syscall(std::string_view name);

/// Columns of each row.
namespace rows {
using namespace columns;
#define SYS(name, number, traits, support, returns, ...) using name = Arguments<__VA_ARGS__>;
#include "syscalls/table/syscalls.def"
}  // namespace rows

#define SYS(name, number, traits, support, returns, ...) HandlerOf<rows::name>::type sys_##name;
#include "syscalls/table/syscalls.def"

}  // namespace lindvm
