#pragma once
// The one trap enumeration: what stopped guest code, the specification's wording for it and the POSIX signal
// that it becomes. Plain constant data, free to use from any thread and from signal handlers.

#include <csignal>
#include <cstdint>
#include <string_view>

namespace lindvm {

enum class Trap : uint8_t {
#define TRAP(id, text, signal) id,
#include "vm/base/traps.def"
};

struct TrapInfo {
  std::string_view name;  ///< the enumerator's
  std::string_view text;  ///< wording of the specification's test suite
  int signal;             ///< POSIX signal number; 0 for None
};

inline constexpr TrapInfo k_trap_info[] = {
#define TRAP(id, text, signal) {#id, text, signal},
#include "vm/base/traps.def"
};

inline constexpr unsigned k_trap_count = sizeof k_trap_info / sizeof k_trap_info[0];

constexpr const TrapInfo& trap_info(Trap trap) { return k_trap_info[static_cast<unsigned>(trap)]; }
constexpr std::string_view trap_text(Trap trap) { return trap_info(trap).text; }
constexpr int trap_signal(Trap trap) { return trap_info(trap).signal; }

}  // namespace lindvm
