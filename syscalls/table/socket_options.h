#pragma once
// The socket options that guests may use, derived from socket_options.def. Constant data.

#include <netinet/in.h>

#include <cstdint>
#include <string_view>

namespace lindvm {

enum class OptionLayout : uint8_t { same, time_old, credentials, group };

struct SocketOption {
  int32_t level;
  int32_t number;
  bool can_get;
  bool can_set;
  OptionLayout layout;
  uint32_t size;  ///< of `same`: the most bytes; of `group`: the number of addresses
  std::string_view level_name;
  std::string_view name;
};

/// Null for unknown ones.
const SocketOption* find_socket_option(int32_t level, int32_t number);

}  // namespace lindvm
