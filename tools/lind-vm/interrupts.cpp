#include "tools/lind-vm/interrupts.h"

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <csignal>
#include <ctime>

#include "tools/lind-vm/command.h"
#include "vm/runtime/context.h"

namespace lindvm {
namespace {

std::atomic<ThreadContext*> g_guest{nullptr};
std::atomic<int> g_stop_signal{0};

/// Not setitimer's clock, which is a guest's.
void start_timer(double seconds) {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  timer_t timer;
  if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0) return;
  double whole = std::floor(seconds);
  itimerspec once{};
  once.it_value.tv_sec = static_cast<time_t>(whole);
  once.it_value.tv_nsec = static_cast<long>((seconds - whole) * 1e9);
  if (once.it_value.tv_sec == 0 && once.it_value.tv_nsec == 0) once.it_value.tv_nsec = 1;
  timer_settime(timer, 0, &once, nullptr);
}

void on_signal(int signal) {
  int saved_errno = errno;
  int first = 0;
  bool is_first = g_stop_signal.compare_exchange_strong(first, signal);
  ThreadContext* guest = g_guest.load();
  if (!is_first || !guest) _exit(k_exit_signal_base + (is_first ? signal : first));
  guest->request_interrupt(k_interrupt_stop);
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
