#pragma once
// The interpreter's face to the rest of the engine: entering guest code, and the entry points that new
// FunctionCodes start with. See vm/interp/README in DESIGN.md for its internals.

#include <cstdint>
#include <span>

#include "vm/runtime/context.h"
#include "vm/runtime/value.h"

namespace lindvm {

struct Function;

/// How a guest activation ended.
enum class Completion : uint8_t {
  returned,  ///< results are valid
  trapped,   ///< ThreadContext::trap describes it
  threw,     ///< uncaught exception: ThreadContext::pending_exception
  exited,    ///< ThreadContext::exit_code
};

/// Calls a function of the thread's store and runs it to its end on the thread's guest stack. `arguments`
/// must match the function's type; `results` is filled (types set) when it returns. May be nested inside a
/// host function. Host thread: the guest thread's own.
Completion invoke(ThreadContext& thread, const Function& function, std::span<const Value> arguments,
                  std::span<Value> results);

/// Entry that translates the body at the first call: the initial FunctionCode::entry of wasm functions.
const Instr* translate_entry();
/// Entry of every host function.
const Instr* host_entry();
/// Entry of functions that have machine code.
const Instr* machine_code_entry();

/// Run-time switches of the interpreter.
struct InterpreterOptions {
  /// Stack-cloning verification (DESIGN.md section 5): at every host call and every n-th safepoint; 0 = off.
  uint32_t verify_every = 0;
};
void set_interpreter_options(const InterpreterOptions& options);

/// Name of the dispatcher compiled in: "tail" or "goto".
const char* dispatcher_name();

}  // namespace lindvm
