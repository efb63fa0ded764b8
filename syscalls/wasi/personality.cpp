#include "syscalls/wasi/personality.h"

#include "syscalls/table/trampoline.h"
#include "syscalls/wasi/functions.h"

namespace lindvm::wasi {
namespace {

/// The name of a kernel call that exists; "" for `none`.
consteval std::string_view kernel_call(std::string_view name) {
  if (name == "none") return {};
#define SYS(row, number, traits, support, returns, ...) \
  if (name == #row) return name;
#include "syscalls/table/syscalls.def"
  throw "not a row of syscalls.def";
}

template <class A>
struct Table {
  static constexpr PersonalityRow k_rows[] = {
#define WASI(name, call, returns, ...)                                                                   \
  {#name, kernel_call(#call), Trampoline<A, Returns::returns, &wasi::name, rows::functions::name>::type, \
   Trampoline<A, Returns::returns, &wasi::name, rows::functions::name>::enter},
#include "syscalls/wasi/functions.def"
  };
};

}  // namespace

std::span<const PersonalityRow> preview1_rows() { return Table<Preview1>::k_rows; }

std::span<const PersonalityRow> preview0_rows() {
  std::span<const PersonalityRow> rows = Table<Preview0>::k_rows;
  return rows.first(rows.size() - 1);
}

}  // namespace lindvm::wasi
