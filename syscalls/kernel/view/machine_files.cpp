// The machine that a guest sees: as many processors as it may run on, the memory that the host lets it have,
// and the kernel that lind-vm is.

#include <fmt/format.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cmath>

#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

constexpr uint64_t k_kilobyte = 1024;
constexpr int k_clock_ticks = 100;

int processor_count() {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(CPU_COUNT(&set), 1) : 1;
}

double seconds_of(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double since_start() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return std::max(0.0, seconds_of(now) - seconds_of(start_time()));
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

timespec start_time() {
  static const timespec k_start = [] {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now;
  }();
  return k_start;
}

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

std::string loadavg(const VirtualContext&) {
  double loads[3] = {};
  (void)!getloadavg(loads, 3);
  return fmt::format("{:.2f} {:.2f} {:.2f} 1/1 {}\n", loads[0], loads[1], loads[2], process_number());
}

std::string meminfo(const VirtualContext&) {
  struct sysinfo info{};
  sysinfo(&info);
  auto kilobytes = [&](uint64_t units) { return units * info.mem_unit / k_kilobyte; };
  return fmt::format(
      "MemTotal:       {:8} kB\nMemFree:        {:8} kB\nMemAvailable:   {:8} kB\nBuffers:        {:8} kB\n"
      "Cached:         {:8} kB\nSwapCached:     {:8} kB\nShmem:          {:8} kB\nSwapTotal:      {:8} kB\n"
      "SwapFree:       {:8} kB\n",
      kilobytes(info.totalram), kilobytes(info.freeram), kilobytes(info.freeram + info.bufferram),
      kilobytes(info.bufferram), 0, 0, kilobytes(info.sharedram), kilobytes(info.totalswap),
      kilobytes(info.freeswap));
}

std::string system_stat(const VirtualContext&) {
  timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  auto busy = static_cast<uint64_t>(seconds_of(used) * k_clock_ticks);
  auto all = static_cast<uint64_t>(since_start() * k_clock_ticks) * static_cast<uint64_t>(processor_count());
  std::string text = fmt::format("cpu  {} 0 0 {} 0 0 0 0 0 0\n", busy, all > busy ? all - busy : 0);
  for (int i = 0; i < processor_count(); ++i) {
    uint64_t share = busy / static_cast<uint64_t>(processor_count());
    text += fmt::format("cpu{} {} 0 0 {} 0 0 0 0 0 0\n", i, share,
                        static_cast<uint64_t>(since_start() * k_clock_ticks));
  }
  return text + fmt::format("intr 0\nctxt 0\nbtime {}\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n",
                            start_time().tv_sec);
}

std::string uptime(const VirtualContext&) { return fmt::format("{:.2f} 0.00\n", since_start()); }

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
std::string shmmax(const VirtualContext&) { return "4294901760\n"; }
std::string threads_max(const VirtualContext&) { return "32768\n"; }
std::string somaxconn(const VirtualContext&) { return "4096\n"; }
std::string max_map_count(const VirtualContext&) { return "65530\n"; }
std::string mmap_min_addr(const VirtualContext&) { return "4096\n"; }
std::string overcommit_memory(const VirtualContext&) { return "0\n"; }

}  // namespace lindvm::virtual_files
