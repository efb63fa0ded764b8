#include "syscalls/table/socket_options.h"

#include <sys/socket.h>

#include <algorithm>
#include <iterator>

namespace lindvm {
namespace {

struct LayoutOfOption {
  OptionLayout layout;
  uint32_t size;
};
constexpr LayoutOfOption same(uint32_t bytes) { return {OptionLayout::same, bytes}; }
constexpr LayoutOfOption group(uint32_t addresses) { return {OptionLayout::group, addresses}; }
constexpr LayoutOfOption time_old{OptionLayout::time_old, 8};
constexpr LayoutOfOption credentials{OptionLayout::credentials, 12};

enum class Access : uint8_t { get = 1, set = 2, both = 3 };

constexpr SocketOption row(int32_t level, int32_t number, Access access, LayoutOfOption layout,
                           std::string_view level_name, std::string_view name) {
  return {level,      number, access != Access::set, access != Access::get, layout.layout, layout.size,
          level_name, name};
}

constexpr SocketOption k_options[] = {
#define OPTION(level, name, number, access, layout) row(level, number, Access::access, layout, #level, #name),
#include "syscalls/table/socket_options.def"
};

}  // namespace

const SocketOption* find_socket_option(int32_t level, int32_t number) {
  auto found = std::find_if(std::begin(k_options), std::end(k_options), [&](const SocketOption& option) {
    return option.level == level && option.number == number;
  });
  return found == std::end(k_options) ? nullptr : found;
}

}  // namespace lindvm
