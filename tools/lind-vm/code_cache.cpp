#include "tools/lind-vm/code_cache.h"

#include <cstdlib>

namespace lindvm {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

/// As the XDG specification has it, a relative path counts as none.
std::string code_cache_folder() {
  std::string chosen = variable("LINDVM_CODE_CACHE");
  if (!chosen.empty()) return chosen == "off" ? "" : chosen;
  std::string base = variable("XDG_CACHE_HOME");
  if (base.empty() || base[0] != '/') {
    std::string home = variable("HOME");
    if (home.empty()) return "";
    base = home + "/.cache";
  }
  return base + "/lind-vm/code";
}

std::shared_ptr<jit::CodeCache> open_code_cache() {
  std::string folder = code_cache_folder();
  return folder.empty() ? nullptr : jit::CodeCache::open(folder);
}

}  // namespace lindvm
