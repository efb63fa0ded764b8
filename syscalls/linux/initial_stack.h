#pragma once
// The block that a program finds at its stack pointer when it starts, as the kernel makes it for ELF programs
// on 32-bit machines: argc, argv, 0, envp, 0, auxiliary vector, and above it the strings that these point to.
// Pure.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syscalls/kernel/memory_state.h"

namespace lindvm::linux_abi {

struct StartInfo {
  std::span<const std::string> args;
  std::span<const std::string> env;
  std::string_view program;  ///< AT_EXECFN
  uint32_t uid = 0, euid = 0, gid = 0, egid = 0;
  std::array<uint8_t, 16> random{};  ///< AT_RANDOM
};

/// The bytes, which belong at `start.stack` (16-byte aligned) and end at or below `top`. Empty if they are
/// more than `limit`.
std::vector<uint8_t> build_initial_stack(const StartInfo& info, uint32_t top, uint32_t limit,
                                         StartMemory& start);

}  // namespace lindvm::linux_abi
