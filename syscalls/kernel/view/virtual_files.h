#pragma once
// The functions behind the rows of virtual_tree.def. They describe the guest: its processes, descriptors and
// mounts, and the machine as the guest is to see it. Any thread.

#include <sys/time.h>

#include <ctime>
#include <string>
#include <vector>

#include "syscalls/kernel/signal_info.h"
#include "syscalls/kernel/view/virtual_tree.h"

namespace lindvm {
class Mount;
class Thread;
}  // namespace lindvm

namespace lindvm::virtual_files {

/// When lind-vm started.
timespec start_time();
/// The same in ticks of the clock that counts from the machine's start, as /proc/uptime does.
uint64_t start_ticks();
/// Processor time in ticks.
int64_t ticks_of(const timeval& time);

// Devices: the host's, reached by name and checked to be what they are called (dev_files.cpp).
SysResult dev_null_node(const VirtualContext& context, int flags, FileRef& opened);
SysResult dev_zero_node(const VirtualContext& context, int flags, FileRef& opened);
SysResult dev_full_node(const VirtualContext& context, int flags, FileRef& opened);
SysResult dev_random_node(const VirtualContext& context, int flags, FileRef& opened);
SysResult dev_urandom_node(const VirtualContext& context, int flags, FileRef& opened);
SysResult dev_tty_node(const VirtualContext& context, int flags, FileRef& opened);
/// A new pseudo-terminal, whose other end is then in /dev/pts.
SysResult dev_ptmx_node(const VirtualContext& context, int flags, FileRef& opened);
/// The other end of one of the guest's pseudo-terminals, or the terminal that it was started on.
SysResult terminal(const VirtualContext& context, int flags, FileRef& opened);
std::vector<uint32_t> terminals(const VirtualContext& context);
std::string dev_fd_link(const VirtualContext& context);
std::string dev_stdin_link(const VirtualContext& context);
std::string dev_stdout_link(const VirtualContext& context);
std::string dev_stderr_link(const VirtualContext& context);

// The machine (machine_files.cpp).
std::string cpuinfo(const VirtualContext& context);
std::string filesystems(const VirtualContext& context);
std::string loadavg(const VirtualContext& context);
std::string meminfo(const VirtualContext& context);
std::string system_stat(const VirtualContext& context);
std::string uptime(const VirtualContext& context);
std::string version(const VirtualContext& context);
std::string file_max(const VirtualContext& context);
std::string nr_open(const VirtualContext& context);
std::string pipe_max_size(const VirtualContext& context);
std::string cap_last_cap(const VirtualContext& context);
std::string hostname(const VirtualContext& context);
std::string ngroups_max(const VirtualContext& context);
std::string osrelease(const VirtualContext& context);
std::string ostype(const VirtualContext& context);
std::string pid_max(const VirtualContext& context);
std::string boot_id(const VirtualContext& context);
std::string entropy_available(const VirtualContext& context);
std::string uuid(const VirtualContext& context);
std::string shmmax(const VirtualContext& context);
std::string shmmni(const VirtualContext& context);
std::string msgmax(const VirtualContext& context);
std::string msgmnb(const VirtualContext& context);
std::string msgmni(const VirtualContext& context);
std::string sem(const VirtualContext& context);
std::string overflow_id(const VirtualContext& context);
std::string domainname(const VirtualContext& context);
std::string kernel_version(const VirtualContext& context);
std::string file_nr(const VirtualContext& context);
std::string swaps(const VirtualContext& context);
std::string threads_max(const VirtualContext& context);
std::string somaxconn(const VirtualContext& context);
std::string max_map_count(const VirtualContext& context);
std::string mmap_min_addr(const VirtualContext& context);
std::string overcommit_memory(const VirtualContext& context);

// Processes and their threads. A node below task/TID is about that thread, others about the first.
Thread& thread_of(const VirtualContext& context);
/// As prctl(PR_SET_NAME) sets it.
std::string short_name(const Thread& thread);
/// The signals that are ignored by request, and those that have handlers.
struct SignalActions {
  SignalSet ignored = 0, caught = 0;
};
SignalActions signal_actions(Process& process);

// Names and paths (process_files.cpp).
std::string mounts_link(const VirtualContext& context);
std::string self_link(const VirtualContext& context);
std::string thread_self_link(const VirtualContext& context);
std::vector<uint32_t> processes(const VirtualContext& context);
std::vector<uint32_t> threads(const VirtualContext& context);
std::string command_line(const VirtualContext& context);
std::string command_name(const VirtualContext& context);
SysResult set_command_name(const VirtualContext& context, std::string_view name);
std::string environment(const VirtualContext& context);
std::string auxiliary_vector(const VirtualContext& context);
std::string cwd_path(const VirtualContext& context);
FileRef cwd_file(const VirtualContext& context);
std::string root_path(const VirtualContext& context);
FileRef root_file(const VirtualContext& context);
std::string exe_path(const VirtualContext& context);
FileRef exe_file(const VirtualContext& context);
/// Those that no other lies over, in the order in which their numbers count.
std::vector<const Mount*> reachable_mounts(const VirtualContext& context);
std::string mount_information(const VirtualContext& context);
std::string mount_table(const VirtualContext& context);

// Descriptors (process_descriptor_files.cpp).
std::vector<uint32_t> open_descriptors(const VirtualContext& context);
std::string descriptor_link(const VirtualContext& context);
FileRef descriptor_file(const VirtualContext& context);
/// What the link of a descriptor seems to allow: what the file was opened for.
uint16_t descriptor_mode(const VirtualContext& context);
std::string descriptor_info(const VirtualContext& context);

// State and memory (process_status_files.cpp, process_stat_file.cpp, process_memory_files.cpp).
std::string process_stat(const VirtualContext& context);
std::string process_status(const VirtualContext& context);
std::string process_statm(const VirtualContext& context);
std::string maps(const VirtualContext& context);
std::string smaps(const VirtualContext& context);
/// The lines of the status file that tell of memory.
std::string memory_lines(const VirtualContext& context);

// The first process (process_init_files.cpp).
std::string init_name(const VirtualContext& context);
std::string init_command_line(const VirtualContext& context);
std::string init_stat(const VirtualContext& context);
std::string init_status(const VirtualContext& context);

// Limits and attributes (process_attribute_files.cpp).
std::string limits(const VirtualContext& context);
std::string oom_score(const VirtualContext& context);
std::string oom_adjustment(const VirtualContext& context);
std::string timer_slack(const VirtualContext& context);
SysResult set_timer_slack(const VirtualContext& context, std::string_view text);
std::string personality(const VirtualContext& context);
std::string input_output(const VirtualContext& context);
std::string cgroup(const VirtualContext& context);
std::string cpuset(const VirtualContext& context);
std::string coredump_filter(const VirtualContext& context);
std::string no_login(const VirtualContext& context);
std::string waits_nowhere(const VirtualContext& context);
std::string all_ids_map(const VirtualContext& context);
std::string may_set_groups(const VirtualContext& context);
/// Nothing can be done with a namespace.
FileRef no_namespace_file(const VirtualContext& context);
std::string cgroup_namespace(const VirtualContext& context);
std::string ipc_namespace(const VirtualContext& context);
std::string mount_namespace(const VirtualContext& context);
std::string net_namespace(const VirtualContext& context);
std::string pid_namespace(const VirtualContext& context);
std::string time_namespace(const VirtualContext& context);
std::string user_namespace(const VirtualContext& context);
std::string uts_namespace(const VirtualContext& context);

}  // namespace lindvm::virtual_files
