#pragma once
// Whether resolution leaves paths to the host's openat2. Any thread.

namespace lindvm {

/// The host has the call, and tests do not forbid it.
bool uses_openat2();
/// For tests: false makes resolution walk paths itself.
void use_openat2(bool uses);

}  // namespace lindvm
