#include "vm/runtime/code.h"

#include "vm/interp/instr.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translation.h"
#include "vm/interp/translator.h"

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
  }
}

CompiledModule::~CompiledModule() = default;

Result<void> CompiledModule::ensure_translated(FunctionCode& code) {
  std::lock_guard lock(mutex_);
  if (code.translation) return {};
  std::unique_ptr<FunctionTranslation> translation = TRY(translate_function(*this, code));
  code.translation = translation.get();
  code.entry.store(translation->instrs, std::memory_order_release);
  translations_.push_back(std::move(translation));
  return {};
}

}  // namespace lindvm
