// lind-vm run: links a program with its personality and preloaded modules, runs it, and turns its end into an
// exit status.

#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>

#include "syscalls/kernel/host_credentials.h"
#include "tools/lind-vm/command.h"
#include "tools/lind-vm/guest_setup.h"
#include "tools/lind-vm/interrupts.h"
#include "tools/lind-vm/invoke_values.h"
#include "tools/lind-vm/run_options.h"
#include "vm/runtime/backtrace.h"
#include "vm/runtime/call_mismatch.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/tier.h"

namespace lindvm {
namespace {

using Clock = std::chrono::steady_clock;

StoreLimits limits_of(const RunOptions& options) {
  StoreLimits limits;
  limits.max_memory_bytes = options.max_memory;
  if (options.max_stack != 0) limits.guest_stack_bytes = options.max_stack;
  return limits;
}

/// One program from file to exit status.
class Session {
 public:
  explicit Session(const RunOptions& options)
      : options_(options), store_(limits_of(options)), linker_(store_) {}

  int run() {
    install_interrupts(options_.timeout);
    set_interpreter_options({options_.verify_every});
    if (options_.lenient_calls) store_.set_call_adapters(std::make_unique<CallAdapters>(warn));
    auto program = compile(options_.program);
    loaded_ = Clock::now();
    process_ = make_guest_process(options_, program->module());
    imports_.emplace(store_, *process_);
    if (LinuxProgram::recognises(program->module())) linux_.emplace(store_, *process_);
    linker_.set_fallback(
        [this](const Module& module, const Import& import) { return resolve(module, import); });
    int status = link_and_start(program);
    act_as_host();  // the code cache, say, is not the guest's
    if (options_.print_stats) print_stats(program->module());
    return status;
  }

 private:
  static void warn(const std::string& text) { fmt::print(stderr, "lind-vm: call adapted: {}\n", text); }

  static std::shared_ptr<CompiledModule> compile(const std::string& file) {
    auto module = compile_file(file);
    if (!module.ok()) throw load_failure(file, module.error());
    return std::move(module.value());
  }

  /// What the program's personality gives; null if nothing.
  const External* resolve(const Module& module, const Import& import) {
    if (!linux_ || import.kind == ExternKind::function) return imports_->resolve(module, import);
    auto external = linux_->resolve(module, import);
    if (!external.ok()) throw load_failure(options_.program, external.error());
    return external.value();
  }

  int link_and_start(const std::shared_ptr<CompiledModule>& program) {
    for (const Preload& preload : options_.preloads) {
      Instance* instance = instantiate(preload.file, compile(preload.file));
      if (!instance) return end_status_;
      linker_.define_instance(preload.name, *instance);
    }
    Instance* instance = instantiate(options_.program, program);
    linked_ = Clock::now();
    return instance ? start(*instance) : end_status_;
  }

  /// Null if a start function ended the guest; end_status_ then says how.
  Instance* instantiate(const std::string& file, std::shared_ptr<CompiledModule> module) {
    auto instance = linker_.instantiate(std::move(module));
    if (instance.ok()) return instance.value();
    if (instance.error().kind != ErrorKind::uninstantiable) throw load_failure(file, instance.error());
    ThreadContext& thread = store_.main_thread();
    end_status_ = thread.has_exited ? exit_status(thread) : report_trap(thread);
    return nullptr;
  }

  int start(Instance& instance) {
    watch_guest(&store_.main_thread());
    if (const External* initialize = find_function(instance, "_initialize")) {
      CallResult result = call(store_, *initialize->function, {});
      if (result.completion != Completion::returned) return end_of(result.completion);
    }
    if (options_.invoke) return invoke_export(instance);
    if (const External* start = find_function(instance, "_start")) {
      return linux_ ? start_linux(instance, *start->function)
                    : end_of(call(store_, *start->function, {}).completion);
    }
    if (instance.module().start() || find_function(instance, "_initialize")) return k_exit_ok;
    throw CommandError(
        k_exit_cannot_run,
        fmt::format("{}: there is no _start function; --invoke calls another export", options_.program));
  }

  int start_linux(Instance& instance, const Function& start) {
    const FuncType& type = func_type(start.type);
    if (type.params != std::vector<ValType>{k_i32} || !type.results.empty()) {
      throw CommandError(k_exit_cannot_run,
                         fmt::format("{}: _start of a linux program takes one i32", options_.program));
    }
    auto stack_pointer = linux_->prepare_stack(instance);
    if (!stack_pointer.ok()) throw load_failure(options_.program, stack_pointer.error());
    Value argument = Value::of(k_i32, stack_pointer.value());
    return end_of(call(store_, start, {&argument, 1}).completion);
  }

  static const External* find_function(const Instance& instance, std::string_view name) {
    const External* external = instance.find_export(name);
    return external && external->kind == ExternKind::function ? external : nullptr;
  }

  int invoke_export(Instance& instance) {
    const External* external = find_function(instance, *options_.invoke);
    if (!external) {
      throw CommandError(k_exit_cannot_run,
                         fmt::format("{}: no exported function {}", options_.program, *options_.invoke));
    }
    const Function& function = *external->function;
    CallResult result = call(store_, function, parse_arguments(func_type(function.type), options_.arguments));
    if (result.completion == Completion::returned) {
      for (const Value& value : result.results) fmt::print("{}\n", to_text(value));
    }
    return end_of(result.completion);
  }

  int end_of(Completion completion) {
    ThreadContext& thread = store_.main_thread();
    switch (completion) {
      case Completion::returned:
        return k_exit_ok;
      case Completion::exited:
        return exit_status(thread);
      case Completion::trapped:
      case Completion::threw:
        return report_trap(thread);
    }
    return k_exit_internal;
  }

  static int exit_status(const ThreadContext& thread) { return static_cast<int>(thread.exit_code & 0xff); }

  int report_trap(ThreadContext& thread) {
    if (thread.trap.kind == Trap::Interrupted) return report_stop(thread);
    fmt::print(stderr, "lind-vm: {}: {}", options_.program, trap_report(thread));
    return k_exit_signal_base + trap_signal(thread.trap.kind);
  }

  /// Whoever presses Ctrl-C knows why the program ended; where it was is of interest only after a time limit.
  int report_stop(ThreadContext& thread) {
    int signal = stop_signal();
    if (signal == SIGALRM) {
      std::string trace = trap_report(thread);
      trace.erase(0, trace.find('\n') + 1);
      fmt::print(stderr, "lind-vm: {}: stopped after {} s\n{}", options_.program, options_.timeout, trace);
    }
    return k_exit_signal_base + (signal ? signal : SIGINT);
  }

  /// Lines of text: the trap and, unless the options say no, where it was.
  std::string trap_report(ThreadContext& thread) const {
    return to_text(thread.trap, options_.print_backtrace ? capture_backtrace(thread) : Backtrace());
  }

  void print_stats(const Module& module) const {
    auto milliseconds = [](Clock::duration time) {
      return std::chrono::duration<double, std::milli>(time).count();
    };
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    Clock::time_point end = Clock::now();
    fmt::print(stderr,
               "lind-vm: load {:.3f} ms, link {:.3f} ms, run {:.3f} ms; {} bytes, {} functions; peak {} kB\n",
               milliseconds(loaded_ - begun_), milliseconds(linked_ - loaded_), milliseconds(end - linked_),
               module.bytes().size(), module.functions().size(), usage.ru_maxrss);
    if (const CompilingTier* tier = compiling_tier()) {
      TierCounts counts = tier->counts();
      fmt::print(stderr, "lind-vm: machine code of {} functions: {} compiled, {} from the cache\n",
                 counts.compiled + counts.placed, counts.compiled, counts.placed);
    }
    for (const auto& [name, count] : process_->unknown_calls()) {
      fmt::print(stderr, "lind-vm: not implemented: {} ({} calls)\n", name, count);
    }
  }

  const RunOptions& options_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point loaded_ = begun_;
  Clock::time_point linked_ = begun_;
  int end_status_ = k_exit_ok;
  std::unique_ptr<Process> process_;
  Store store_;
  std::optional<ProcessImports> imports_;
  std::optional<LinuxProgram> linux_;  // of programs for the linux personality
  Linker linker_;
};

}  // namespace

int run_command(int argc, char** argv) {
  return with_run_options(argc, argv, [](const RunOptions& options) {
    install(options.tier);
    return Session(options).run();
  });
}

}  // namespace lindvm
