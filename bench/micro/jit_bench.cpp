// Compiling to machine code, every function of a module. Throughput is in bytes of the function bodies.

#include <benchmark/benchmark.h>

#include "bench/micro/modules.h"
#include "jit/jit.h"
#include "vm/module/load.h"
#include "vm/runtime/code.h"

namespace lindvm::bench {
namespace {

/// With a tier of its own for each round, since code is never freed.
void compile_baseline(benchmark::State& state) {
  auto module = load_module(large_module(static_cast<uint32_t>(state.range(0))));
  if (!module) return state.SkipWithError(module.error().message.c_str());
  const Module& loaded = **module;
  const auto defined = static_cast<uint32_t>(loaded.functions().size() - loaded.imported_functions());
  for (auto _ : state) {
    state.PauseTiming();
    auto compiled = std::make_unique<CompiledModule>(*module);
    std::unique_ptr<CompilingTier> tier = jit::make_baseline_tier();
    if (!tier) return state.SkipWithError("no machine code on this host");
    state.ResumeTiming();
    for (uint32_t i = 0; i < defined; ++i) tier->compile(compiled->code(i));
    state.PauseTiming();
    compiled.reset();
    tier.reset();
    state.ResumeTiming();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * loaded.code_section().size()));
}
BENCHMARK(compile_baseline)->Arg(1)->Arg(200)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lindvm::bench
