#include "conformance/fuzz/generator.h"

#include <string>

#include "conformance/fuzz/body.h"

namespace lindvm::fuzz {

namespace {

constexpr uint32_t k_most_entries = 4;
constexpr uint32_t k_least_fuel = 20, k_most_fuel = 250;

// Refills the fuel and calls the function with its own arguments.
FunctionTree make_entry(const Environment& env, uint32_t function) {
  const FunctionInfo& callee = env.functions[function];
  FunctionTree entry{callee.type, callee.params, callee.results, {}, {}, {}};
  testing::CodeBuilder code;
  code.i32_const(env.random.between(k_least_fuel, k_most_fuel)).op(Op::GlobalSet, {env.fuel});
  for (uint32_t i = 0; i < callee.params.size(); i++) code.local_get(i);
  code.call(function);
  entry.prologue = code.data();
  return entry;
}

}  // namespace

Program generate(uint64_t seed) {
  Random random(seed);
  Environment env(random);
  Program program;
  for (uint32_t i = env.imported; i < env.functions.size(); i++) {
    const FunctionInfo& info = env.functions[i];
    FunctionTree& function =
        program.functions.emplace_back(FunctionTree{info.type, info.params, info.results, {}, {}, {}});
    BodyGenerator(env, function).generate();
  }
  uint32_t count = std::min<uint32_t>(k_most_entries, static_cast<uint32_t>(program.functions.size()));
  for (uint32_t i = 0; i < count; i++) {
    uint32_t index = env.imported + static_cast<uint32_t>(program.functions.size());
    env.builder.export_function("run" + std::to_string(i), index);
    program.functions.push_back(make_entry(env, env.imported + i));
  }
  program.declarations = std::move(env.builder);
  program.used = env.used;
  return program;
}

}  // namespace lindvm::fuzz
