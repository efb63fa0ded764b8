#pragma once
// Evaluation of constant expressions (spec 3.4.13): initialisers of globals, tables and elements, offsets of
// segments. Runs during instantiation, on the instantiating thread.

#include <span>

#include "vm/base/result.h"
#include "vm/module/module.h"
#include "vm/runtime/context.h"

namespace lindvm {

/// Value of a validated constant expression in `instance`, whose functions and the globals that it reads must
/// be in place. `cells` are those of the instance's global index space. ErrorKind::unsupported for the GC
/// proposal's allocating instructions.
Result<GlobalCell> evaluate(const Instance& instance, ConstExpr expr, GlobalCell* const* cells);

}  // namespace lindvm
