#pragma once
// Where lind-vm keeps compiled code: LINDVM_CODE_CACHE names a folder, or is "off"; without it the user's
// cache folder.

#include <memory>
#include <string>

#include "jit/cache/code_cache.h"

namespace lindvm {

/// Empty if there is to be no cache.
std::string code_cache_folder();

/// Null if there is to be none, or the folder cannot be used: then code is made anew each time.
std::shared_ptr<jit::CodeCache> open_code_cache();

}  // namespace lindvm
