// /proc/PID/stat, and the same of threads.

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>

#include <algorithm>

#include "memory/os/owned_fd.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

constexpr uint64_t k_page_bytes = 4096;

using Fields = std::vector<int64_t>;

/// The number of the terminal that /dev/tty is; 0 if there is none, or if the process has left its session.
int64_t terminal_number(const Identity& identity) {
  unsigned number = 0;
  OwnedFd terminal(open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  bool has_one = terminal && !identity.leads_session() && ioctl(terminal.get(), TIOCGDEV, &number) == 0;
  return has_one ? number : 0;
}

void add_origin(const Identity& identity, Fields& fields) {
  constexpr int64_t k_is_randomized = 0x400000;
  int64_t terminal = terminal_number(identity);
  fields.insert(fields.end(), {identity.parent, identity.group, identity.session, terminal,
                               terminal ? identity.group : -1, k_is_randomized});
}

/// Of the process, or of a thread: that is known if it is the calling one.
void add_use(const VirtualContext& context, Fields& fields) {
  rusage used{};
  bool is_thread = context.node.tid != 0;
  bool is_known = !is_thread || &thread_of(context) == Thread::current();
  if (is_known) getrusage(is_thread ? RUSAGE_THREAD : RUSAGE_SELF, &used);
  fields.insert(fields.end(), {used.ru_minflt, 0, used.ru_majflt, 0, ticks_of(used.ru_utime),
                               ticks_of(used.ru_stime), 0, 0});
}

/// As the kernel has it for a policy: 20 and more for the usual ones, negative for real-time ones.
struct Scheduling {
  int policy = sched_getscheduler(0);
  int real_time = 0;
  int nice = getpriority(PRIO_PROCESS, 0);

  Scheduling() {
    sched_param parameters{};
    if (sched_getparam(0, &parameters) == 0) real_time = parameters.sched_priority;
  }
  int priority() const { return real_time ? -1 - real_time : 20 + nice; }
};

/// The break is where the heap begins while there is one.
int64_t heap_start(MemoryState& memory) {
  for (const Area& area : memory.addresses().areas()) {
    if (area.flags & k_area_heap) return static_cast<int64_t>(area.begin);
  }
  return 0;
}

void add_memory(const VirtualContext& context, Fields& fields) {
  constexpr int64_t k_not_told = 1;  // of code, which is not in the guest's memory
  MemoryState* memory = context.process.memory();
  AddressUsage usage = memory ? memory->addresses().usage() : AddressUsage();
  rlim_t most = context.process.identity().limits[RLIMIT_RSS].rlim_cur;
  fields.insert(fields.end(), {static_cast<int64_t>(usage.totals.mapped),
                               static_cast<int64_t>(usage.resident / k_page_bytes),
                               static_cast<int64_t>(std::min<rlim_t>(most, UINT32_MAX)), k_not_told,
                               k_not_told, memory ? memory->start().stack : 0, 0, 0});
}

void add_signals(const VirtualContext& context, Fields& fields) {
  constexpr SignalSet k_told = 0x7fff'ffff;
  const ThreadSignals& signals = thread_of(context).signals();
  SignalActions actions = signal_actions(context.process);
  for (SignalSet set : {signals.pending.bits(), signals.mask(), actions.ignored, actions.caught}) {
    fields.push_back(static_cast<int64_t>(set & k_told));
  }
}

void add_addresses(const VirtualContext& context, Fields& fields) {
  MemoryState* memory = context.process.memory();
  const StartMemory start = memory ? memory->start() : StartMemory();
  fields.insert(fields.end(), {0, 0, memory ? heap_start(*memory) : 0, start.args, start.args_end, start.env,
                               start.env_end});
}

}  // namespace

/// The 52 fields of proc_pid_stat(5); those that the guest's kernel does not keep are 0.
std::string process_stat(const VirtualContext& context) {
  Process& process = context.process;
  const Thread& thread = thread_of(context);
  const Identity& identity = process.identity();
  const Scheduling scheduling;
  int64_t exit_signal = thread.tid() == identity.pid ? SIGCHLD : -1;
  Fields fields;
  add_origin(identity, fields);
  add_use(context, fields);
  fields.insert(fields.end(),
                {scheduling.priority(), scheduling.nice, static_cast<int64_t>(process.threads().size()), 0,
                 static_cast<int64_t>(start_ticks())});
  add_memory(context, fields);
  add_signals(context, fields);
  fields.insert(fields.end(), {0, 0, 0, exit_signal, std::max(sched_getcpu(), 0), scheduling.real_time,
                               scheduling.policy, 0, 0, 0});
  add_addresses(context, fields);
  fields.push_back(0);
  return fmt::format("{} ({}) {} {}\n", thread.tid(), short_name(thread),
                     &thread == Thread::current() ? 'R' : 'S', fmt::join(fields, " "));
}

}  // namespace lindvm::virtual_files
