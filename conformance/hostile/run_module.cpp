#include "conformance/hostile/run_module.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <deque>

#include "vm/runtime/engine.h"

namespace lindvm::hostile {

namespace {

constexpr suseconds_t k_time_limit_us = 50'000;
constexpr uint64_t k_max_memory = 64u << 20;
constexpr size_t k_stack_bytes = 1u << 20;

std::atomic<ThreadContext*> g_guest{nullptr};

void on_alarm(int) {
  if (ThreadContext* guest = g_guest.load()) guest->request_interrupt(k_interrupt_stop);
}

void set_alarm(suseconds_t microseconds) {
  itimerval timer{};
  timer.it_value.tv_usec = microseconds;
  timer.it_interval.tv_usec = microseconds;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

// While it lives, the guest is asked to stop at the end of the time limit, and again and again after it.
class TimeLimit {
 public:
  explicit TimeLimit(ThreadContext& guest) {
    struct sigaction action{};
    action.sa_handler = on_alarm;
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGALRM, &action, nullptr);
    g_guest = &guest;
    set_alarm(k_time_limit_us);
  }
  ~TimeLimit() {
    set_alarm(0);
    g_guest = nullptr;
  }
  TimeLimit(const TimeLimit&) = delete;
  TimeLimit& operator=(const TimeLimit&) = delete;
};

double processor_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

uint64_t peak_bytes() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

Value zero(ValType type) { return Value{type, {}}; }

// Answers every call with zeros.
HostStatus answer_zeros(HostCall& call, void* data) {
  uint32_t slots = slot_count(static_cast<const HostFunction*>(data)->type.results);
  for (uint32_t slot = 0; slot < slots; slot++) call.set_result(slot, uint64_t{0});
  return call.ok();
}

bool is_answerable(const FuncType& type) {
  for (ValType result : type.results)
    if (!result.is_defaultable()) return false;
  return true;
}

// Makes what a module imports, as it asks for it.
class ImportMaker {
 public:
  /// The host functions made are put into `functions`, which must outlive the store.
  ImportMaker(Store& store, std::deque<HostFunction>& functions) : store_(store), functions_(functions) {}

  const External* make(const Module& module, const Import& import) {
    switch (import.kind) {
      case ExternKind::function:
        return function(func_type(module.functions()[import.index].type));
      case ExternKind::table:
        return keep(store_.add_table(module.tables()[import.index].type));
      case ExternKind::memory:
        return keep(store_.add_memory(module.memories()[import.index]));
      case ExternKind::tag:
        return keep(to_external(store_.add_tag(module.tags()[import.index].type)));
      case ExternKind::global:
        break;
    }
    const GlobalType& type = module.globals()[import.index].type;
    if (!type.type.is_defaultable()) return nullptr;
    return keep(to_external(store_.add_global(zero(type.type), type.is_mutable)));
  }

 private:
  const External* function(const FuncType& type) {
    if (!is_answerable(type)) return nullptr;
    HostFunction& made = functions_.emplace_back(HostFunction{"", "", type, answer_zeros, nullptr});
    made.data = &made;
    return keep(to_external(store_.add_host_function(made)));
  }
  const External* keep(External external) { return &externals_.emplace_back(std::move(external)); }
  template <class T>
  const External* keep(Result<T> made) {
    return made.ok() ? keep(to_external(std::move(made.value()))) : nullptr;
  }

  Store& store_;
  std::deque<HostFunction>& functions_;
  std::deque<External> externals_;
};

void call_exports(Store& store, Instance& instance) {
  for (const Export& item : instance.module().exports()) {
    if (item.kind != ExternKind::function) continue;
    const External* external = instance.find_export(item.name);
    std::vector<Value> arguments;
    for (ValType type : func_type(external->function->type).params) arguments.push_back(zero(type));
    bool is_callable =
        std::all_of(arguments.begin(), arguments.end(), [](auto& v) { return v.type.is_defaultable(); });
    if (is_callable) (void)call(store, *external->function, arguments);
  }
}

// False if instantiation failed.
bool run(std::shared_ptr<CompiledModule> compiled) {
  StoreLimits limits;
  limits.max_memory_bytes = k_max_memory;
  limits.guest_stack_bytes = k_stack_bytes;
  std::deque<HostFunction> functions;
  Store store(limits);
  ImportMaker imports(store, functions);
  TimeLimit limit(store.main_thread());
  Linker linker(store);
  linker.set_fallback(
      [&](const Module& module, const Import& import) { return imports.make(module, import); });
  auto instance = linker.instantiate(std::move(compiled));
  if (instance.ok()) call_exports(store, *instance.value());
  return instance.ok();
}

}  // namespace

void run_module(std::span<const uint8_t> bytes, RunReport& report) {
  uint64_t peak = peak_bytes();
  double start = processor_seconds();
  auto compiled = compile(bytes);
  report.load_seconds = processor_seconds() - start;
  report.load_bytes = peak_bytes() - peak;
  if (!compiled.ok()) {
    report.outcome = Outcome::rejected;
    return;
  }
  report.outcome = run(std::move(compiled.value())) ? Outcome::ran : Outcome::stillborn;
}

}  // namespace lindvm::hostile
