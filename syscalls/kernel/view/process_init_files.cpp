// /proc/1: the first process, which is the VM itself. Calls tell guests no more of it than that it is there.

#include <fmt/format.h>

#include "syscalls/kernel/identity.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

constexpr const char* k_name = "lind-vm";

}  // namespace

std::string init_name(const VirtualContext&) { return fmt::format("{}\n", k_name); }

std::string init_command_line(const VirtualContext&) { return std::string(k_name) + '\0'; }

std::string init_stat(const VirtualContext&) {
  constexpr int k_pid = Identity::k_init;
  std::string text = fmt::format("{0} ({1}) S 0 {0} {0} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 {2} 0 0 {3}",
                                 k_pid, k_name, start_ticks(), UINT32_MAX);
  constexpr int k_fields = 52, k_written = 25, k_exit_signal = 38;
  for (int i = k_written + 1; i <= k_fields; ++i) text += i == k_exit_signal ? " 17" : " 0";
  return text + "\n";
}

std::string init_status(const VirtualContext&) {
  return fmt::format(
      "Name:\t{0}\nUmask:\t0022\nState:\tS "
      "(sleeping)\nTgid:\t{1}\nNgid:\t0\nPid:\t{1}\nPPid:\t0\nTracerPid:\t0\n"
      "Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\nGroups:\t "
      "\nNStgid:\t{1}\nNSpid:\t{1}\nNSpgid:\t{1}\nNSsid:\t{1}\n"
      "Kthread:\t0\nThreads:\t1\n",
      k_name, int{Identity::k_init});
}

}  // namespace lindvm::virtual_files
