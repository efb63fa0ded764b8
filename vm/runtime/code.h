#pragma once
// The code of functions: one FunctionCode per function of a module, shared by every instance of
// that module and by every thread. Calls go through FunctionCode::entry, so that installing a
// translation (or, later, machine code) is one store. A CompiledModule owns the FunctionCodes and
// all translated code of its module; code is never moved or freed while it lives [R7].

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "vm/base/result.h"
#include "vm/module/module.h"
#include "vm/runtime/code_space.h"
#include "vm/types/canonical.h"

namespace lindvm {

struct Instr;
struct HostFunction;
class CompiledModule;
class FunctionTranslation;
class MachineCode;

/// What a call needs to know about its callee. Immovable.
struct FunctionCode {
  /// First internal instruction; a shared stub that translates the body until the first call.
  std::atomic<const Instr*> entry{nullptr};
  /// Where machine code calls it: its own machine code, or a stub (vm/runtime/tier.h); null without a
  /// compiling tier.
  std::atomic<const void*> machine_entry{nullptr};
  TypeId type{};
  uint32_t index = 0;  ///< function index in its module's index space (host functions: 0)
  uint32_t param_slots = 0;
  uint32_t result_slots = 0;
  CompiledModule* owner = nullptr;                   ///< null for host functions
  const HostFunction* host = nullptr;                ///< null for functions of a module
  FunctionTranslation* translation = nullptr;        ///< owned by `owner`; null until translated
  std::atomic<const MachineCode*> machine{nullptr};  ///< null until compiled
  /// Interpreted entries left until the function counts as hot.
  std::atomic<int32_t> countdown{0};
};

/// A module made ready to run. Thread-safe; shared by all instances of the module.
class CompiledModule {
 public:
  explicit CompiledModule(std::shared_ptr<const Module> module);
  ~CompiledModule();
  CompiledModule(const CompiledModule&) = delete;
  CompiledModule& operator=(const CompiledModule&) = delete;

  const Module& module() const { return *module_; }
  const std::shared_ptr<const Module>& module_ptr() const { return module_; }

  /// Code of defined function number `defined` (function index minus imported functions).
  FunctionCode& code(uint32_t defined) { return codes_[defined]; }
  FunctionCode* codes() { return codes_.get(); }

  /// Does any function of the module end in a tail call?
  bool has_tail_calls() const { return has_tail_calls_; }

  /// Translates a function unless another thread already has; the entry is published on return.
  /// Fails only with ErrorKind::unsupported (the body is already validated).
  Result<void> ensure_translated(FunctionCode& code);

  /// Makes machine code the function's code for all callers, unless it has some.
  void publish(FunctionCode& code, const MachineCode* machine);

  /// The translation, of any module of the process, whose internal code contains `ip`, or null. O(log n).
  static const FunctionTranslation* find_translation_of(const Instr* ip) { return CodeSpace::find(ip); }

  /// Where translate_function() puts code. Used under the translation lock.
  CodeSpace& code_space() { return code_space_; }

 private:
  std::shared_ptr<const Module> module_;
  std::unique_ptr<FunctionCode[]> codes_;
  bool has_tail_calls_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<FunctionTranslation>> translations_;  // guarded by mutex_
  CodeSpace code_space_;                                            // guarded by mutex_
};

}  // namespace lindvm
