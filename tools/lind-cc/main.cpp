// lind-cc and lind-c++: cc and c++ for guests of the linux ABI. They read the command line and become clang;
// under the names of tools.def they become the tool, and as lind-pkg-config the pkg-config of the sysroot.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tools/lind-cc/driver.h"
#include "tools/lind-cc/sysroot.h"

namespace {

constexpr int k_failed = 1;
constexpr int k_not_found = 127;

struct ToolRow {
  std::string_view own_name;
  const char* program;
};

constexpr ToolRow k_tools[] = {
#define TOOL(own_name, program, name) {own_name, program},
#include "tools/lind-cc/tools.def"
#undef TOOL
};

int fail(std::string_view own_name, const std::string& message, int status) {
  std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(own_name.size()), own_name.data(), message.c_str());
  return status;
}

/// Becomes the program; returns only where that fails.
int become(std::string_view own_name, const std::vector<std::string>& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  return fail(own_name, command[0] + ": " + std::strerror(errno), k_not_found);
}

/// pkg-config that looks into the sysroot only, and that asks for what static linking needs.
int pkg_config(std::vector<std::string> words) {
  const std::string sysroot = lind_cc::find_sysroot({});
  const std::string folders = sysroot + "/lib/pkgconfig:" + sysroot + "/share/pkgconfig";
  setenv("PKG_CONFIG_LIBDIR", folders.c_str(), 0);
  words.insert(words.begin(), {"pkg-config", "--static"});
  return become("lind-pkg-config", words);
}

int compile(std::string_view own_name, const std::vector<std::string>& words) {
  const lind_cc::Plan plan = lind_cc::plan(words, own_name.find("++") != std::string_view::npos);
  if (plan.error) return fail(own_name, *plan.error, k_failed);
  if (plan.answer) return std::puts(plan.answer->c_str()) < 0 ? k_failed : 0;
  return become(own_name, plan.command);
}

/// What libtool asks a linker: one that is none of GNU's kind it takes for one that makes shared libraries.
bool asks_for_kind(std::string_view own_name, const std::vector<std::string>& words) {
  return own_name == "lind-ld" && words.size() == 1 && (words[0] == "-v" || words[0] == "-V");
}

}  // namespace

int main(int argc, char** argv) {
  std::string_view own_name = argc > 0 ? argv[0] : "lind-cc";
  own_name.remove_prefix(own_name.rfind('/') + 1);
  std::vector<std::string> words(argv + 1, argv + argc);
  if (asks_for_kind(own_name, words))
    return std::puts("lind-ld (compatible with GNU linkers)") < 0 ? k_failed : 0;
  for (const ToolRow& row : k_tools) {
    if (own_name != row.own_name) continue;
    words.insert(words.begin(), row.program);
    return become(own_name, words);
  }
  return own_name == "lind-pkg-config" ? pkg_config(words) : compile(own_name, words);
}
