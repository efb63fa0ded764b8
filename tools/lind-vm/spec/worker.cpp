#include "tools/lind-vm/spec/worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include "tools/lind-vm/spec/runner.h"

namespace lindvm::spec {
namespace {

/// Counted in memory that the child shares with its parent: survives the child's death.
struct Progress {
  uint32_t line = 0;
  uint32_t passed = 0;
  uint32_t skipped = 0;
  uint32_t assertions = 0;
};

/// Child side. Failures go to the pipe as "SOURCE\n" and lines "LINE DETAIL\n".
class Reporter {
 public:
  Reporter(int pipe, Progress& progress) : pipe_(fdopen(pipe, "w")), progress_(progress) {}
  ~Reporter() { std::fclose(pipe_); }

  void source(const std::string& name) { write(name); }
  void begin(const Command& command) { progress_.line = command.line; }
  void end(const Command& command, const Outcome& outcome) {
    if (is_assertion(command.kind)) ++progress_.assertions;
    switch (outcome.verdict) {
      case Verdict::passed:
        ++progress_.passed;
        break;
      case Verdict::skipped:
        ++progress_.skipped;
        break;
      case Verdict::failed:
        write(fmt::format("{} {}: {}", command.line, to_string(command.kind), outcome.detail));
    }
  }
  void failure(const std::string& detail) { write(fmt::format("0 {}", detail)); }

 private:
  void write(const std::string& line) {
    std::fprintf(pipe_, "%s\n", line.c_str());
    std::fflush(pipe_);
  }

  std::FILE* pipe_;
  Progress& progress_;
};

void run_in_child(const std::filesystem::path& file, const WorkerOptions& options, Reporter& reporter) {
  try {
    install(options.tier);
    Script script = read_script(file);
    reporter.source(script.source);
    Runner runner(script, options.validate_only);
    runner.run([&](const Command& command) { reporter.begin(command); },
               [&](const Command& command, const Outcome& outcome) { reporter.end(command, outcome); });
  } catch (const std::exception& error) {
    reporter.source(file.string());
    reporter.failure(error.what());
  }
}

/// Parent side: one running child.
class Worker {
 public:
  Worker(size_t index, const std::filesystem::path& file, const WorkerOptions& options)
      : index_(index), file_(file) {
    void* memory = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int ends[2];
    if (memory == MAP_FAILED || pipe2(ends, O_CLOEXEC) != 0) fail_system("cannot start a worker");
    progress_ = new (memory) Progress;
    process_ = fork();
    if (process_ < 0) fail_system("cannot start a worker");
    if (process_ == 0) {
      close(ends[0]);
      alarm(options.time_limit);
      Reporter reporter(ends[1], *progress_);
      run_in_child(file, options, reporter);
      reporter.~Reporter();
      _exit(0);
    }
    close(ends[1]);
    pipe_ = ends[0];
  }
  ~Worker() {
    close(pipe_);
    munmap(progress_, sizeof(Progress));
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  size_t index() const { return index_; }
  int pipe() const { return pipe_; }

  /// Takes what is in the pipe; false at its end.
  bool read_some() {
    char buffer[4096];
    ssize_t count = read(pipe_, buffer, sizeof buffer);
    if (count > 0) output_.append(buffer, static_cast<size_t>(count));
    return count > 0;
  }

  FileReport finish() {
    int status = 0;
    waitpid(process_, &status, 0);
    FileReport report{{}, progress_->passed, progress_->skipped, progress_->assertions, {}};
    parse_output(report);
    if (report.source.empty()) report.source = file_.string();
    if (WIFSIGNALED(status)) report.failures.push_back({progress_->line, describe_death(WTERMSIG(status))});
    if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
      report.failures.push_back({progress_->line, fmt::format("ended with status {}", WEXITSTATUS(status))});
    }
    return report;
  }

 private:
  [[noreturn]] static void fail_system(const char* what) {
    throw std::system_error(errno, std::generic_category(), what);
  }

  static std::string describe_death(int signal) {
    if (signal == SIGALRM) return "over the time limit";
    return fmt::format("crashed: {}", strsignal(signal));
  }

  void parse_output(FileReport& report) const {
    std::string_view rest = output_;
    while (!rest.empty()) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (report.source.empty()) {
        report.source = line;
        continue;
      }
      Failure failure;
      auto parsed = std::from_chars(line.data(), line.data() + line.size(), failure.line);
      failure.detail.assign(parsed.ptr, line.data() + line.size());
      report.failures.push_back(std::move(failure));
    }
  }

  size_t index_;
  std::filesystem::path file_;
  Progress* progress_ = nullptr;
  pid_t process_ = -1;
  int pipe_ = -1;
  std::string output_;
};

/// Waits until a worker has output or ends; finished ones are moved into their reports.
void serve(std::vector<std::unique_ptr<Worker>>& workers, std::vector<FileReport>& reports) {
  std::vector<pollfd> polls;
  for (const auto& worker : workers) polls.push_back({worker->pipe(), POLLIN, 0});
  poll(polls.data(), polls.size(), -1);
  for (size_t i = workers.size(); i-- > 0;) {
    if (polls[i].revents == 0 || workers[i]->read_some()) continue;
    reports[workers[i]->index()] = workers[i]->finish();
    workers.erase(workers.begin() + static_cast<ptrdiff_t>(i));
  }
}

}  // namespace

std::vector<FileReport> run_files(const std::vector<std::filesystem::path>& files,
                                  const WorkerOptions& options) {
  std::vector<FileReport> reports(files.size());
  std::vector<std::unique_ptr<Worker>> workers;
  size_t next = 0;
  while (next < files.size() || !workers.empty()) {
    while (next < files.size() && workers.size() < std::max(1u, options.jobs)) {
      workers.push_back(std::make_unique<Worker>(next, files[next], options));
      ++next;
    }
    serve(workers, reports);
  }
  return reports;
}

}  // namespace lindvm::spec
