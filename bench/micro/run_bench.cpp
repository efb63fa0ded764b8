// Running: what calls, memory accesses and host calls cost in guest code. Each benchmark runs a kernel of
// kernels.c, a loop, for many iterations per entry; items per second are iterations, and the `loop`
// benchmark says what the loop itself costs.

#include <benchmark/benchmark.h>

#include "bench/micro/count_each.h"
#include "bench/micro/guest.h"

namespace lindvm::bench {
namespace {

constexpr uint32_t k_iterations = 100'000;

Guest& interpreted() {
  static Guest guest(Guest::Code::interpreted);
  return guest;
}
Guest& compiled() {
  static Guest guest(Guest::Code::compiled);
  return guest;
}

void run(benchmark::State& state, Guest& guest, const char* name) {
  guest.run(name, 1);  // translates
  for (auto _ : state) benchmark::DoNotOptimize(guest.run(name, k_iterations));
  count_each(state, k_iterations);
  state.SetItemsProcessed(state.iterations() * k_iterations);
}
void kernel(benchmark::State& state, const char* name) { run(state, interpreted(), name); }
void machine_kernel(benchmark::State& state, const char* name) { run(state, compiled(), name); }

#define KERNEL(title, name)               \
  BENCHMARK_CAPTURE(kernel, title, name); \
  BENCHMARK_CAPTURE(machine_kernel, title, name)
KERNEL(loop, "loop");
KERNEL(arithmetic, "arithmetic");
KERNEL(call_direct, "call_direct");
KERNEL(call_indirect_one_target, "call_indirect_one");
KERNEL(call_indirect_eight_targets, "call_indirect_eight");
KERNEL(call_host, "call_host");
KERNEL(memory_load, "memory_load");
KERNEL(memory_store, "memory_store");
KERNEL(memory_copy_256, "memory_copy_256");
KERNEL(memory_copy_4096, "memory_copy_4096");
#undef KERNEL

/// What a host call is held against: the loop of the kernel call_host natively, with a call through a
/// pointer.
[[gnu::noinline]] uint32_t native_nop(uint32_t value) {
  asm volatile("" : "+r"(value));
  return value;
}
uint32_t (*volatile g_native_nop)(uint32_t) = native_nop;
void native_call_pointer(benchmark::State& state) {
  for (auto _ : state) {
    uint32_t sum = 0;
    for (uint32_t i = 0; i < k_iterations; ++i) sum = g_native_nop(sum);
    benchmark::DoNotOptimize(sum);
  }
  count_each(state, k_iterations);
  state.SetItemsProcessed(state.iterations() * k_iterations);
}
BENCHMARK(native_call_pointer);

/// Entering and leaving guest code from the host.
void invoke_nothing(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(interpreted().run("nothing", 1));
}
BENCHMARK(invoke_nothing);

}  // namespace
}  // namespace lindvm::bench
