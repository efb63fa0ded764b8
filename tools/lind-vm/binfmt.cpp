// lind-vm binfmt: lets the kernel start WebAssembly programs by their names, through binfmt_misc.

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "tools/lind-vm/command.h"

namespace lindvm {
namespace {

constexpr const char* k_folder = "/proc/sys/fs/binfmt_misc";

struct BinfmtOptions {
  std::string action;
  std::string name = "lind-vm";
  std::string interpreter = {};  ///< empty: this lind-vm
  bool fixed = false;
};

/// The line that the kernel takes: files that begin with a binary module's magic number and version. F makes
/// the kernel hold the interpreter open, so that it is found from other roots, too.
std::string rule(const BinfmtOptions& options) {
  const std::string interpreter =
      std::filesystem::absolute(options.interpreter.empty() ? "/proc/self/exe" : options.interpreter);
  const std::string real = std::filesystem::canonical(interpreter);
  return fmt::format(R"(:{}:M::\x00asm\x01\x00\x00\x00::{}:{})", options.name, real,
                     options.fixed ? "F" : "");
}

/// Why the kernel's file cannot be written, in words that say what to do.
CommandError failure(const std::string& file, int error) {
  std::string advice;
  if (access(k_folder, F_OK) != 0) {
    advice = "; this kernel has no binfmt_misc (modprobe binfmt_misc)";
  } else if (error == ENOENT && access(fmt::format("{}/register", k_folder).c_str(), F_OK) != 0) {
    advice = fmt::format("; it is not mounted (mount -t binfmt_misc binfmt_misc {})", k_folder);
  } else if (error == EACCES || error == EPERM || error == EROFS) {
    advice = "; this takes root and a writable /proc";
  } else if (error == EEXIST) {
    advice = "; the name is taken (lind-vm binfmt unregister)";
  }
  return {k_exit_failed, fmt::format("{}: {}{}", file, std::strerror(error), advice)};
}

void write_to(const std::string& file, const std::string& text) {
  const int fd = open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) throw failure(file, errno);
  const bool written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  close(fd);
  if (!written) throw failure(file, error);
}

int binfmt(const BinfmtOptions& options) {
  if (options.action == "print") {
    fmt::print("{}\n", rule(options));
  } else if (options.action == "register") {
    write_to(fmt::format("{}/register", k_folder), rule(options));
  } else {
    write_to(fmt::format("{}/{}", k_folder, options.name), "-1");
  }
  return k_exit_ok;
}

}  // namespace

int binfmt_command(int argc, char** argv) {
  CLI::App app(
      "Lets the kernel start WebAssembly programs by their names: ./program runs lind-vm ./program.\n"
      "print shows the rule, register and unregister hand it to the kernel (as root).",
      "lind-vm binfmt");
  BinfmtOptions options;
  app.add_option("ACTION", options.action, "print, register or unregister")
      ->required()
      ->check(CLI::IsMember({"print", "register", "unregister"}));
  app.add_option("--name", options.name, "the rule's name (default: lind-vm)");
  app.add_option("--interpreter", options.interpreter,
                 "what to run instead of this lind-vm, such as a script with options")
      ->check(CLI::ExistingFile);
  app.add_flag("--fixed", options.fixed, "keep the interpreter open, to find it from other root folders");
  return with_parsed_options(app, argc, argv, [&] { return binfmt(options); });
}

}  // namespace lindvm
