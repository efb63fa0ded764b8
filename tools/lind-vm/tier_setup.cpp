#include "tools/lind-vm/tier_setup.h"

#include <fmt/format.h>

#include "jit/jit.h"
#include "tools/lind-vm/code_cache.h"
#include "tools/lind-vm/command.h"
#include "tools/lind-vm/jitdump.h"
#include "tools/lind-vm/machine_listing.h"
#include "vm/runtime/backtrace.h"

namespace lindvm {
namespace {

constexpr const char* k_default_choice = "auto";

/// What is to be told of each function that gets machine code.
jit::CodeObserver observer_for(const TierSetup& setup) {
  if (!setup.dump_asm && !setup.perf) return {};
  std::shared_ptr<JitDump> perf = setup.perf ? JitDump::create() : nullptr;
  return [dump = setup.dump_asm, maps = setup.perf, perf](const MachineCode& code,
                                                          std::span<const jit::InstructionStart> starts) {
    if (maps) add_to_perf_map(code);
    if (perf) perf->add(code, starts);
    if (!dump) return;
    const FunctionCode& function = *code.function;
    bool wanted = dump->empty() || *dump == fmt::format("{}", function.index) ||
                  *dump == function_name(function.owner->module(), function.index);
    if (wanted) fmt::print(stderr, "{}", machine_listing(code, starts));
  };
}

}  // namespace

void declare_tier_options(CLI::App& app, TierSetup& setup) {
  app.add_option("--tier", setup.tier, "how to run code: auto, interp, baseline")->type_name("TIER");
  app.add_option("--tier-threshold", setup.threshold,
                 "with --tier auto: calls before a function is compiled, 0 for none")
      ->type_name("N");
  app.add_flag("--dump-asm{}", setup.dump_asm, "print machine code as it is made, of FUNC or all")
      ->type_name("FUNC");
  app.add_flag("--perf", setup.perf, "record machine code for perf, in /tmp/jit-PID.dump and perf-PID.map");
  app.add_flag("--gdb", setup.gdb, "name machine code for gdb, which then shows it in backtraces");
}

void check(const TierSetup& setup) {
  if (setup.tier.empty() || setup.tier == "auto" || setup.tier == "interp" || setup.tier == "baseline")
    return;
  if (setup.tier == "opt") {
    throw CommandError(k_exit_usage, "--tier opt: not in this build (auto, interp, baseline)");
  }
  throw CommandError(k_exit_usage,
                     fmt::format("--tier {}: expected auto, interp, baseline or opt", setup.tier));
}

void install(const TierSetup& setup) {
  std::string tier = setup.tier.empty() ? k_default_choice : setup.tier;
  if (tier == "interp") return;
  if (setup.gdb && !jit::can_tell_debugger()) {
    throw CommandError(k_exit_cannot_run, "--gdb: not supported for this processor's machine code");
  }
  jit::BaselineOptions options{observer_for(setup), setup.gdb, {}};
  // Observers and debuggers are told of code as it is made, with what only the compiler knows.
  if (setup.uses_cache && !options.observer && !setup.gdb) options.cache = open_code_cache();
  std::unique_ptr<CompilingTier> compiling = jit::make_baseline_tier(std::move(options));
  if (!compiling && tier == "auto") return;
  if (!compiling) {
    throw CommandError(k_exit_cannot_run, "--tier baseline: this host cannot run machine code");
  }
  TierChoice choice = tier == "baseline" ? TierChoice::baseline : TierChoice::automatic;
  install_tier(std::move(compiling), {choice, setup.threshold});
}

}  // namespace lindvm
