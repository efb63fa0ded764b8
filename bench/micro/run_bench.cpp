// Running: what calls, memory accesses and host calls cost in guest code. Each benchmark runs a kernel of
// kernels.c, a loop, for many iterations per entry; items per second are iterations, and the `loop`
// benchmark says what the loop itself costs.

#include <benchmark/benchmark.h>

#include "bench/micro/guest.h"

namespace lindvm::bench {
namespace {

Guest& guest() {
  static Guest guest;
  return guest;
}

void kernel(benchmark::State& state, const char* name) {
  constexpr uint32_t k_iterations = 100'000;
  guest().run(name, 1);  // translates
  for (auto _ : state) benchmark::DoNotOptimize(guest().run(name, k_iterations));
  state.SetItemsProcessed(state.iterations() * k_iterations);
  state.counters["each"] = benchmark::Counter(static_cast<double>(state.iterations()) * k_iterations,
                                              benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(kernel, loop, "loop");
BENCHMARK_CAPTURE(kernel, arithmetic, "arithmetic");
BENCHMARK_CAPTURE(kernel, call_direct, "call_direct");
BENCHMARK_CAPTURE(kernel, call_indirect_one_target, "call_indirect_one");
BENCHMARK_CAPTURE(kernel, call_indirect_eight_targets, "call_indirect_eight");
BENCHMARK_CAPTURE(kernel, call_host, "call_host");
BENCHMARK_CAPTURE(kernel, memory_load, "memory_load");
BENCHMARK_CAPTURE(kernel, memory_store, "memory_store");
BENCHMARK_CAPTURE(kernel, memory_copy_256, "memory_copy_256");
BENCHMARK_CAPTURE(kernel, memory_copy_4096, "memory_copy_4096");

/// Entering and leaving guest code from the host.
void invoke_nothing(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(guest().run("nothing", 1));
}
BENCHMARK(invoke_nothing);

}  // namespace
}  // namespace lindvm::bench
