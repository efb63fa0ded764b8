// /proc/PID: limits, and the small files that tell one thing each.

#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

struct LimitRow {
  size_t resource;
  const char* name;
  const char* unit;
};
constexpr LimitRow k_limits[] = {
    {RLIMIT_CPU, "Max cpu time", "seconds"},           {RLIMIT_FSIZE, "Max file size", "bytes"},
    {RLIMIT_DATA, "Max data size", "bytes"},           {RLIMIT_STACK, "Max stack size", "bytes"},
    {RLIMIT_CORE, "Max core file size", "bytes"},      {RLIMIT_RSS, "Max resident set", "bytes"},
    {RLIMIT_NPROC, "Max processes", "processes"},      {RLIMIT_NOFILE, "Max open files", "files"},
    {RLIMIT_MEMLOCK, "Max locked memory", "bytes"},    {RLIMIT_AS, "Max address space", "bytes"},
    {RLIMIT_LOCKS, "Max file locks", "locks"},         {RLIMIT_SIGPENDING, "Max pending signals", "signals"},
    {RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes"},   {RLIMIT_NICE, "Max nice priority", nullptr},
    {RLIMIT_RTPRIO, "Max realtime priority", nullptr}, {RLIMIT_RTTIME, "Max realtime timeout", "us"},
};

std::string limit_text(rlim_t value) {
  return value == RLIM_INFINITY ? "unlimited" : fmt::format("{}", value);
}

/// A number as Linux takes it from such files: blanks around it, nothing else.
template <class T>
bool parse(std::string_view text, T& number) {
  size_t begin = text.find_first_not_of(" \t\n");
  size_t end = text.find_last_not_of(" \t\n") + 1;
  if (begin == std::string_view::npos) return false;
  auto [rest, error] = std::from_chars(text.data() + begin, text.data() + end, number);
  return error == std::errc() && rest == text.data() + end;
}

}  // namespace

std::string limits(const VirtualContext& context) {
  std::string text =
      fmt::format("{:<25} {:<20} {:<20} {:<10}\n", "Limit", "Soft Limit", "Hard Limit", "Units");
  for (const LimitRow& row : k_limits) {
    const rlimit& limit = context.process.identity().limits[row.resource];
    text += fmt::format("{:<25} {:<20} {:<20} ", row.name, limit_text(limit.rlim_cur),
                        limit_text(limit.rlim_max));
    text += row.unit ? fmt::format("{:<10}\n", row.unit) : "\n";
  }
  return text;
}

/// Who would end the process is the host's kernel, which knows lind-vm only.
std::string oom_adjustment(const VirtualContext&) { return "0\n"; }

/// Of a process that takes next to nothing of the machine's memory.
std::string oom_score(const VirtualContext&) { return "666\n"; }

std::string timer_slack(const VirtualContext& context) {
  return fmt::format("{}\n", thread_of(context).timer_slack);
}

SysResult set_timer_slack(const VirtualContext& context, std::string_view text) {
  uint64_t wanted = 0;
  if (!parse(text, wanted)) return SysResult::error(EINVAL);
  thread_of(context).set_timer_slack(wanted);
  return SysResult();
}

std::string personality(const VirtualContext& context) {
  return fmt::format("{:08x}\n", context.process.identity().personality);
}

std::string input_output(const VirtualContext&) { return host_text("/proc/self/io"); }

std::string cgroup(const VirtualContext&) { return "0::/\n"; }
std::string cpuset(const VirtualContext&) { return "/\n"; }
std::string coredump_filter(const VirtualContext&) { return "00000033\n"; }
std::string no_login(const VirtualContext&) { return fmt::format("{}", UINT32_MAX); }
std::string waits_nowhere(const VirtualContext&) { return "0"; }
std::string all_ids_map(const VirtualContext&) {
  return fmt::format("{:10} {:10} {:10}\n", 0, 0, UINT32_MAX);
}
std::string may_set_groups(const VirtualContext&) { return "allow\n"; }

FileRef no_namespace_file(const VirtualContext&) { return nullptr; }
std::string cgroup_namespace(const VirtualContext&) { return "cgroup:[4026531835]"; }
std::string ipc_namespace(const VirtualContext&) { return "ipc:[4026531839]"; }
std::string mount_namespace(const VirtualContext&) { return "mnt:[4026531832]"; }
std::string net_namespace(const VirtualContext&) { return "net:[4026531833]"; }
std::string pid_namespace(const VirtualContext&) { return "pid:[4026531836]"; }
std::string time_namespace(const VirtualContext&) { return "time:[4026531834]"; }
std::string user_namespace(const VirtualContext&) { return "user:[4026531837]"; }
std::string uts_namespace(const VirtualContext&) { return "uts:[4026531838]"; }

}  // namespace lindvm::virtual_files
