// The machine that a guest sees: as many processors as it may run on, the memory that the host lets it have,
// and the kernel that lind-vm is.

#include <fmt/format.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/resource.h>

#include <algorithm>
#include <sstream>

#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/shared_segments.h"
#include "syscalls/kernel/sysv_messages.h"
#include "syscalls/kernel/sysv_semaphores.h"
#include "syscalls/kernel/times.h"
#include "syscalls/kernel/view/host.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

/// Of the guest's first process, by the clock on the wall and by the one that counts from the machine's
/// start.
const timespec k_started = now(CLOCK_REALTIME), k_started_since_boot = now(CLOCK_BOOTTIME);

int processor_count() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(CPU_COUNT(&set), 1) : 1;
}

double seconds_of(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// As the guest's own clock has it.
double since_boot() { return seconds_of(now(CLOCK_BOOTTIME)); }

uint64_t ticks(double seconds) { return static_cast<uint64_t>(seconds * k_clock_ticks); }

/// Ticks that all processors together were not used by the guest.
uint64_t idle_ticks() {
  uint64_t all = ticks(since_boot()) * static_cast<uint64_t>(processor_count());
  uint64_t busy = ticks(seconds_of(now(CLOCK_PROCESS_CPUTIME_ID)));
  return all > busy ? all - busy : 0;
}

std::string make_uuid() {
  uint8_t bytes[16] = {};
  (void)!getrandom(bytes, sizeof bytes, 0);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);  // version 4
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);  // variant 1
  std::string text;
  for (size_t i = 0; i < sizeof bytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text + "\n";
}

std::string line(std::string_view text) { return std::string(text) + "\n"; }

}  // namespace

timespec start_time() { return k_started; }
int64_t ticks_of(const timeval& time) {
  return time.tv_sec * k_clock_ticks + time.tv_usec * k_clock_ticks / 1'000'000;
}
uint64_t start_ticks() { return ticks(seconds_of(k_started_since_boot)); }

std::string cpuinfo(const VirtualContext&) {
  std::string text;
  for (int i = 0; i < processor_count(); ++i) {
    text += fmt::format(
        "processor\t: {}\nvendor_id\t: lind-vm\nmodel name\t: lind-vm WebAssembly processor\n"
        "siblings\t: {}\ncpu cores\t: {}\nflags\t\t: atomics bulk-memory simd128\n\n",
        i, processor_count(), processor_count());
  }
  return text;
}

std::string filesystems(const VirtualContext&) {
  return "nodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\n\text4\n";
}

std::string loadavg(const VirtualContext& context) {
  double loads[3] = {};
  (void)!getloadavg(loads, 3);
  return fmt::format("{:.2f} {:.2f} {:.2f} 1/{} {}\n", loads[0], loads[1], loads[2],
                     context.process.threads().size(), process_number());
}

/// What programs look for to see how much they may use.
std::string meminfo(const VirtualContext&) {
  constexpr std::string_view k_told[] = {
      "MemTotal:", "MemFree:",  "MemAvailable:", "Buffers:",  "Cached:", "SwapCached:",
      "Active:",   "Inactive:", "SwapTotal:",    "SwapFree:", "Shmem:",  "SReclaimable:"};
  std::istringstream lines(host_text("/proc/meminfo"));
  std::string text;
  for (std::string row; std::getline(lines, row);) {
    bool is_told = std::any_of(std::begin(k_told), std::end(k_told),
                               [&](std::string_view name) { return row.starts_with(name); });
    if (is_told) text += row + "\n";
  }
  return text;
}

std::string system_stat(const VirtualContext& context) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto count = static_cast<uint64_t>(processor_count());
  auto line_of = [&](const std::string& name, uint64_t share) {
    return fmt::format("{} {} 0 {} {} 0 0 0 0 0 0\n", name, ticks_of(used.ru_utime) / share,
                       ticks_of(used.ru_stime) / share, idle_ticks() / share);
  };
  std::string text = line_of("cpu ", 1);
  for (uint64_t i = 0; i < count; ++i) text += line_of(fmt::format("cpu{}", i), count);
  auto boot = static_cast<int64_t>(seconds_of(now(CLOCK_REALTIME)) - since_boot());
  return text + fmt::format("intr 0\nctxt {}\nbtime {}\nprocesses {}\nprocs_running 1\nprocs_blocked 0\n",
                            used.ru_nvcsw + used.ru_nivcsw, boot, context.process.threads().size());
}

std::string uptime(const VirtualContext&) {
  return fmt::format("{:.2f} {:.2f}\n", since_boot(), static_cast<double>(idle_ticks()) / k_clock_ticks);
}

std::string version(const VirtualContext&) {
  return fmt::format("{} version {} (lind-vm) {}\n", machine::k_system, machine::k_release,
                     machine::k_version);
}

std::string file_max(const VirtualContext&) { return "1048576\n"; }
std::string nr_open(const VirtualContext&) { return fmt::format("{}\n", size_t{FdTable::k_max_fds}); }
std::string pipe_max_size(const VirtualContext&) { return "1048576\n"; }
std::string cap_last_cap(const VirtualContext&) { return "40\n"; }
std::string hostname(const VirtualContext&) { return line(machine::k_node); }
std::string ngroups_max(const VirtualContext&) { return "65536\n"; }
std::string osrelease(const VirtualContext&) { return line(machine::k_release); }
std::string ostype(const VirtualContext&) { return line(machine::k_system); }
std::string pid_max(const VirtualContext&) { return "4194304\n"; }

std::string boot_id(const VirtualContext&) {
  static const std::string k_id = make_uuid();
  return k_id;
}

std::string entropy_available(const VirtualContext&) { return "256\n"; }
std::string uuid(const VirtualContext&) { return make_uuid(); }
std::string shmmax(const VirtualContext&) {
  return fmt::format("{}\n", uint64_t{SharedSegments::k_max_segment});
}
std::string shmmni(const VirtualContext&) {
  return fmt::format("{}\n", uint32_t{SharedSegments::k_max_count});
}
std::string msgmax(const VirtualContext&) {
  return fmt::format("{}\n", uint32_t{MessageQueue::k_max_message});
}
std::string msgmnb(const VirtualContext&) { return fmt::format("{}\n", uint32_t{MessageQueue::k_max_bytes}); }
std::string msgmni(const VirtualContext&) {
  return fmt::format("{}\n", size_t{SysvTable<MessageQueue>::k_max_objects});
}
/// Semaphores of a set, of all, operations of a call, sets.
std::string sem(const VirtualContext&) {
  constexpr size_t k_sets = SysvTable<SemaphoreSet>::k_max_objects;
  constexpr int32_t k_of_set = SemaphoreSet::k_max_semaphores;
  return fmt::format("{}\t{}\t{}\t{}\n", k_of_set, k_sets * k_of_set,
                     uint32_t{SemaphoreSet::k_max_operations}, k_sets);
}
std::string overflow_id(const VirtualContext&) { return "65534\n"; }
std::string domainname(const VirtualContext&) { return "(none)\n"; }
std::string kernel_version(const VirtualContext&) { return line(machine::k_version); }
/// Of this process: there are no others.
std::string file_nr(const VirtualContext& context) {
  return fmt::format("{}\t0\t1048576\n", context.process.fds().numbers().size());
}
std::string swaps(const VirtualContext&) { return "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"; }
std::string threads_max(const VirtualContext&) { return "32768\n"; }
std::string somaxconn(const VirtualContext&) { return "4096\n"; }
std::string max_map_count(const VirtualContext&) { return "65530\n"; }
std::string mmap_min_addr(const VirtualContext&) { return "4096\n"; }
std::string overcommit_memory(const VirtualContext&) { return "0\n"; }

}  // namespace lindvm::virtual_files
