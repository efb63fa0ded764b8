// libFuzzer target: any bytes either load or are refused, and whatever loads can be read in full. Seeds: any
// binary modules, e.g. those of the specification's suite.

#include <cstddef>
#include <cstdint>
#include <span>

#include "vm/module/load.h"
#include "vm/module/names.h"

using namespace lindvm;

namespace {

// Touches everything that a module offers by range or index.
size_t read_everything(const Module& module) {
  size_t sum = 0;
  for (const ModuleFunction& function : module.functions()) {
    sum += module.local_runs(function).size();
    for (uint8_t byte : module.bytes(function.body)) sum += byte;
  }
  for (const ElementSegment& segment : module.element_segments()) {
    sum += module.const_instrs(segment.offset).size();
    for (uint32_t function : module.element_functions(segment))
      sum += module.functions()[function].type_index;
    for (ConstExpr expr : module.element_exprs(segment)) sum += module.const_instrs(expr).size();
  }
  for (const DataSegment& segment : module.data_segments())
    for (uint8_t byte : module.bytes(segment.bytes)) sum += byte;
  for (const Export& item : module.exports()) sum += module.find_export(item.name)->index;
  const ModuleNames& names = module.names();
  for (uint32_t i = 0; i < module.functions().size(); i++) sum += names.function_name(i).size();
  return sum + names.local_name(0, 0).size() + names.producers().size() + names.target_features().size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto module = load_module(std::span(data, size));
  if (module.ok()) {
    volatile size_t sum = read_everything(**module);
    (void)sum;
  }
  return 0;
}
