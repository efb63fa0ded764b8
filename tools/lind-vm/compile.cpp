// lind-vm compile: fills the code cache ahead of time.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <vector>

#include "jit/jit.h"
#include "tools/lind-vm/code_cache.h"
#include "tools/lind-vm/command.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/tier.h"

namespace lindvm {
namespace {

std::shared_ptr<jit::CodeCache> install_cache() {
  std::string folder = code_cache_folder();
  if (folder.empty()) throw CommandError(k_exit_failed, "compile: the code cache is off");
  std::shared_ptr<jit::CodeCache> cache = open_code_cache();
  if (!cache) {
    throw CommandError(
        k_exit_failed,
        fmt::format("compile: {} cannot be used: it must be a folder of yours that nobody else "
                    "may enter",
                    folder));
  }
  auto tier = jit::make_baseline_tier({.cache = cache});
  if (!tier) throw CommandError(k_exit_cannot_run, "compile: this host cannot run machine code");
  install_tier(std::move(tier), {TierChoice::baseline, {}});
  return cache;
}

/// Every function's machine code, from the cache or made now. Returns how many stay with the interpreter.
size_t compile_all(CompiledModule& compiled) {
  const Module& module = compiled.module();
  size_t defined = module.functions().size() - module.imported_functions(), interpreted = 0;
  for (uint32_t i = 0; i < defined; ++i) {
    if (!compiling_tier()->compile(compiled.code(i))) ++interpreted;
  }
  return interpreted;
}

void compile_into(jit::CodeCache& cache, const std::string& file) {
  auto compiled = compile_file(file);
  if (!compiled.ok()) throw load_failure(file, compiled.error());
  TierCounts before = compiling_tier()->counts();
  size_t interpreted = compile_all(*compiled.value());
  auto written = cache.save(*compiled.value());
  if (!written.ok()) throw CommandError(k_exit_failed, describe(file, written.error()));
  TierCounts after = compiling_tier()->counts();
  fmt::print("{}: {} functions compiled, {} were in the cache\n", file, after.compiled - before.compiled,
             after.placed - before.placed);
  if (interpreted != 0) fmt::print("{}: {} functions are left to the interpreter\n", file, interpreted);
}

}  // namespace

int compile_command(int argc, char** argv) {
  CLI::App app("Compiles modules into the code cache, so that their first run starts as later ones do.",
               "lind-vm compile");
  std::vector<std::string> files;
  app.add_option("FILE", files, "modules in the binary format")->required();
  return with_parsed_options(app, argc, argv, [&] {
    std::shared_ptr<jit::CodeCache> cache = install_cache();
    for (const std::string& file : files) compile_into(*cache, file);
    return static_cast<int>(k_exit_ok);
  });
}

}  // namespace lindvm
