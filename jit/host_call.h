#pragma once
// What the stubs that call host functions (vm/runtime/host_function.h) do themselves, as offsets: they fill a
// HostCall and tell the thread where the call is. A function in C++ between them and the host function would
// cost a quarter of the call.

#include <cstddef>
#include <cstdint>

#include "vm/runtime/context.h"
#include "vm/runtime/host_function.h"

namespace lindvm::jit {

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"  // supported by both compilers for such classes
struct HostCallOffsets {
  static constexpr int32_t entry_sp = offsetof(ThreadContext, entry_sp);
  static constexpr int32_t return_address =
      offsetof(ThreadContext, host_call) + offsetof(ThreadContext::HostCallSite, return_address);
  static constexpr int32_t arguments =
      offsetof(ThreadContext, host_call) + offsetof(ThreadContext::HostCallSite, arguments);
  static constexpr int32_t callable = offsetof(HostFunction, call);
  static constexpr int32_t data = offsetof(HostFunction, data);
};
#pragma GCC diagnostic pop

/// A HostCall on the host stack: its thread, the caller's context, the arguments, and a word that aligns.
inline constexpr int32_t k_host_call_bytes = 32;
static_assert(sizeof(HostCall) == 24);

/// Words between the last argument and where a call of the guest from there may begin
/// (ThreadContext::entry_sp).
inline constexpr int32_t k_entry_gap = 4;

}  // namespace lindvm::jit
