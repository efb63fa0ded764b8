#pragma once
// What a guest's machine calls itself. Constant data.

#include <cstdint>
#include <string_view>

namespace lindvm {

namespace machine {
inline constexpr std::string_view k_system = "Linux";
inline constexpr std::string_view k_node = "lind-vm";
inline constexpr std::string_view k_release = "6.6.0-lind-vm";
inline constexpr std::string_view k_version = "#1 SMP";
inline constexpr std::string_view k_hardware = "wasm32";
}  // namespace machine

/// Ticks of a second, in which times(2) and /proc count (AT_CLKTCK).
inline constexpr int k_clock_ticks = 100;

/// The number of the first process: after that of the VM itself, which is every process's ancestor.
inline uint32_t process_number() { return 2; }

}  // namespace lindvm
