#include "conformance/sandbox/sandbox.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <new>
#include <system_error>

namespace lindvm::sandbox {

namespace {

// Shared by the supervisor and its workers.
struct Progress {
  std::atomic<uint32_t> next;  // input being worked on, or to be worked on
  RunReport reports[];
};

class SharedProgress {
 public:
  explicit SharedProgress(uint32_t count) : size_(sizeof(Progress) + count * sizeof(RunReport)) {
    void* memory = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
    progress_ = static_cast<Progress*>(memory);
  }
  ~SharedProgress() { munmap(progress_, size_); }
  SharedProgress(const SharedProgress&) = delete;
  SharedProgress& operator=(const SharedProgress&) = delete;
  Progress* operator->() const { return progress_; }

 private:
  size_t size_;
  Progress* progress_;
};

class Supervisor {
 public:
  Supervisor(uint32_t count, const SandboxOptions& options,
             const std::function<void(uint32_t, RunReport&)>& work)
      : count_(count), options_(options), work_(work), progress_(count), findings_(count) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, &old_mask_);
  }
  ~Supervisor() { sigprocmask(SIG_SETMASK, &old_mask_, nullptr); }
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  std::vector<Finding> run() {
    while (progress_->next < count_) run_worker();
    for (uint32_t i = 0; i < count_; i++) findings_[i].report = progress_->reports[i];
    return std::move(findings_);
  }

 private:
  void run_worker() {
    uint32_t end = std::min(count_, progress_->next + options_.inputs_per_worker);
    pid_t worker = fork();
    if (worker < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (worker == 0) {
      sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
      if (options_.prepare) options_.prepare();
      for (; progress_->next < end; progress_->next++)
        work_(progress_->next, progress_->reports[progress_->next]);
      _exit(0);
    }
    bool has_hung = false;
    int status = wait_for(worker, has_hung);
    if (progress_->next >= end) return;
    Finding& finding = findings_[progress_->next++];
    finding.has_hung = has_hung;
    if (WIFSIGNALED(status)) finding.signal = WTERMSIG(status);
    if (WIFEXITED(status)) finding.exit_status = WEXITSTATUS(status);
  }

  // Waits for the worker's end; kills it when it makes no progress.
  int wait_for(pid_t worker, bool& has_hung) {
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    timespec patience{static_cast<time_t>(options_.hang_seconds), 0};
    int status = 0;
    for (;;) {
      uint32_t before = progress_->next;
      if (waitpid(worker, &status, WNOHANG) == worker) return status;
      bool has_timed_out = sigtimedwait(&child, nullptr, &patience) < 0 && errno == EAGAIN;
      if (!has_timed_out || progress_->next != before) continue;
      has_hung = true;
      kill(worker, SIGKILL);
      waitpid(worker, &status, 0);
      return status;
    }
  }

  uint32_t count_;
  const SandboxOptions& options_;
  const std::function<void(uint32_t, RunReport&)>& work_;
  SharedProgress progress_;
  std::vector<Finding> findings_;
  sigset_t old_mask_;
};

}  // namespace

std::vector<Finding> run_sandboxed(uint32_t count, const SandboxOptions& options,
                                   const std::function<void(uint32_t, RunReport&)>& work) {
  return Supervisor(count, options, work).run();
}

}  // namespace lindvm::sandbox
