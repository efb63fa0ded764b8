#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

constexpr SyscallRow k_rows[] = {
#define SYS(name, number, trait_bits, support, returns, ...) \
  {#name, number,                                            \
   [] {                                                      \
     using namespace traits;                                 \
     return static_cast<uint32_t>(trait_bits);               \
   }(),                                                      \
   Support::support, Returns::returns},
#include "syscalls/table/syscalls.def"
};

}  // namespace

std::span<const SyscallRow> syscall_rows() { return k_rows; }

const SyscallRow* find_syscall(std::string_view name) {
  for (const SyscallRow& row : k_rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

void print_value(TraceText& text, const timespec& time) {
  text.raw("{tv_sec=");
  text.number(time.tv_sec);
  text.raw(", tv_nsec=");
  text.number(time.tv_nsec);
  text.raw("}");
}

void print_value(TraceText& text, const FileTimes& times) {
  text.raw("[");
  print_value(text, times.access);
  text.raw(", ");
  print_value(text, times.modification);
  text.raw("]");
}

}  // namespace lindvm
