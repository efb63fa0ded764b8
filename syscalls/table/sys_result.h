#pragma once
// What a system call answers, and the error numbers that it may answer with. Plain values.

#include <cerrno>
#include <cstdint>
#include <string_view>

namespace lindvm {

/// The descriptor lacks the right for the call. WASI only: above Linux's numbers.
inline constexpr int k_not_capable = 1024;
#define ENOTCAPABLE ::lindvm::k_not_capable

/// A value that is not negative, or a Linux error number.
class [[nodiscard]] SysResult {
 public:
  constexpr SysResult() = default;
  constexpr explicit SysResult(int64_t value) : value_(value) {}
  static constexpr SysResult error(int number) { return SysResult(-number); }
  /// Of a host call that tells errors by -1 and errno.
  static SysResult of_host(int64_t result) { return result < 0 ? error(errno) : SysResult(result); }

  /// The process ends, with Process::exit_code; no value.
  static constexpr SysResult exit() { return SysResult(k_exit); }

  constexpr bool is_exit() const { return value_ == k_exit; }
  constexpr bool ok() const { return value_ >= 0; }
  constexpr int64_t value() const { return value_; }
  constexpr int error_number() const { return ok() ? 0 : static_cast<int>(-value_); }
  /// As Linux returns it in a register: the value or the negated error number.
  constexpr int64_t raw() const { return value_; }

 private:
  static constexpr int64_t k_exit = INT64_MIN;
  int64_t value_ = 0;
};

/// E.g. "ENOENT"; "errno 200" has no name and gives "".
std::string_view error_name(int number);
/// E.g. "No such file or directory".
std::string_view error_text(int number);
/// WASI's number for an error; EIO's for one that WASI does not have.
uint16_t wasi_error(int number);

}  // namespace lindvm

/// Ends the calling handler with the error of a SysResult, if it is one.
#define SYS_TRY(expression)                      \
  ({                                             \
    ::lindvm::SysResult sys_try_ = (expression); \
    if (!sys_try_.ok()) [[unlikely]]             \
      return sys_try_;                           \
    sys_try_.value();                            \
  })
