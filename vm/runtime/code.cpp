#include "vm/runtime/code.h"

#include "vm/interp/instr.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translation.h"
#include "vm/interp/translator.h"
#include "vm/runtime/machine_code.h"
#include "vm/runtime/tier.h"

namespace lindvm {

CompiledModule::CompiledModule(std::shared_ptr<const Module> module) : module_(std::move(module)) {
  const std::vector<ModuleFunction>& functions = module_->functions();
  uint32_t imported = module_->imported_functions();
  size_t defined = functions.size() - imported;
  codes_ = std::make_unique<FunctionCode[]>(defined);
  for (uint32_t i = 0; i < defined; ++i) {
    const ModuleFunction& function = functions[imported + i];
    FunctionCode& code = codes_[i];
    code.entry.store(translate_entry(), std::memory_order_relaxed);
    code.type = function.type;
    code.index = imported + i;
    code.param_slots = function.param_slots;
    code.result_slots = function.result_slots;
    code.owner = this;
    has_tail_calls_ |= function.has_tail_calls;
    if (compiling_tier()) {
      code.machine_entry.store(compiling_tier()->interpreted_entry(), std::memory_order_relaxed);
      code.countdown.store(static_cast<int32_t>(hot_entries()), std::memory_order_relaxed);
    }
  }
}

CompiledModule::~CompiledModule() {
  if (compiling_tier()) compiling_tier()->forget(*this);
}

Result<void> CompiledModule::ensure_translated(FunctionCode& code) {
  std::lock_guard lock(mutex_);
  if (code.translation) return {};
  std::unique_ptr<FunctionTranslation> translation = TRY(translate_function(*this, code));
  code.translation = translation.get();
  if (!code.machine.load(std::memory_order_relaxed)) {
    code.entry.store(translation->instrs, std::memory_order_release);
  }
  translations_.push_back(std::move(translation));
  return {};
}

void CompiledModule::publish(FunctionCode& code, const MachineCode* machine) {
  std::lock_guard lock(mutex_);
  if (code.machine.load(std::memory_order_relaxed)) return;
  // Whoever sees that there is machine code enters it by machine_entry, which must lead there by then.
  code.machine_entry.store(machine->begin, std::memory_order_release);
  code.machine.store(machine, std::memory_order_release);
  code.entry.store(machine_code_entry(), std::memory_order_release);
}

}  // namespace lindvm
