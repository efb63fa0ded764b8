#pragma once
// Signals as values: sets of them, what comes with one, what is done about one. Plain data.

#include <array>
#include <csignal>
#include <cstdint>
#include <string>

namespace lindvm {

inline constexpr int k_signal_count = 64;  ///< numbers 1 to 64

/// Bit n - 1 for signal n, as the kernel lays sigset_t out.
using SignalSet = uint64_t;
constexpr SignalSet signal_bit(int number) { return SignalSet{1} << (number - 1); }
constexpr bool is_signal(int number) { return number >= 1 && number <= k_signal_count; }

inline constexpr SignalSet k_unblockable = signal_bit(SIGKILL) | signal_bit(SIGSTOP);
inline constexpr SignalSet k_stop_signals =
    signal_bit(SIGSTOP) | signal_bit(SIGTSTP) | signal_bit(SIGTTIN) | signal_bit(SIGTTOU);
/// Those that the code being run causes; they are delivered first.
inline constexpr SignalSet k_synchronous = signal_bit(SIGSEGV) | signal_bit(SIGBUS) | signal_bit(SIGILL) |
                                           signal_bit(SIGTRAP) | signal_bit(SIGFPE) | signal_bit(SIGSYS);
inline constexpr int k_first_real_time = 32;

/// siginfo_t as 32-bit guests have it. What the fields are depends on the code.
struct SignalInfo {
  int32_t number = 0;
  int32_t error = 0;
  int32_t code = 0;
  std::array<uint32_t, 29> fields{};

  // Indices of fields.
  static constexpr int k_sender = 0, k_user = 1, k_value = 2;  // kill, sigqueue
  static constexpr int k_timer = 0, k_overrun = 1;             // SI_TIMER, with k_value
  static constexpr int k_address = 0;                          // faults

  static SignalInfo from_process(int number, int code, int32_t pid, uint32_t uid) {
    SignalInfo info{number, 0, code};
    info.fields[k_sender] = static_cast<uint32_t>(pid);
    info.fields[k_user] = uid;
    return info;
  }
};
static_assert(sizeof(SignalInfo) == 128);

/// struct signalfd_siginfo of it.
std::array<uint32_t, 32> to_signalfd_info(const SignalInfo& info);

/// sigaction as the kernel takes it, without a restorer.
struct SignalAction {
  static constexpr uint32_t k_default = 0, k_ignore = 1;

  uint32_t handler = k_default;  ///< table index
  uint32_t flags = 0;
  SignalSet mask = 0;
};
static_assert(sizeof(SignalAction) == 16);

enum class DefaultAction : uint8_t { terminate, core, ignore, stop, resume };
DefaultAction default_action(int number);
/// "SIGINT", "SIGRT_3".
std::string signal_name(int number);

}  // namespace lindvm
