#pragma once
// The meaning of every WebAssembly operation that depends on its operands alone (and, for memory operations,
// on the bytes addressed), written once [R2]: the interpreter, constant folding, JIT slow paths and tests all
// call these. The meaning column of opcodes.def names them. i32 and i64 are uint32_t and uint64_t;
// comparisons return 0 or 1; operations that can trap return Outcome. Pure functions, free to call from any
// thread.

#include "vm/isa/semantics/conversion.h"    // IWYU pragma: export
#include "vm/isa/semantics/float.h"         // IWYU pragma: export
#include "vm/isa/semantics/integer.h"       // IWYU pragma: export
#include "vm/isa/semantics/memory.h"        // IWYU pragma: export
#include "vm/isa/semantics/outcome.h"       // IWYU pragma: export
#include "vm/isa/semantics/simd_float.h"    // IWYU pragma: export
#include "vm/isa/semantics/simd_integer.h"  // IWYU pragma: export
