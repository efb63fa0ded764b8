#include "bench/micro/guest.h"

#include <cstdio>
#include <cstdlib>

#include "bench/micro/modules.h"
#include "jit/jit.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/tier.h"

namespace lindvm::bench {
namespace {

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "micro-benchmarks: %s\n", what.c_str());
  std::exit(1);
}

/// Before the first store.
[[maybe_unused]] const bool g_has_tier = [] {
  install_tier(jit::make_baseline_tier(), {TierChoice::interp, {}});
  return true;
}();

void compile_all(CompiledModule& compiled) {
  const Module& module = compiled.module();
  const auto defined = static_cast<uint32_t>(module.functions().size() - module.imported_functions());
  for (uint32_t i = 0; i < defined; ++i) {
    if (!compiling_tier() || !compiling_tier()->compile(compiled.code(i))) give_up("kernels: not compiled");
  }
}

HostStatus host_nop(HostCall& call, void*) { return call.ok(call.arg<uint32_t>(0)); }

const HostFunction& nop_function() {
  static const HostFunction function{"bench", "nop", {{k_i32}, {k_i32}}, host_nop, nullptr};
  return function;
}

}  // namespace

Guest::Guest(Code code) : linker_(store_) {
  linker_.define(nop_function());
  auto module = compile(read_bench_file("kernels.wasm"));
  if (!module) give_up("kernels: " + module.error().message);
  if (code == Code::compiled) compile_all(**module);
  auto instance = linker_.instantiate(std::move(module).value());
  if (!instance) give_up("kernels: " + instance.error().message);
  instance_ = *instance;
}

uint32_t Guest::run(const std::string& kernel, uint32_t iterations) {
  const External* found = instance_->find_export(kernel);
  if (found == nullptr) give_up("no kernel " + kernel);
  const Value argument = Value::of(k_i32, iterations);
  Value result;
  if (invoke(store_.main_thread(), *found->function, {&argument, 1}, {&result, 1}) != Completion::returned) {
    give_up("kernel " + kernel + " did not return");
  }
  return result.as<uint32_t>();
}

}  // namespace lindvm::bench
