// What there is to know about the system and the time used: names, memory, load, processor time.

#include <sys/syscall.h>
#include <unistd.h>

#include <string_view>

#include "syscalls/kernel/machine.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

template <size_t N>
void set(char (&field)[N], std::string_view text) {
  field[text.copy(field, N - 1)] = '\0';
}

utsname make_names() {
  utsname names{};
  set(names.sysname, machine::k_system);
  set(names.nodename, machine::k_node);
  set(names.release, machine::k_release);
  set(names.version, machine::k_version);
  set(names.machine, machine::k_hardware);
  set(names.domainname, "(none)");
  return names;
}

}  // namespace

SysResult sys_uname(Thread&, Out<utsname>& names) {
  static const utsname k_names = make_names();
  return names.put(k_names);
}

SysResult sys_sysinfo(Thread&, Out<struct sysinfo>& info) {
  struct sysinfo host{};
  if (sysinfo(&host) != 0) return SysResult::of_host(-1);
  host.procs = 1;
  return info.put(host);
}

SysResult sys_getrusage(Thread&, const Scalar<int32_t>& who, Out<rusage>& usage) {
  rusage used{};
  if (getrusage(static_cast<__rusage_who>(who.value), &used) != 0) return SysResult::of_host(-1);
  return usage.put(used);
}

SysResult sys_times(Thread&, OptionalOut<tms>& used) {
  tms host{};
  auto ticks = static_cast<int64_t>(times(&host));
  SYS_TRY(used.put(host));
  return SysResult(ticks & UINT32_MAX);
}

SysResult sys_getcpu(Thread&, OptionalOut<uint32_t>& cpu, OptionalOut<uint32_t>& node, const Address&) {
  unsigned host_cpu = 0, host_node = 0;
  if (getcpu(&host_cpu, &host_node) != 0) return SysResult::of_host(-1);
  SYS_TRY(cpu.put(host_cpu));
  return node.put(host_node);
}

}  // namespace lindvm
