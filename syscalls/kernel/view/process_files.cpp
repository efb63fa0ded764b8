// /proc/PID: names and paths, of the process and its threads.

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "memory/guest_access.h"
#include "syscalls/kernel/machine.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/kernel/view/virtual_files.h"

namespace lindvm::virtual_files {
namespace {

std::string zero_terminated(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += text + '\0';
  return all;
}

/// What is in the guest's memory now; empty if that is not mapped any more.
std::string memory_text(MemoryState& memory, uint32_t begin, uint32_t end) {
  std::string text(end - begin, '\0');
  return copy_in(text.data(), memory.addresses().memory(), begin, text.size()) ? text : std::string();
}

/// A program may have written something else there to be told by, longer than its arguments even: then their
/// last zero is gone, and the text goes on into the environment.
std::string memory_command_line(MemoryState& memory) {
  const StartMemory& start = memory.start();
  std::string text = memory_text(memory, start.args, start.args_end);
  if (text.empty() || text.back() == '\0') return text;
  text += memory_text(memory, start.env, start.env_end);
  return text.substr(0, text.find('\0'));
}

/// /proc refuses changes for reasons of its own, as on Linux.
bool seems_read_only(const Mount& mount) { return mount.is_read_only() && !is_in_proc(mount.top()); }

std::string mount_options(const Mount& mount) {
  return seems_read_only(mount) ? "ro,relatime" : "rw,relatime";
}

std::string source_of(const Mount& mount) {
  return mount.kind() == Mount::Kind::host ? "lind-vm" : std::string(mount.type());
}

/// As the status of its files has it. Temporary directories may not have been made yet.
std::string device_of(Process& process, const Mount& mount, int number) {
  FileStatus made_up;
  struct stat status;
  if (mount.kind() == Mount::Kind::made_up) {
    virtual_status({process, mount.top()}, made_up);
    return fmt::format("{}:{}", made_up.stx_dev_major, made_up.stx_dev_minor);
  }
  bool is_known = mount.kind() == Mount::Kind::host && fstat(mount.root(), &status) == 0;
  return is_known ? fmt::format("{}:{}", major(status.st_dev), minor(status.st_dev))
                  : fmt::format("0:{}", number);
}

template <class F>
std::string each_mount(const VirtualContext& context, F&& line_of) {
  std::string text;
  for (const Mount* mount : reachable_mounts(context)) text += line_of(*mount);
  return text;
}

}  // namespace

std::vector<const Mount*> reachable_mounts(const VirtualContext& context) {
  std::vector<const Mount*> reachable;
  for (const auto& mount : context.process.fs()->view().mounts()) {
    if (mount->point()->mount == mount.get()) reachable.push_back(mount.get());
  }
  return reachable;
}

Thread& thread_of(const VirtualContext& context) {
  Thread* thread =
      context.node.tid ? context.process.find_thread(static_cast<int32_t>(context.node.tid)) : nullptr;
  return thread ? *thread : *context.process.threads().front();
}

std::string mounts_link(const VirtualContext&) { return "self/mounts"; }
std::string self_link(const VirtualContext&) { return std::to_string(process_number()); }
std::string thread_self_link(const VirtualContext&) {
  const Thread* thread = Thread::current();
  return fmt::format("{}/task/{}", process_number(), thread ? thread->tid() : int(process_number()));
}

std::vector<uint32_t> processes(const VirtualContext&) { return {process_number()}; }
std::vector<uint32_t> threads(const VirtualContext& context) {
  std::vector<uint32_t> numbers;
  for (const auto& thread : context.process.threads())
    numbers.push_back(static_cast<uint32_t>(thread->tid()));
  return numbers;
}

std::string command_line(const VirtualContext& context) {
  MemoryState* memory = context.process.memory();
  bool is_started = memory && memory->start().stack;
  return is_started ? memory_command_line(*memory) : zero_terminated(context.process.args());
}

std::string environment(const VirtualContext& context) {
  MemoryState* memory = context.process.memory();
  if (!memory || !memory->start().stack) return zero_terminated(context.process.env());
  return memory_text(*memory, memory->start().env, memory->start().env_end);
}

std::string command_name(const VirtualContext& context) { return short_name(thread_of(context)) + "\n"; }

std::string short_name(const Thread& thread) { return thread.name.data(); }

SysResult set_command_name(const VirtualContext& context, std::string_view name) {
  thread_of(context).set_name(name);
  return SysResult();
}

std::string auxiliary_vector(const VirtualContext& context) {
  MemoryState* memory = context.process.memory();
  if (!memory) return {};
  const std::vector<uint32_t>& words = memory->start().auxiliary;
  return {reinterpret_cast<const char*>(words.data()), words.size() * sizeof(uint32_t)};
}

std::string cwd_path(const VirtualContext& context) {
  const FsState& fs = *context.process.fs();
  return fs.path_of(*fs.cwd());
}
FileRef cwd_file(const VirtualContext& context) { return context.process.fs()->cwd(); }

std::string root_path(const VirtualContext& context) {
  const FsState& fs = *context.process.fs();
  return fs.path_of(*fs.root());
}
FileRef root_file(const VirtualContext& context) { return context.process.fs()->root(); }

std::string exe_path(const VirtualContext& context) { return context.process.fs()->program_path(); }
FileRef exe_file(const VirtualContext& context) { return context.process.fs()->program(); }

std::string mount_table(const VirtualContext& context) {
  return each_mount(context, [](const Mount& mount) {
    return fmt::format("{} {} {} {} 0 0\n", source_of(mount), mount.point()->path(), mount.type(),
                       mount_options(mount));
  });
}

std::string mount_information(const VirtualContext& context) {
  int number = 0;
  return each_mount(context, [&](const Mount& mount) {
    ++number;
    return fmt::format("{} {} {} / {} {} - {} {} {}\n", number, number == 1 ? 0 : 1,
                       device_of(context.process, mount, number), mount.point()->path(), mount_options(mount),
                       mount.type(), source_of(mount), seems_read_only(mount) ? "ro" : "rw");
  });
}

}  // namespace lindvm::virtual_files
