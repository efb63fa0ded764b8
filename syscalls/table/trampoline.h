#pragma once
// From a wasm import to a handler: loads the arguments of a row in order, stops at the first that is refused,
// calls the handler and stores the result, tracing if asked to. One instantiation per row and personality.
// An Abi says how to read arguments and how to return (see syscalls/wasi/abi.h):
//
//   using Reader                                        Reader(const HostCall&)
//   static HostStatus finish(HostCall&, SysResult)      writes the wasm result
//   static std::string_view call_name(const HostCall&, const CallBinding&)      for tracing
//   static constexpr bool k_counted_paths, k_refuses_unknown_flags
//   static constexpr bool k_checks_outputs_first        EFAULT before all else; else where the handler puts
//   one
//   static constexpr uint32_t k_longest_vector          in bytes; EINVAL for what is longer
//
// Runs on the guest thread's host thread.

#include <tuple>
#include <utility>

#include "syscalls/imports.h"
#include "syscalls/table/syscalls.h"
#include "vm/runtime/context.h"

/// The calls of a statement become a part of the caller where their code is at hand: see
/// syscalls/CMakeLists.txt.
#if __has_cpp_attribute(clang::always_inline)
#define LINDVM_IN_LINE [[clang::always_inline]]
#else
#define LINDVM_IN_LINE
#endif

namespace lindvm {

/// Reads nothing and remembers the wasm types of what was asked for.
class SignatureReader {
 public:
  uint32_t u32() {
    types_.push_back(k_i32);
    return 0;
  }
  uint64_t u64() {
    types_.push_back(k_i64);
    return 0;
  }
  const std::vector<ValType>& types() const { return types_; }

 private:
  std::vector<ValType> types_;
};

inline LinearMemory* memory_of(const HostCall& call) {
  return call.caller.memories ? call.caller.memories[0] : nullptr;
}

template <class Abi, Returns R, auto Handler, class Row>
class Trampoline;

template <class Abi, Returns R, auto Handler, class... Columns>
class Trampoline<Abi, R, Handler, Arguments<Columns...>> {
  static_assert(std::is_same_v<decltype(Handler), typename HandlerOf<Arguments<Columns...>>::type*>,
                "the handler's parameters are not those of its row");

 public:
  static HostStatus enter(HostCall& call, void* data) {
    Thread& thread = Thread::of(call.thread);
    if (thread.process().strace()) [[unlikely]]
      return enter_traced(call, thread, *static_cast<const CallBinding*>(data));
    Frame frame;
    SysResult result = load(frame, call, thread);
    if (result.ok()) result = invoke(frame, thread);
    return finish(call, thread, result);
  }

  static FuncType type() {
    SignatureReader reader;
    Process nobody({}, {});
    Thread no_thread(nobody, nullptr);
    CallSpace space{no_thread};
    Frame frame;
    for_each(frame, [&](auto& argument) {
      (void)argument.template load<Abi>(reader, space);
      return 0;
    });
    FuncType type{reader.types(), {}};
    if constexpr (R != Returns::never) type.results = {k_i32};
    return type;
  }

 private:
  static constexpr size_t k_count = sizeof...(Columns);
  using Frame = std::tuple<typename Columns::Kind...>;

  /// Until one answers an error.
  template <class F>
  [[gnu::always_inline]] static inline int for_each(Frame& frame, F&& action) {
    return [&]<size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      int error = 0;
      (void)(... && ((error = action(std::get<I>(frame))) == 0));
      return error;
    }(std::make_index_sequence<k_count>());
  }

  [[gnu::always_inline]] static inline SysResult load(Frame& frame, HostCall& call, Thread& thread) {
    typename Abi::Reader reader(call);
    CallSpace space{thread, memory_of(call)};
    return SysResult::error(for_each(frame, [&](auto& argument) __attribute__((always_inline)) {
      return argument.template load<Abi>(reader, space);
    }));
  }

  /// Goes on after an argument that is refused, so that the others can be shown. The first error.
  static SysResult load_all(Frame& frame, HostCall& call, Thread& thread) {
    typename Abi::Reader reader(call);
    CallSpace space{thread, memory_of(call)};
    int first = 0;
    for_each(frame, [&](auto& argument) {
      int error = argument.template load<Abi>(reader, space);
      if (first == 0) first = error;
      return 0;
    });
    return SysResult::error(first);
  }

  [[gnu::always_inline]] static inline SysResult invoke(Frame& frame, Thread& thread) {
    return [&]<size_t... I>(std::index_sequence<I...>) __attribute__((always_inline)) {
      LINDVM_IN_LINE return Handler(thread, std::get<I>(frame)...);
    }(std::make_index_sequence<k_count>());
  }

  static HostStatus finish(HostCall& call, Thread& thread, SysResult result) {
    if (result.is_exit()) [[unlikely]]
      return call.exit(thread.process().exit_code());
    return Abi::finish(call, result);
  }

  [[gnu::noinline]] static HostStatus enter_traced(HostCall& call, Thread& thread,
                                                   const CallBinding& binding) {
    Strace& strace = *thread.process().strace();
    Frame frame;
    SysResult result = load_all(frame, call, thread);
    std::string_view name = Abi::call_name(call, binding);
    TraceText text;
    text.raw(name);
    text.raw("(");
    // What goes in is shown before the call, since that may block or end the process.
    size_t shown = print(frame, text, 0, !result.ok());
    Strace::Call begun = strace.start(name, text.text());
    text.text().clear();
    if (result.ok()) {
      result = invoke(frame, thread);
      print(frame, text, shown, true);
    }
    text.raw(")");
    print_result(frame, text, result);
    strace.finish(begun, text.text(), result);
    if (result.is_exit())
      strace.line("+++ exited with " + std::to_string(thread.process().exit_code() & 0xff) + " +++");
    return finish(call, thread, result);
  }

  /// By the argument that knows what the result means, if one does.
  static void print_result(Frame& frame, TraceText& text, SysResult result) {
    bool is_printed = false;
    for_each(frame, [&](auto& argument) {
      if constexpr (requires { argument.print_result(text, result); }) {
        argument.print_result(text, result);
        is_printed = true;
      }
      return 0;
    });
    if (!is_printed) text.result(result, R);
  }

  /// Prints the arguments from number `from` on, up to the first output unless `all`; answers where it
  /// stopped.
  static size_t print(Frame& frame, TraceText& text, size_t from, bool all) {
    size_t at = 0;
    size_t stop = k_count;
    for_each(frame, [&](auto& argument) {
      size_t here = at++;
      if (here >= stop || here < from) return 0;
      if (std::decay_t<decltype(argument)>::k_is_output && !all) {
        stop = here;
        return 0;
      }
      if (here) text.raw(", ");
      argument.print(text);
      return 0;
    });
    return stop;
  }
};

}  // namespace lindvm
