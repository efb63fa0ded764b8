#include "tools/lind-cc/sysroot.h"

#include <unistd.h>

#include <climits>
#include <cstdlib>
#include <string_view>

namespace lind_cc {

namespace {

bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string folder_of(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "." : std::string(path.substr(0, slash));
}

std::string own_folder() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return length <= 0 ? "." : folder_of({path, static_cast<size_t>(length)});
}

}  // namespace

std::string find_sysroot(const std::optional<std::string>& asked) {
  if (asked) return *asked;
  if (const char* from_environment = std::getenv("LINDVM_SYSROOT")) return from_environment;
  std::string folder = own_folder();
  for (int level = 0; level < 2; level++) {
    folder = folder_of(folder);
    if (exists(folder + "/sysroot/include")) return folder + "/sysroot";
  }
  return {};
}

std::string find_beside(const std::string& name) {
  std::string path = own_folder() + "/" + name;
  return exists(path) ? path : std::string();
}

bool has_cxx_library(const std::string& sysroot) { return exists(sysroot + "/lib/libc++.a"); }

}  // namespace lind_cc
