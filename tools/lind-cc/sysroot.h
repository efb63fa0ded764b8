#pragma once
// Where the sysroot is. Main thread only.

#include <optional>
#include <string>

namespace lind_cc {

/// The sysroot's folder: the one asked for, else LINDVM_SYSROOT, else "sysroot" beside the folder that this
/// command is in, or one higher (builds by preset are in build/PRESET). Empty where there is none.
std::string find_sysroot(const std::optional<std::string>& asked);

/// The command of that name beside this one, as a path; empty where there is none.
std::string find_beside(const std::string& name);

/// Whether the C++ part has been built.
bool has_cxx_library(const std::string& sysroot);

}  // namespace lind_cc
