#include "conformance/opcodes/runner.h"

namespace lindvm::opcode_tests {

std::unique_ptr<LoadedModule> LoadedModule::load(const std::vector<uint8_t>& bytes, std::string& error) {
  auto module = compile(bytes);
  if (!module) return error = module.error().message, nullptr;
  auto loaded = std::make_unique<LoadedModule>();
  Linker linker(loaded->store_);
  auto instance = linker.instantiate(*module);
  if (!instance) return error = instance.error().message, nullptr;
  loaded->instance_ = *instance;
  return loaded;
}

Outcome LoadedModule::call(uint32_t function, const std::vector<ValType>& types, const Tuple& arguments) {
  std::vector<Value> values;
  for (size_t i = 0; i < types.size(); ++i) values.push_back({types[i], arguments[i]});
  CallResult result = lindvm::call(store_, instance_->function(function), values);
  if (result.completion == Completion::returned) return {Trap::None, std::move(result.results)};
  return {result.completion == Completion::trapped ? store_.main_thread().trap.kind : Trap::HostError, {}};
}

std::span<uint8_t> LoadedModule::memory(uint32_t index) {
  LinearMemory& memory = instance_->memory(index);
  return {reinterpret_cast<uint8_t*>(memory.base()), memory.size_bytes()};
}

}  // namespace lindvm::opcode_tests
