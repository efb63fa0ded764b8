#include "syscalls/kernel/host_signals.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <thread>

#include "syscalls/kernel/process.h"
#include "syscalls/kernel/signals.h"

namespace lindvm {
namespace {

constexpr SignalSet k_not_forwarded = k_unblockable | k_synchronous | signal_bit(SIGPIPE);

int forward_signal() { return SIGRTMIN + 9; }
int timer_signal() { return SIGRTMIN + 8; }

std::mutex g_mutex;  // guards the receiver, and keeps it alive while something is sent to it
Signals* g_receiver = nullptr;
std::atomic<pid_t> g_service{0};
struct sigaction g_original[k_signal_count + 1];
bool g_is_changed[k_signal_count + 1];

/// Number, code and value of a signal in the value of the one that carries it.
uint64_t pack(const siginfo_t& info) {
  bool has_value = info.si_code < 0 && info.si_code != SI_TKILL;
  auto value = has_value ? static_cast<uint32_t>(info.si_value.sival_int) : 0u;
  return uint64_t{value} << 32 | static_cast<uint32_t>(info.si_code & 0xffff) << 8 |
         static_cast<uint32_t>(info.si_signo);
}

SignalInfo unpack(const siginfo_t& carrier) {
  auto packed = reinterpret_cast<uint64_t>(carrier.si_value.sival_ptr);
  auto code = static_cast<int16_t>(packed >> 8);
  // Processes outside have no number inside.
  SignalInfo info = SignalInfo::from_process(static_cast<int>(packed & 0xff), code, 0, carrier.si_uid);
  info.fields[SignalInfo::k_value] = static_cast<uint32_t>(packed >> 32);
  return info;
}

/// lind-vm's own timers go to whoever set them up.
void pass_to_original(int number, siginfo_t* info, void* context) {
  const struct sigaction& original = g_original[number];
  if (original.sa_flags & SA_SIGINFO) {
    original.sa_sigaction(number, info, context);
  } else if (original.sa_handler != SIG_DFL && original.sa_handler != SIG_IGN) {
    original.sa_handler(number);
  }
}

void on_host_signal(int number, siginfo_t* info, void* context) {
  if (info->si_code == SI_TIMER) return pass_to_original(number, info, context);
  int saved_errno = errno;
  siginfo_t carrier{};
  carrier.si_signo = forward_signal();
  carrier.si_code = SI_QUEUE;
  carrier.si_pid = info->si_pid;
  carrier.si_uid = info->si_uid;
  carrier.si_value.sival_ptr = reinterpret_cast<void*>(pack(*info));
  syscall(SYS_rt_tgsigqueueinfo, getpid(), g_service.load(), forward_signal(), &carrier);
  errno = saved_errno;
}

void dispatch(const siginfo_t& carrier) {
  std::lock_guard lock(g_mutex);
  if (!g_receiver) return;
  if (carrier.si_signo == forward_signal()) {
    (void)g_receiver->send(unpack(carrier), nullptr);
  } else {
    g_receiver->timers().expired(static_cast<uint32_t>(carrier.si_value.sival_int),
                                 static_cast<uint32_t>(carrier.si_overrun));
  }
}

[[noreturn]] void serve(std::atomic<pid_t>& id) {
  sigset_t mine;
  sigemptyset(&mine);
  sigaddset(&mine, forward_signal());
  sigaddset(&mine, timer_signal());
  id.store(static_cast<pid_t>(syscall(SYS_gettid)));
  id.notify_all();
  while (true) {
    siginfo_t carrier;
    if (sigwaitinfo(&mine, &carrier) > 0) dispatch(carrier);
  }
}

/// With all signals blocked in the new thread from its first instruction.
void start_service() {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([] { serve(g_service); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  g_service.wait(0);
}

/// Replaces the disposition, the original of which is kept.
void set_disposition(int number, const struct sigaction& action) {
  if (!g_is_changed[number]) sigaction(number, nullptr, &g_original[number]);
  g_is_changed[number] = true;
  sigaction(number, &action, nullptr);
}

bool is_forwarded(int number) {
  // glibc keeps 32 and 33, and lind-vm the kick and the two above.
  bool is_ours = number >= k_first_real_time && number < SIGRTMIN;
  return !is_ours && number != SIGRTMIN + 7 && number != forward_signal() && number != timer_signal() &&
         !(signal_bit(number) & k_not_forwarded);
}

}  // namespace

bool is_host_ignored(int number) {
  struct sigaction action{};
  return is_forwarded(number) && sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void forward_host_signal(int number, Signals& to) {
  if (!is_forwarded(number)) return;
  service_thread(to);
  struct sigaction action{};
  action.sa_sigaction = on_host_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  set_disposition(number, action);
}

void ignore_host_signal(int number) {
  if (!is_forwarded(number)) return;
  struct sigaction action{};
  action.sa_handler = SIG_IGN;
  set_disposition(number, action);
}

void restore_host_signal(int number) {
  if (g_is_changed[number]) sigaction(number, &g_original[number], nullptr);
}

void stop_host_signals(Signals& to) {
  std::lock_guard lock(g_mutex);
  if (g_receiver != &to) return;
  g_receiver = nullptr;
  for (int number = 1; number <= k_signal_count; ++number) restore_host_signal(number);
}

int service_thread(Signals& to) {
  {
    std::lock_guard lock(g_mutex);
    g_receiver = &to;
  }
  static std::once_flag once;
  std::call_once(once, start_service);
  return g_service.load();
}

int service_timer_signal() { return timer_signal(); }

}  // namespace lindvm
