#pragma once
// Which build of the program this is: what is kept on disk is often good for one build only.

#include <cstdint>
#include <span>

namespace lindvm {

/// The GNU build id that the linker gave to the running executable: a hash of its contents; empty if it gave
/// none.
std::span<const uint8_t> program_build_id();

}  // namespace lindvm
