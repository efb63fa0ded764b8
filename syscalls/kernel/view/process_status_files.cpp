// /proc/PID: memory, limits and state.

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include "memory/address_map.h"
#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

constexpr uint64_t k_page_bytes = 4096;
constexpr size_t k_max_command = 15;

struct LimitRow {
  size_t resource;
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

std::string limits(const VirtualContext& context) {
  std::string text =
      fmt::format("{:<25} {:<20} {:<20} {:<10}\n", "Limit", "Soft Limit", "Hard Limit", "Units");
  for (const LimitRow& row : k_limits) {
    const rlimit& limit = context.process.identity().limits[row.resource];
    text += fmt::format("{:<25} {:<20} {:<20} {:<10}\n", row.name, limit_text(limit.rlim_cur),
                        limit_text(limit.rlim_max), row.unit);
  }
  return text;
}

/// 52 fields; those that the guest's kernel does not keep are 0.
std::string process_stat(const VirtualContext& context) {
  MemoryState* memory = context.process.memory();
  AddressUsage usage = memory ? memory->addresses().usage() : AddressUsage();
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto ticks = [](const timeval& time) { return time.tv_sec * 100 + time.tv_usec / 10000; };
  uint32_t pid = process_number();
  std::string text = fmt::format("{} ({}) R {} {} {} 0 -1 4194304 {} 0 {} 0 {} {} 0 0 20 0 1 0 0 {} {} {}",
                                 pid, short_name(context.process), getppid(), getpgrp(), getsid(0),
                                 used.ru_minflt, used.ru_majflt, ticks(used.ru_utime), ticks(used.ru_stime),
                                 usage.totals.mapped, usage.resident / k_page_bytes, UINT32_MAX);
  constexpr int k_fields = 52, k_written = 25;
  for (int i = k_written; i < k_fields; ++i) text += " 0";
  return text + "\n";
}

std::string process_status(const VirtualContext& context) {
  uid_t uid[3];
  gid_t gid[3];
  getresuid(&uid[0], &uid[1], &uid[2]);
  getresgid(&gid[0], &gid[1], &gid[2]);
  uint32_t pid = process_number();
  std::string text = fmt::format(
      "Name:\t{}\nUmask:\t{:04o}\nState:\tR "
      "(running)\nTgid:\t{}\nNgid:\t0\nPid:\t{}\nPPid:\t{}\nTracerPid:\t0\n"
      "Uid:\t{}\t{}\t{}\t{}\nGid:\t{}\t{}\t{}\t{}\nFDSize:\t{}\n",
      short_name(context.process), context.process.fs()->umask(), pid, pid, getppid(), uid[0], uid[1], uid[2],
      uid[1], gid[0], gid[1], gid[2], gid[1], context.process.fds().numbers().size());
  return text + memory_lines(context) + "Threads:\t1\n";
}

}  // namespace lindvm::virtual_files
