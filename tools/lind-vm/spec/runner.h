#pragma once
// Runs one spec script in a store of its own and reports the outcome of each command. One thread.
//
// How errors are compared: the stage must be the asserted one (malformed, invalid, unlinkable, trap ...), and
// of the script's words and ours, up to ours' first colon, one must begin with the other: "uninitialized
// element 2" fits "uninitialized element", "unknown memory" fits "unknown memory 1", "unknown memory 0" does
// not.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/lind-vm/spec/script.h"
#include "tools/lind-vm/spec/spectest.h"
#include "vm/interp/interpreter.h"
#include "vm/module/features.h"
#include "vm/runtime/store.h"

namespace lindvm::spec {

enum class Verdict : uint8_t { passed, failed, skipped };

struct Outcome {
  Verdict verdict = Verdict::passed;
  std::string detail;  ///< why it failed or was skipped
};

/// Does an error text fit what the script expects?
bool words_match(std::string_view expected, std::string_view actual);

class Runner {
 public:
  using Begin = std::function<void(const Command&)>;
  using End = std::function<void(const Command&, const Outcome&)>;

  /// `validate_only`: run nothing; commands that need execution are skipped.
  Runner(const Script& script, bool validate_only);

  /// Calls `begin` before and `end` after each command.
  void run(const Begin& begin, const End& end);

 private:
  /// How an action ended: results, or the words of the trap or other failure.
  struct ActionResult {
    std::optional<Completion> completion;  ///< empty: it could not be started
    std::vector<Value> results;
    std::string words;
  };
  /// An instance, or why there is none.
  struct Slot {
    Instance* instance = nullptr;
    std::string missing;
  };

  Outcome dispatch(const Command& command);
  Outcome run_module(const Command& command);
  Outcome run_module_definition(const Command& command);
  Outcome run_module_instance(const Command& command);
  Outcome run_register(const Command& command);
  Outcome run_action(const Command& command);
  Outcome run_assert_return(const Command& command);
  Outcome run_assert_trap(const Command& command);
  Outcome run_assert_exception(const Command& command);
  Outcome run_unsupported(const Command& command);
  Outcome run_assert_load_error(const Command& command);
  Outcome run_assert_link_error(const Command& command);

  Result<std::shared_ptr<const Module>> load(const Command& command) const;
  Slot instantiate(std::shared_ptr<const Module> module);
  Result<Instance*> link(std::shared_ptr<const Module> module);
  const External* resolve(const Import& import);
  ActionResult perform(const Action& action);
  /// Says so if the failure may come of an action that was unsupported.
  Outcome fail_action(const Command& command, std::string detail) const;
  ActionResult get_global(Instance& instance, const Action& action);
  ActionResult call_function(Instance& instance, const Action& action);
  Slot find_instance(const std::string& name) const;
  void set_latest(const std::string& name, Slot slot);

  const Script& script_;
  bool validate_only_;
  Features features_;
  std::unique_ptr<Store> store_;
  std::optional<SpecTestHost> host_;
  std::map<const Instance*, std::string> damaged_;  ///< actions that were unsupported: state may be missing
  Slot latest_{nullptr, "there is no module yet"};
  std::map<std::string, Slot> instances_;
  std::map<std::string, Instance*, std::less<>> registered_;
  std::map<std::string, std::shared_ptr<const Module>> definitions_;
};

}  // namespace lindvm::spec
