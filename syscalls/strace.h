#pragma once
// Where --strace lines go, and the words that they are made of. A Strace belongs to one process; any of its
// threads may write, a piece at a time. A TraceText is one line in the making.

#include <cstdint>
#include <ctime>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "memory/os/owned_fd.h"
#include "syscalls/table/flags.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

/// What a call's result is.
enum class Returns : uint8_t { zero, count, fdes, address, never };

struct StraceOptions {
  bool shows_calls = true;  ///< a line for each call
  bool shows_times =
      false;  ///< seconds since the previous call began, and how long each took, as strace -r -T does
  bool summarises = false;  ///< a table of calls at the end, as strace -c does
};

/// Lines as strace writes them. A call is written in two parts, since it may block or end the process; where
/// another thread writes in between, the first part is "unfinished" and the second "resumed", as with strace.
class Strace {
 public:
  /// Writes to `fd`, which it closes unless it is stderr's.
  explicit Strace(int fd, StraceOptions options = {});
  /// Writes the summary.
  ~Strace();
  Strace(const Strace&) = delete;
  Strace& operator=(const Strace&) = delete;

  /// When a call began; pass it to finish.
  struct Call {
    std::string_view name;
    uint64_t begun = 0;  ///< nanoseconds of a monotonic clock
  };
  /// "name(arguments so far".
  Call start(std::string_view name, std::string_view text);
  /// The rest with the result, which ends the line.
  void finish(const Call& call, std::string_view text, SysResult result);
  /// A whole line of its own, which is no call: "+++ exited with 0 +++".
  void line(std::string_view text);

 private:
  struct Totals {
    uint64_t calls = 0;
    uint64_t errors = 0;
    uint64_t nanoseconds = 0;
  };

  void write(std::string_view text);
  void begin_line(pid_t thread, uint64_t now);
  void suspend_open_line();
  void count(const Call& call, SysResult result, uint64_t nanoseconds);
  void write_summary();

  int fd_;
  StraceOptions options_;
  std::mutex mutex_;
  // Guarded by mutex_:
  pid_t open_ = 0;   ///< the thread whose line is not finished, or 0
  pid_t first_ = 0;  ///< the thread that wrote first; lines tell threads apart once there is another
  bool has_threads_ = false;
  uint64_t previous_ = 0;  ///< when the last line began
  std::map<std::string, Totals, std::less<>> totals_;
};

/// strace's way of writing values.
class TraceText {
 public:
  static constexpr size_t k_max_bytes = 32;    ///< of a string or buffer; the rest is "..."
  static constexpr size_t k_max_elements = 8;  ///< of an array

  std::string& text() { return text_; }
  void raw(std::string_view text) { text_ += text; }
  void number(int64_t value) { text_ += std::to_string(value); }
  void unsigned_number(uint64_t value) { text_ += std::to_string(value); }
  void octal(uint32_t value);
  /// 0x..., or NULL.
  void address(uint64_t value);
  /// In quotes, with C escapes; "..." follows if it is only part of `whole` bytes.
  void quoted(std::string_view bytes, uint64_t whole);
  /// In quotes and whole: paths.
  void quoted(std::string_view bytes) { quoted(bytes, bytes.size()); }
  /// "A|B|0x80", or 0.
  void flags(FlagSet set, uint64_t bits);
  /// The name of one value of a set, or the number.
  void choice(FlagSet set, uint64_t value);
  /// Seconds and nanoseconds of a time in nanoseconds.
  void time(uint64_t nanoseconds);
  /// " = 3", " = 0x10000", " = -1 ENOENT (No such file or directory)", " = ?".
  void result(SysResult result, Returns returns = Returns::count);

 private:
  std::string text_;
};

}  // namespace lindvm
