#include "conformance/sandbox/time_limit.h"

#include <sys/time.h>

#include <atomic>
#include <csignal>

namespace lindvm::sandbox {

namespace {

std::atomic<ThreadContext*> g_guest{nullptr};

void on_alarm(int) {
  if (ThreadContext* guest = g_guest.load()) guest->request_interrupt(k_interrupt_stop);
}

void set_alarm(std::chrono::milliseconds interval) {
  itimerval timer{};
  timer.it_value = {interval.count() / 1000, interval.count() % 1000 * 1000};
  timer.it_interval = timer.it_value;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

TimeLimit::TimeLimit(ThreadContext& guest, std::chrono::milliseconds limit) {
  struct sigaction action{};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
  g_guest = &guest;
  set_alarm(limit);
}

TimeLimit::~TimeLimit() {
  set_alarm({});
  g_guest = nullptr;
}

}  // namespace lindvm::sandbox
