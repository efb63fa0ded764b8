#pragma once
// The counter `each`: what one of the operations takes that a benchmark makes in every round.

#include <benchmark/benchmark.h>

#include <cstdint>

namespace lindvm::bench {

inline void count_each(benchmark::State& state, uint32_t operations) {
  state.counters["each"] = benchmark::Counter(static_cast<double>(state.iterations()) * operations,
                                              benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

}  // namespace lindvm::bench
