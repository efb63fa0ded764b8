#pragma once
// Where --strace lines go, and the words that they are made of. A Strace belongs to one process; any of its
// threads may write, a piece at a time. A TraceText is one line in the making.

#include <mutex>
#include <string>
#include <string_view>

#include "memory/os/owned_fd.h"
#include "syscalls/table/flags.h"
#include "syscalls/table/sys_result.h"

namespace lindvm {

class Strace {
 public:
  /// Writes to `fd`, which it closes unless it is stderr's.
  explicit Strace(int fd) : fd_(fd) {}
  ~Strace();
  Strace(const Strace&) = delete;
  Strace& operator=(const Strace&) = delete;

  void write(std::string_view text);

 private:
  std::mutex mutex_;
  int fd_;
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
  /// " = 3", " = -1 ENOENT (No such file or directory)".
  void result(SysResult result);

 private:
  std::string text_;
};

}  // namespace lindvm
