#pragma once
// The memory of a program of the Linux personality: what its linker laid out, read from the module before
// anything of it runs, and the address map made of that. Composition time, one thread.

#include <memory>
#include <string>

#include "memory/address_map.h"
#include "vm/base/result.h"
#include "vm/module/module.h"

namespace lindvm::linux_abi {

/// From the memory's minimum and the exported constants __heap_base, __global_base and __stack_pointer;
/// what the module does not export is taken to be as in a program without it.
AddressLayout layout_of(const Module& module, const MemoryType& memory, std::string program);

/// All of the declared maximum, of which the image is mapped. ErrorKind::unlinkable for a memory that is not
/// 32-bit or has no maximum.
Result<std::unique_ptr<AddressMap>> make_address_map(const MemoryType& memory, const AddressLayout& layout,
                                                     const AddressLimits& limits);

}  // namespace lindvm::linux_abi
