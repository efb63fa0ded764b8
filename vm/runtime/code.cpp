#include "vm/runtime/code.h"

#include <map>
#include <shared_mutex>

#include "vm/interp/instr.h"
#include "vm/interp/interpreter.h"
#include "vm/interp/translation.h"
#include "vm/interp/translator.h"

namespace lindvm {

namespace {

/// All internal code of the process by start address, for stack walks.
struct CodeMap {
  std::shared_mutex mutex;
  std::map<const Instr*, const FunctionTranslation*> by_start;
};

CodeMap& code_map() {
  static CodeMap map;
  return map;
}

}  // namespace

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

CompiledModule::~CompiledModule() {
  std::unique_lock lock(code_map().mutex);
  for (const auto& translation : translations_) code_map().by_start.erase(translation->instrs.get());
}

Result<void> CompiledModule::ensure_translated(FunctionCode& code) {
  std::lock_guard lock(mutex_);
  if (code.translation) return {};
  std::unique_ptr<FunctionTranslation> translation = TRY(translate_function(*this, code));
  {
    std::unique_lock map_lock(code_map().mutex);
    code_map().by_start.emplace(translation->instrs.get(), translation.get());
  }
  code.translation = translation.get();
  code.entry.store(translation->instrs.get(), std::memory_order_release);
  translations_.push_back(std::move(translation));
  return {};
}

const FunctionTranslation* CompiledModule::find_translation_of(const Instr* ip) {
  std::shared_lock lock(code_map().mutex);
  auto next = code_map().by_start.upper_bound(ip);
  if (next == code_map().by_start.begin()) return nullptr;
  const FunctionTranslation* translation = std::prev(next)->second;
  return translation->contains(ip) ? translation : nullptr;
}

}  // namespace lindvm
