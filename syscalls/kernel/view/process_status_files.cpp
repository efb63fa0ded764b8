// /proc/PID: memory, limits and state.

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

constexpr size_t k_max_command = 15;

struct LimitRow {
  int resource;
  const char* name;
  const char* unit;
};
constexpr LimitRow k_limits[] = {
    {RLIMIT_CPU, "Max cpu time", "seconds"},         {RLIMIT_FSIZE, "Max file size", "bytes"},
    {RLIMIT_DATA, "Max data size", "bytes"},         {RLIMIT_STACK, "Max stack size", "bytes"},
    {RLIMIT_CORE, "Max core file size", "bytes"},    {RLIMIT_RSS, "Max resident set", "bytes"},
    {RLIMIT_NPROC, "Max processes", "processes"},    {RLIMIT_NOFILE, "Max open files", "files"},
    {RLIMIT_MEMLOCK, "Max locked memory", "bytes"},  {RLIMIT_AS, "Max address space", "bytes"},
    {RLIMIT_LOCKS, "Max file locks", "locks"},       {RLIMIT_SIGPENDING, "Max pending signals", "signals"},
    {RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes"}, {RLIMIT_NICE, "Max nice priority", ""},
    {RLIMIT_RTPRIO, "Max realtime priority", ""},    {RLIMIT_RTTIME, "Max realtime timeout", "us"},
};

std::string limit_text(rlim_t value) {
  return value == RLIM_INFINITY ? "unlimited" : fmt::format("{}", value);
}

std::string short_name(const Process& process) {
  std::string name = process.args().empty() ? "" : process.args()[0];
  name.erase(0, name.rfind('/') + 1);
  return name.substr(0, k_max_command);
}

}  // namespace

std::string command_name(const VirtualContext& context) { return short_name(context.process) + "\n"; }

std::string oom_score(const VirtualContext&) { return "0\n"; }

std::string limits(const VirtualContext&) {
  std::string text =
      fmt::format("{:<25} {:<20} {:<20} {:<10}\n", "Limit", "Soft Limit", "Hard Limit", "Units");
  for (const LimitRow& row : k_limits) {
    rlimit limit{RLIM_INFINITY, RLIM_INFINITY};
    getrlimit(row.resource, &limit);
    text += fmt::format("{:<25} {:<20} {:<20} {:<10}\n", row.name, limit_text(limit.rlim_cur),
                        limit_text(limit.rlim_max), row.unit);
  }
  return text;
}

}  // namespace lindvm::virtual_files
