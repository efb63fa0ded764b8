#pragma once
// WASI's tables of functions, for syscalls/imports.cpp. Constant data.

#include <span>

#include "syscalls/imports.h"

namespace lindvm::wasi {

std::span<const PersonalityRow> preview1_rows();
std::span<const PersonalityRow> preview0_rows();

}  // namespace lindvm::wasi
