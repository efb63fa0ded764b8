// lind-vm cache: what the code cache holds, and emptying it.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

#include "jit/tuning.h"
#include "tools/lind-vm/code_cache.h"
#include "tools/lind-vm/command.h"

namespace lindvm {
namespace {

std::string folder_in_use() {
  std::string folder = code_cache_folder();
  if (folder.empty()) throw CommandError(k_exit_failed, "cache: the code cache is off");
  return folder;
}

int stats() {
  std::string folder = folder_in_use();
  jit::CacheUse use = jit::CodeCache::use_of(folder).value_or(jit::CacheUse{});
  fmt::print("folder   {}\nmodules  {}\nbytes    {}\nlimit    {}\n", folder, use.entries, use.bytes,
             jit::k_cache_bytes);
  return k_exit_ok;
}

int clear() {
  jit::CacheUse removed = jit::CodeCache::clear(folder_in_use()).value_or(jit::CacheUse{});
  fmt::print("removed {} modules, {} bytes\n", removed.entries, removed.bytes);
  return k_exit_ok;
}

}  // namespace

int cache_command(int argc, char** argv) {
  CLI::App app("Compiled code is kept on disk, so that programs start with it the next time.",
               "lind-vm cache");
  app.require_subcommand(1);
  const CLI::App* show = app.add_subcommand("stats", "tell how much there is");
  app.add_subcommand("clear", "remove all of it");
  app.footer(
      "The folder is ${XDG_CACHE_HOME:-~/.cache}/lind-vm/code, or what LINDVM_CODE_CACHE says (\"off\": "
      "none).");
  return with_parsed_options(app, argc, argv, [&] { return show->parsed() ? stats() : clear(); });
}

}  // namespace lindvm
