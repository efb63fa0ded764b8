#include "conformance/hostile/run_module.h"

#include <sys/resource.h>
#include <sys/time.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <csignal>
#include <ctime>
#include <deque>

#include "jit/jit.h"
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

/// Gathers what must not depend on the tier.
class Digest {
 public:
  explicit Digest(RunReport& report) : report_(report) {}

  void add(uint64_t word) {
    report_.digest = (report_.digest ^ word) * 0x9e3779b97f4a7c15u;
    report_.digest ^= report_.digest >> 29;
  }
  /// References are handles, which are numbered as they come; which NaN an operation answers is open.
  void add(const Value& value) {
    if (value.type.is_ref()) return add(value.as<uint64_t>() != 0);
    if (value.type == k_f32 && std::isnan(value.as<float>())) return add(1);
    if (value.type == k_f64 && std::isnan(value.as<double>())) return add(2);
    add(value.type == k_i32 || value.type == k_f32 ? value.as<uint32_t>() : value.as<uint64_t>());
  }
  void add(Store& store, const CallResult& result) {
    add(static_cast<uint64_t>(result.completion));
    if (result.completion == Completion::returned) {
      for (const Value& value : result.results) add(value);
    } else if (result.completion == Completion::trapped) {
      Trap kind = store.main_thread().trap.kind;
      add(static_cast<uint64_t>(kind));
      if (kind == Trap::Interrupted || kind == Trap::CallStackExhausted) report_.hit_limit = true;
    }
  }

 private:
  RunReport& report_;
};

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

void call_exports(Store& store, Instance& instance, Digest& digest) {
  for (const Export& item : instance.module().exports()) {
    if (item.kind != ExternKind::function) continue;
    const External* external = instance.find_export(item.name);
    std::vector<Value> arguments;
    for (ValType type : func_type(external->function->type).params) arguments.push_back(zero(type));
    bool is_callable =
        std::all_of(arguments.begin(), arguments.end(), [](auto& v) { return v.type.is_defaultable(); });
    if (is_callable) digest.add(store, call(store, *external->function, arguments));
  }
}

// False if instantiation failed.
bool run(std::shared_ptr<CompiledModule> compiled, RunReport& report) {
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
  Digest digest(report);
  if (instance.ok()) call_exports(store, *instance.value(), digest);
  return instance.ok();
}

}  // namespace

void use_tier(TierChoice choice) {
  if (choice != TierChoice::interp) install_tier(jit::make_baseline_tier(), {choice, 1});
}

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
  report.outcome = run(std::move(compiled.value()), report) ? Outcome::ran : Outcome::stillborn;
}

}  // namespace lindvm::hostile
