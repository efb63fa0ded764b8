// Loading: decode and validate, translate, instantiate. Throughput is in bytes of the module, or of its code.

#include <benchmark/benchmark.h>

#include "bench/micro/guest.h"
#include "bench/micro/modules.h"
#include "jit/jit.h"
#include "vm/module/load.h"

namespace lindvm::bench {
namespace {

/// Decode and validate together, as the engine does them: one pass over the bytes.
void load(benchmark::State& state) {
  const auto bytes = large_module(static_cast<uint32_t>(state.range(0)));
  for (auto _ : state) {
    auto module = load_module(bytes);
    if (!module) return state.SkipWithError(module.error().message.c_str());
    benchmark::DoNotOptimize(module.value());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(load)->Arg(1)->Arg(100)->Unit(benchmark::kMillisecond);

/// Decoding alone: a module that is nearly all data, with nothing to validate.
void decode_sections(benchmark::State& state) {
  const uint32_t megabytes = static_cast<uint32_t>(state.range(0));
  std::vector<uint8_t> bytes{0, 'a', 's', 'm', 1, 0, 0, 0, 0};
  for (uint32_t size = (megabytes << 20) + 5, more = 1; more; size >>= 7) {
    more = size >= 0x80;
    bytes.push_back(static_cast<uint8_t>((size & 0x7f) | (more ? 0x80 : 0)));
  }
  bytes.insert(bytes.end(), {4, 'b', 'u', 'l', 'k'});
  bytes.resize(bytes.size() + (megabytes << 20));
  for (auto _ : state) {
    auto module = load_module(bytes);
    if (!module) return state.SkipWithError(module.error().message.c_str());
    benchmark::DoNotOptimize(module.value());
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(decode_sections)->Arg(4)->Unit(benchmark::kMillisecond);

/// Does something with the code of every function of a large module, made ready anew in each round; bytes are
/// those of the function bodies. `prepare` and what it answers are outside of the time.
void with_every_function(benchmark::State& state, auto prepare, auto work) {
  auto module = load_module(large_module(static_cast<uint32_t>(state.range(0))));
  if (!module) return state.SkipWithError(module.error().message.c_str());
  const Module& loaded = **module;
  const auto defined = static_cast<uint32_t>(loaded.functions().size() - loaded.imported_functions());
  for (auto _ : state) {
    state.PauseTiming();
    auto prepared = prepare();
    auto compiled = std::make_unique<CompiledModule>(*module);
    state.ResumeTiming();
    for (uint32_t i = 0; i < defined; ++i) {
      if (!work(prepared, *compiled, compiled->code(i))) return state.SkipWithError("a function failed");
    }
    state.PauseTiming();
    compiled.reset();
    prepared = {};
    state.ResumeTiming();
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * loaded.code_section().size()));
}

/// Translation to internal code.
void translate(benchmark::State& state) {
  with_every_function(
      state, [] { return 0; },
      [](int, CompiledModule& compiled, FunctionCode& code) {
        return compiled.ensure_translated(code).ok();
      });
}
BENCHMARK(translate)->Arg(1)->Arg(200)->Unit(benchmark::kMillisecond);

/// Compilation to machine code, with a tier of its own for each round, since code is never freed.
void compile_baseline(benchmark::State& state) {
  with_every_function(
      state, [] { return jit::make_baseline_tier(); },
      [](auto& tier, CompiledModule&, FunctionCode& code) { return tier && tier->compile(code); });
}
BENCHMARK(compile_baseline)->Arg(1)->Arg(200)->Unit(benchmark::kMillisecond);

/// From bytes to an instance with its memory, and away again.
void instantiate(benchmark::State& state) {
  for (auto _ : state) Guest guest;
}
BENCHMARK(instantiate)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lindvm::bench
