#include "syscalls/kernel/signal_info.h"

namespace lindvm {

DefaultAction default_action(int number) {
  switch (number) {
#define SIGNAL(name, action) \
  case name:                 \
    return DefaultAction::action;
#include "syscalls/kernel/signal_defaults.def"
  }
  return DefaultAction::terminate;
}

std::string signal_name(int number) {
  switch (number) {
#define SIGNAL(name, action) \
  case name:                 \
    return #name;
#include "syscalls/kernel/signal_defaults.def"
  }
  return is_signal(number) ? "SIGRT_" + std::to_string(number - k_first_real_time) : std::to_string(number);
}

std::array<uint32_t, 32> to_signalfd_info(const SignalInfo& info) {
  // By word: signo, errno, code, pid, uid, fd, tid, band, overrun, trapno, status, int, ptr (2), ...
  std::array<uint32_t, 32> out{};
  out[0] = static_cast<uint32_t>(info.number);
  out[1] = static_cast<uint32_t>(info.error);
  out[2] = static_cast<uint32_t>(info.code);
  if (info.code == SI_TIMER) {
    out[6] = info.fields[SignalInfo::k_timer];
    out[8] = info.fields[SignalInfo::k_overrun];
  } else {
    out[3] = info.fields[SignalInfo::k_sender];
    out[4] = info.fields[SignalInfo::k_user];
  }
  if (info.code < 0) {
    out[11] = info.fields[SignalInfo::k_value];
    out[12] = info.fields[SignalInfo::k_value];
  }
  return out;
}

}  // namespace lindvm
