#pragma once
// Making a Module: decode and validate everything in one pass over the bytes. Thread-safe; errors carry the
// byte offset and the specification's wording ("malformed", "invalid") or name an implementation limit
// ("unsupported").

#include <memory>
#include <span>
#include <string>

#include "vm/base/result.h"
#include "vm/module/features.h"
#include "vm/module/module.h"

namespace lindvm {

/// Copies the bytes: the caller's may change or go away afterwards.
Result<std::shared_ptr<const Module>> load_module(std::span<const uint8_t> bytes,
                                                  const Features& features = {});

/// Reads the whole file; it is neither kept open nor mapped. ErrorKind::io if it cannot be read.
Result<std::shared_ptr<const Module>> load_module_file(const std::string& path,
                                                       const Features& features = {});

}  // namespace lindvm
