#pragma once
// What a guest's machine calls itself. Constant data.

#include <unistd.h>

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

/// The process id that a guest sees.
inline uint32_t process_number() { return static_cast<uint32_t>(getpid()); }

}  // namespace lindvm
