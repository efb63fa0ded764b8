// /proc/PID/status, and the same of threads: who the process is, its signals, capabilities and processors.

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>

#include <algorithm>
#include <bit>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

/// What would break the line.
std::string escaped(const std::string& name) {
  std::string text;
  for (char c : name) {
    text += c == '\n' ? std::string("\\n") : c == '\\' ? std::string("\\\\") : std::string(1, c);
  }
  return text;
}

std::string owner_line(const char* name, const Owner& owner) {
  return fmt::format("{}:\t{}\t{}\t{}\t{}\n", name, owner.real, owner.effective, owner.saved,
                     owner.file_system);
}

std::string group_line(const Identity& identity) {
  std::string text = "Groups:\t";
  for (uint32_t group : identity.groups) text += fmt::format("{} ", group);
  return text + (identity.groups.empty() ? " \n" : "\n");
}

std::string state_of(const Thread& thread) {
  return &thread == Thread::current() ? "R (running)" : "S (sleeping)";
}

/// As the table grows on Linux.
size_t table_size(Process& process) {
  constexpr size_t k_at_first = 64;
  return std::max(k_at_first, std::bit_ceil(process.fds().size()));
}

std::string identity_lines(Process& process, const Thread& thread) {
  const Identity& identity = process.identity();
  std::string text = fmt::format(
      "Name:\t{}\nUmask:\t{:04o}\nState:\t{}\nTgid:\t{}\nNgid:\t0\nPid:\t{}\nPPid:\t{}\nTracerPid:\t0\n",
      escaped(short_name(thread)), process.fs()->umask(), state_of(thread), identity.pid, thread.tid(),
      identity.parent);
  text += owner_line("Uid", identity.user) + owner_line("Gid", identity.owner_group) +
          fmt::format("FDSize:\t{}\n", table_size(process)) + group_line(identity);
  return text + fmt::format("NStgid:\t{}\nNSpid:\t{}\nNSpgid:\t{}\nNSsid:\t{}\nKthread:\t0\n", identity.pid,
                            thread.tid(), identity.group, identity.session);
}

std::string signal_lines(Process& process, const Thread& thread) {
  const Signals& signals = process.signals();
  SignalActions actions = signal_actions(process);
  return fmt::format("SigQ:\t{}/{}\n", signals.queued(),
                     process.identity().limits[RLIMIT_SIGPENDING].rlim_cur) +
         fmt::format(
             "SigPnd:\t{:016x}\nShdPnd:\t{:016x}\nSigBlk:\t{:016x}\nSigIgn:\t{:016x}\nSigCgt:\t{:016x}\n",
             thread.signals().pending.bits(), signals.pending_for_process(), thread.signals().mask(),
             actions.ignored, actions.caught);
}

std::string capability_line(const char* name, const std::array<uint32_t, 2>& set) {
  return fmt::format("{}:\t{:016x}\n", name, set[0] | uint64_t{set[1]} << 32);
}

std::string privilege_lines(const Identity& identity) {
  return capability_line("CapInh", identity.inheritable_capabilities) +
         capability_line("CapPrm", identity.permitted_capabilities) +
         capability_line("CapEff", identity.effective_capabilities) +
         capability_line("CapBnd", identity.bounding_capabilities()) +
         capability_line("CapAmb", identity.ambient_capabilities) +
         fmt::format("NoNewPrivs:\t{}\nSeccomp:\t0\nSeccomp_filters:\t0\n",
                     identity.no_new_privileges ? 1 : 0);
}

/// Bits in words of 32 with commas between them, the highest first.
std::string mask_text(const cpu_set_t& set, int size) {
  std::string text;
  for (int word = (size - 1) / 32; word >= 0; --word) {
    uint32_t bits = 0;
    for (int i = 0; i < 32; ++i) bits |= CPU_ISSET(word * 32 + i, &set) ? 1u << i : 0;
    text +=
        text.empty() ? fmt::format("{:0{}x}", bits, ((size - 1) % 32 + 4) / 4) : fmt::format(",{:08x}", bits);
  }
  return text;
}

/// "0-2,5".
std::string list_text(const cpu_set_t& set) {
  std::string text;
  for (int begin = 0; begin < CPU_SETSIZE; ++begin) {
    if (!CPU_ISSET(begin, &set)) continue;
    int end = begin;
    while (end + 1 < CPU_SETSIZE && CPU_ISSET(end + 1, &set)) ++end;
    text += (text.empty() ? "" : ",") + std::to_string(begin);
    if (end > begin) text += "-" + std::to_string(end);
    begin = end;
  }
  return text;
}

/// As sched_getaffinity tells the guest: the host's processors, on one node.
std::string processor_lines() {
  cpu_set_t set;
  CPU_ZERO(&set);
  (void)sched_getaffinity(0, sizeof set, &set);
  int size = 1;
  for (int i = 0; i < CPU_SETSIZE; ++i) size = CPU_ISSET(i, &set) ? i + 1 : size;
  return fmt::format("Cpus_allowed:\t{}\nCpus_allowed_list:\t{}\nMems_allowed:\t1\nMems_allowed_list:\t0\n",
                     mask_text(set, size), list_text(set));
}

/// Of the calling host thread, if it is the one that is asked for.
std::string switch_lines(const Thread& thread) {
  rusage used{};
  if (&thread == Thread::current()) getrusage(RUSAGE_THREAD, &used);
  return fmt::format("voluntary_ctxt_switches:\t{}\nnonvoluntary_ctxt_switches:\t{}\n", used.ru_nvcsw,
                     used.ru_nivcsw);
}

}  // namespace

SignalActions signal_actions(Process& process) {
  SignalActions actions;
  for (int number = 1; number <= k_signal_count; ++number) {
    uint32_t handler = process.signals().action(number).handler;
    if (handler == SignalAction::k_default) continue;
    (handler == SignalAction::k_ignore ? actions.ignored : actions.caught) |= signal_bit(number);
  }
  return actions;
}

std::string process_status(const VirtualContext& context) {
  Process& process = context.process;
  const Thread& thread = thread_of(context);
  return identity_lines(process, thread) + memory_lines(context) + "CoreDumping:\t0\nTHP_enabled:\t1\n" +
         fmt::format("Threads:\t{}\n", process.threads().size()) + signal_lines(process, thread) +
         privilege_lines(process.identity()) + processor_lines() + switch_lines(thread);
}

}  // namespace lindvm::virtual_files
