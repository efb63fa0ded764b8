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

void set_alarm(suseconds_t microseconds) {
  itimerval timer{};
  timer.it_value.tv_usec = microseconds;
  timer.it_interval.tv_usec = microseconds;
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

TimeLimit::TimeLimit(ThreadContext& guest, suseconds_t microseconds) {
  struct sigaction action{};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGALRM, &action, nullptr);
  g_guest = &guest;
  set_alarm(microseconds);
}

TimeLimit::~TimeLimit() {
  set_alarm(0);
  g_guest = nullptr;
}

}  // namespace lindvm::sandbox
