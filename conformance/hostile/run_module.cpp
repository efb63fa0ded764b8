#include "conformance/hostile/run_module.h"

#include <sys/resource.h>

#include <algorithm>
#include <ctime>

#include "conformance/sandbox/digest.h"
#include "conformance/sandbox/import_maker.h"
#include "conformance/sandbox/time_limit.h"
#include "jit/jit.h"
#include "vm/runtime/engine.h"

namespace lindvm::hostile {

using namespace sandbox;

namespace {

constexpr std::chrono::milliseconds k_time_limit{50};
constexpr uint64_t k_max_memory = 64u << 20;
constexpr size_t k_stack_bytes = 1u << 20;

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
  HostFunctions functions(answer_zeros);
  Store store(limits);
  ImportMaker imports(store, functions);
  TimeLimit limit(store.main_thread(), k_time_limit);
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
