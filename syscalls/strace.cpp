#include "syscalls/strace.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace lindvm {
namespace {

constexpr uint64_t k_second = 1'000'000'000;

uint64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * k_second + static_cast<uint64_t>(time.tv_nsec);
}

/// Seconds and microseconds.
std::string seconds_text(fmt::format_string<uint64_t, uint64_t> format, uint64_t nanoseconds) {
  uint64_t seconds = nanoseconds / k_second, microseconds = nanoseconds % k_second / 1000;
  return fmt::vformat(format, fmt::make_format_args(seconds, microseconds));
}

constexpr const char* k_summary_head = "% time     seconds  usecs/call     calls    errors syscall\n";
constexpr const char* k_summary_rule =
    "------ ----------- ----------- --------- --------- ----------------\n";

std::string summary_row(uint64_t nanoseconds, uint64_t total, uint64_t calls, uint64_t errors,
                        std::string_view name) {
  double share = total ? 100.0 * static_cast<double>(nanoseconds) / static_cast<double>(total) : 0;
  return fmt::format("{:6.2f} {:11.6f} {:11} {:9} {:>9} {}\n", share,
                     static_cast<double>(nanoseconds) / k_second, calls ? nanoseconds / 1000 / calls : 0,
                     calls, errors ? std::to_string(errors) : "", name);
}

}  // namespace

Strace::Strace(int fd, StraceOptions options) : fd_(fd), options_(options), previous_(now()) {}

Strace::~Strace() {
  suspend_open_line();
  if (options_.summarises) write_summary();
  if (fd_ != STDERR_FILENO) ::close(fd_);
}

Strace::Call Strace::start(std::string_view name, std::string_view text) {
  Call call{name, now()};
  if (!options_.shows_calls) return call;
  std::lock_guard lock(mutex_);
  suspend_open_line();
  pid_t thread = gettid();
  begin_line(thread, call.begun);
  write(text);
  open_ = thread;
  return call;
}

void Strace::finish(const Call& call, std::string_view text, SysResult result) {
  uint64_t end = now();
  std::lock_guard lock(mutex_);
  count(call, result, end - call.begun);
  if (!options_.shows_calls) return;
  TraceText line;
  pid_t thread = gettid();
  if (open_ != thread) {
    suspend_open_line();
    begin_line(thread, end);
    line.text() = fmt::format("<... {} resumed>", call.name);
  }
  line.raw(text);
  if (options_.shows_times && !result.is_exit()) line.text() += seconds_text(" <{}.{:06}>", end - call.begun);
  line.raw("\n");
  write(line.text());
  open_ = 0;
}

void Strace::line(std::string_view text) {
  if (!options_.shows_calls) return;
  std::lock_guard lock(mutex_);
  suspend_open_line();
  begin_line(gettid(), now());
  write(text);
  write("\n");
}

void Strace::suspend_open_line() {
  if (open_ != 0) write(" <unfinished ...>\n");
  open_ = 0;
}

void Strace::begin_line(pid_t thread, uint64_t now) {
  if (first_ == 0) first_ = thread;
  has_threads_ |= thread != first_;
  std::string prefix;
  if (has_threads_) prefix = fmt::format("[pid {:5}] ", thread);
  if (options_.shows_times) prefix += seconds_text("{:6}.{:06} ", now - std::exchange(previous_, now));
  write(prefix);
}

void Strace::count(const Call& call, SysResult result, uint64_t nanoseconds) {
  if (!options_.summarises) return;
  auto found = totals_.find(call.name);
  if (found == totals_.end()) found = totals_.emplace(call.name, Totals()).first;
  ++found->second.calls;
  found->second.errors += !result.ok() && !result.is_exit();
  found->second.nanoseconds += nanoseconds;
}

void Strace::write_summary() {
  uint64_t total = 0, calls = 0, errors = 0;
  std::vector<std::pair<std::string, Totals>> rows(totals_.begin(), totals_.end());
  for (const auto& [name, totals] : rows) {
    total += totals.nanoseconds, calls += totals.calls, errors += totals.errors;
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.second.nanoseconds > b.second.nanoseconds; });
  std::string text = fmt::format("{}{}", k_summary_head, k_summary_rule);
  for (const auto& [name, totals] : rows) {
    text += summary_row(totals.nanoseconds, total, totals.calls, totals.errors, name);
  }
  write(text + k_summary_rule + summary_row(total, total, calls, errors, "total"));
}

void Strace::write(std::string_view text) {
  while (!text.empty()) {
    ssize_t count = ::write(fd_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // a trace that cannot be written must not change what the guest does
    text.remove_prefix(static_cast<size_t>(count));
  }
}

void TraceText::octal(uint32_t value) { fmt::format_to(std::back_inserter(text_), "{:#o}", value); }

void TraceText::address(uint64_t value) {
  if (value == 0) {
    text_ += "NULL";
  } else {
    fmt::format_to(std::back_inserter(text_), "{:#x}", value);
  }
}

void TraceText::quoted(std::string_view bytes, uint64_t whole) {
  text_ += '"';
  for (size_t i = 0; i < bytes.size(); ++i) {
    unsigned char byte = static_cast<unsigned char>(bytes[i]);
    bool digit_follows = i + 1 < bytes.size() && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
    constexpr std::string_view k_special = "\n\t\r\v\f\"\\";
    constexpr std::string_view k_letters = "ntrvf\"\\";
    if (size_t at = k_special.find(static_cast<char>(byte)); at != std::string_view::npos) {
      text_ += {'\\', k_letters[at]};
    } else if (byte >= 0x20 && byte < 0x7f) {
      text_ += static_cast<char>(byte);
    } else if (digit_follows) {
      fmt::format_to(std::back_inserter(text_), "\\{:03o}", byte);
    } else {
      fmt::format_to(std::back_inserter(text_), "\\{:o}", byte);
    }
  }
  text_ += '"';
  if (bytes.size() < whole) text_ += "...";
}

void TraceText::flags(FlagSet set, uint64_t bits) {
  bool is_first = true;
  uint64_t rest = bits;
  for (const FlagRow& row : k_flag_rows) {
    if (row.set != set || (rest & row.value) != row.value) continue;
    if (!is_first) text_ += '|';
    text_ += row.name;
    rest &= ~row.value;
    is_first = false;
  }
  if (rest == 0 && !is_first) return;
  if (!is_first) text_ += '|';
  if (rest == 0) {
    text_ += '0';
  } else {
    fmt::format_to(std::back_inserter(text_), "{:#x}", rest);
  }
}

void TraceText::choice(FlagSet set, uint64_t value) {
  for (const FlagRow& row : k_flag_rows) {
    if (row.set == set && row.value == value) return raw(row.name);
  }
  unsigned_number(value);
}

void TraceText::time(uint64_t nanoseconds) {
  fmt::format_to(std::back_inserter(text_), "{}.{:09}s", nanoseconds / 1'000'000'000,
                 nanoseconds % 1'000'000'000);
}

void TraceText::result(SysResult result, Returns returns) {
  if (result.is_exit()) {
    text_ += " = ?";
  } else if (!result.ok()) {
    int number = result.error_number();
    fmt::format_to(std::back_inserter(text_), " = -1 {} ({})", error_name(number), error_text(number));
  } else if (returns == Returns::address) {
    fmt::format_to(std::back_inserter(text_), " = {:#x}", result.value());
  } else {
    fmt::format_to(std::back_inserter(text_), " = {}", result.value());
  }
}

}  // namespace lindvm
