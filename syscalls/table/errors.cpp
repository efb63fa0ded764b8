#include <array>
#include <cstring>

#include "syscalls/table/sys_result.h"

namespace lindvm {
namespace {

struct ErrorRow {
  std::string_view name;
  uint16_t wasi = 0;
};

constexpr uint16_t k_wasi_io = 29;

constexpr auto k_errors = [] {
  std::array<ErrorRow, k_not_capable + 1> rows{};
#define ERR(name, wasi_number) rows[name] = {#name, wasi_number};
#include "syscalls/table/errors.def"
  return rows;
}();

const ErrorRow* find(int number) {
  if (number <= 0 || number > k_not_capable || k_errors[number].wasi == 0) return nullptr;
  return &k_errors[number];
}

}  // namespace

std::string_view error_name(int number) {
  if (const ErrorRow* row = find(number)) return row->name;
  const char* name = strerrorname_np(number);
  return name ? name : "";
}

std::string_view error_text(int number) {
  if (number == k_not_capable) return "Capabilities insufficient";
  const char* text = strerrordesc_np(number);
  return text ? text : "Unknown error";
}

uint16_t wasi_error(int number) {
  const ErrorRow* row = find(number);
  return row ? row->wasi : k_wasi_io;
}

}  // namespace lindvm
