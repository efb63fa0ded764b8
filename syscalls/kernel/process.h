#pragma once
// A guest process as the kernel sees it: descriptors, arguments, environment, tracing. Created by the
// composition root, which owns it and keeps it until the guest's last call has ended; then its files are
// closed. Arguments and environment are fixed at creation; the descriptor table synchronises itself.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "syscalls/kernel/fd_table.h"
#include "syscalls/kernel/host_credentials.h"
#include "syscalls/kernel/identity.h"
#include "syscalls/kernel/signals.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/kernel/timers.h"
#include "syscalls/kernel/view/fs_state.h"
#include "syscalls/strace.h"

namespace lindvm {

class MemoryState;
class SemaphoreUndo;

class Process {
 public:
  Process(std::vector<std::string> args, std::vector<std::string> env)
      : args_(std::move(args)), env_(std::move(env)) {}
  /// What is left to do is done as the host's process. Others may know the process by its files.
  ~Process() {
    act_as_host();
    fds_.close_range(0, UINT32_MAX);
  }

  const std::vector<std::string>& args() const { return args_; }
  const std::vector<std::string>& env() const { return env_; }
  FdTable& fds() { return fds_; }
  Identity& identity() { return identity_; }
  Signals& signals() { return signals_; }
  Timers& timers() { return timers_; }

  /// Null for personalities whose paths all start from open directories.
  FsState* fs() const { return fs_.get(); }
  /// Before the program starts.
  void set_fs(std::unique_ptr<FsState> fs) { fs_ = std::move(fs); }

  /// Null if the guest's memory is not a mapped one: personalities without mmap.
  MemoryState* memory() const { return memory_.get(); }
  /// Before the first call of the guest.
  void set_memory(std::shared_ptr<MemoryState> memory) { memory_ = std::move(memory); }

  /// The record of a guest thread that the calling host thread runs; its context points to it from now on.
  Thread& add_thread(ThreadContext& context) {
    if (!threads_.empty()) fds_.share();
    auto tid = identity_.pid + static_cast<int32_t>(threads_.size());
    Thread& thread = *threads_.emplace_back(std::make_unique<Thread>(*this, &context, tid));
    context.safepoint_service = &signals_;
    thread.adopt_host_thread();
    return thread;
  }
  /// All are there before a second one runs.
  const std::vector<std::unique_ptr<Thread>>& threads() const { return threads_; }
  /// Null if there is none of that number.
  Thread* find_thread(int32_t tid) const {
    for (const auto& thread : threads_) {
      if (thread->tid() == tid) return thread.get();
    }
    return nullptr;
  }

  /// Does a process number, or a thread's, mean this process? 0 does.
  bool is_own(int32_t pid) const { return pid == 0 || pid == identity_.pid || find_thread(pid); }

  /// Null unless --strace was given: one load per call.
  Strace* strace() const { return strace_.get(); }
  void set_strace(std::unique_ptr<Strace> strace) { strace_ = std::move(strace); }

  /// Of the process, made when it is first needed (kernel/sysv_semaphores.h).
  std::shared_ptr<SemaphoreUndo>& semaphore_undo() { return semaphore_undo_; }

  /// Calls that were answered ENOSYS since nothing implements them, and how often: for --stats.
  void note_unknown_call(const std::string& name) {
    std::lock_guard lock(unknown_calls_mutex_);
    ++unknown_calls_[name];
  }
  std::map<std::string, uint64_t> unknown_calls() const {
    std::lock_guard lock(unknown_calls_mutex_);
    return unknown_calls_;
  }

  /// May the guest make internet sockets? Fixed at creation.
  bool allows_network() const { return allows_network_; }
  void forbid_network() { allows_network_ = false; }

  /// What exit_group was called with.
  uint32_t exit_code() const { return exit_code_.load(std::memory_order_relaxed); }
  void set_exit_code(uint32_t code) { exit_code_.store(code, std::memory_order_relaxed); }

 private:
  std::vector<std::string> args_;
  std::vector<std::string> env_;
  std::unique_ptr<FsState> fs_;  // outlives the files
  FdTable fds_;
  std::shared_ptr<MemoryState> memory_;
  Identity identity_;
  std::vector<std::unique_ptr<Thread>> threads_;
  Timers timers_{*this};
  Signals signals_{*this};  // goes first: nothing is sent to the process any more
  std::unique_ptr<Strace> strace_;
  bool allows_network_ = true;
  std::shared_ptr<SemaphoreUndo> semaphore_undo_;
  mutable std::mutex unknown_calls_mutex_;
  std::map<std::string, uint64_t> unknown_calls_;  // guarded by unknown_calls_mutex_
  std::atomic<uint32_t> exit_code_{0};
};

}  // namespace lindvm
