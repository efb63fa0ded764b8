#include "tools/lind-vm/interrupts.h"

#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>

#include "tools/lind-vm/command.h"
#include "vm/runtime/context.h"

namespace lindvm {
namespace {

constexpr double k_grace_seconds = 0.05;

std::atomic<ThreadContext*> g_guest{nullptr};
std::atomic<int> g_stop_signal{0};

void start_timer(double seconds) {
  double whole = std::floor(seconds);
  itimerval timer{};
  timer.it_value.tv_sec = static_cast<time_t>(whole);
  timer.it_value.tv_usec = static_cast<suseconds_t>((seconds - whole) * 1e6);
  if (timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0) timer.it_value.tv_usec = 1;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void on_signal(int signal) {
  int saved_errno = errno;
  int first = 0;
  bool is_first = g_stop_signal.compare_exchange_strong(first, signal);
  ThreadContext* guest = g_guest.load();
  if (!is_first || !guest) _exit(k_exit_signal_base + (is_first ? signal : first));
  guest->request_interrupt(k_interrupt_stop);
  start_timer(k_grace_seconds);
  errno = saved_errno;
}

/// A signal that lind-vm was started with ignored (nohup, background jobs) stays ignored.
void handle(int signal) {
  struct sigaction action{};
  if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_ONSTACK;  // no SA_RESTART: blocking host calls end with EINTR
  sigfillset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void install_interrupts(double timeout) {
  handle(SIGINT);
  handle(SIGTERM);
  handle(SIGALRM);
  if (timeout > 0) start_timer(timeout);
}

void watch_guest(ThreadContext* thread) { g_guest.store(thread); }

int stop_signal() { return g_stop_signal.load(); }

}  // namespace lindvm
