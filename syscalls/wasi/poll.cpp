// poll_oneoff: one blocking wait for clocks and descriptors, which a signal ends (EINTR).

#include <algorithm>
#include <optional>

#include "syscalls/kernel/operations.h"
#include "syscalls/wasi/functions.h"

namespace lindvm::wasi {
namespace {

constexpr uint64_t k_second = 1'000'000'000;

Event event_of(const Subscription& subscription, int error) {
  return {subscription.userdata, error ? wasi_error(error) : uint16_t{0}, subscription.type, 0, false};
}

class Poll {
 public:
  Poll(Thread& thread, const std::vector<Subscription>& subscriptions)
      : thread_(thread), subscriptions_(subscriptions), files_(subscriptions.size()) {}

  SysResult run() {
    for (const Subscription& one : subscriptions_) prepare(one);
    SYS_TRY(wait());
    for (size_t i = 0; i < subscriptions_.size(); ++i) {
      if (pollfds_[i].revents) report_ready(subscriptions_[i], *files_[i], pollfds_[i].revents);
    }
    report_clocks();
    return SysResult();
  }

  const std::vector<Event>& events() const { return events_; }

 private:
  static constexpr uint64_t k_no_clock = UINT64_MAX;

  void prepare(const Subscription& one) {
    size_t index = pollfds_.size();
    pollfds_.push_back({-1, 0, 0});
    remaining_.push_back(k_no_clock);
    int error = one.type == flag::WasiEventType_CLOCK ? prepare_clock(one, remaining_[index])
                                                      : prepare_file(one, index);
    if (error) events_.push_back(event_of(one, error));
  }

  int prepare_clock(const Subscription& one, uint64_t& remaining) {
    if (one.clock != flag::ClockIds_CLOCK_REALTIME && one.clock != flag::ClockIds_CLOCK_MONOTONIC) {
      return one.clock < 64 && (known_values(FlagSet::ClockIds) >> one.clock & 1) ? EOPNOTSUPP : EINVAL;
    }
    remaining = one.timeout;
    if (one.is_absolute) {
      timespec time{};
      clock_gettime(static_cast<clockid_t>(one.clock), &time);
      uint64_t now = static_cast<uint64_t>(time.tv_sec) * k_second + static_cast<uint64_t>(time.tv_nsec);
      remaining = one.timeout > now ? one.timeout - now : 0;
    }
    remaining = std::min(remaining, k_no_clock - 1);
    return 0;
  }

  int prepare_file(const Subscription& one, size_t index) {
    if (one.type != flag::WasiEventType_FD_READ && one.type != flag::WasiEventType_FD_WRITE) return EINVAL;
    Capabilities capabilities;
    files_[index] = thread_.process().fds().get(one.fd, capabilities);
    if (!files_[index]) return EBADF;
    if (!(capabilities.base & POLL_FD_READWRITE)) return ENOTCAPABLE;
    short wanted = one.type == flag::WasiEventType_FD_READ ? POLLIN : POLLOUT;
    pollfds_[index] = {files_[index]->host_fd(), wanted, 0};
    return pollfds_[index].fd < 0 ? ENOTSUP : 0;
  }

  SysResult wait() {
    earliest_ = *std::min_element(remaining_.begin(), remaining_.end());
    uint64_t nanoseconds = events_.empty() ? earliest_ : 0;
    timespec timeout{static_cast<time_t>(nanoseconds / k_second), static_cast<long>(nanoseconds % k_second)};
    int64_t ready =
        SYS_TRY(wait_for_files(thread_, pollfds_, nanoseconds == k_no_clock ? nullptr : &timeout));
    is_timeout_ = ready == 0 && events_.empty();
    return SysResult();
  }

  void report_ready(const Subscription& one, OpenFile& file, short ready) {
    Event event = event_of(one, ready & POLLNVAL ? EBADF : 0);
    event.is_hangup = ready & (POLLHUP | POLLERR);
    SysResult bytes = one.type == flag::WasiEventType_FD_READ ? file.readable_bytes() : SysResult();
    if (bytes.ok()) event.bytes = static_cast<uint64_t>(bytes.value());
    events_.push_back(event);
  }

  /// Those that are over: all up to the one that ended the wait, else those that were from the start.
  void report_clocks() {
    uint64_t elapsed = is_timeout_ ? earliest_ : 0;
    for (size_t i = 0; i < subscriptions_.size(); ++i) {
      if (remaining_[i] != k_no_clock && remaining_[i] <= elapsed) {
        events_.push_back(event_of(subscriptions_[i], 0));
      }
    }
  }

  Thread& thread_;
  const std::vector<Subscription>& subscriptions_;
  std::vector<FileRef> files_;
  std::vector<pollfd> pollfds_;      // one per subscription; fd -1 for clocks and errors
  std::vector<uint64_t> remaining_;  // one per subscription: nanoseconds from the start, or k_no_clock
  std::vector<Event> events_;
  uint64_t earliest_ = k_no_clock;
  bool is_timeout_ = false;
};

}  // namespace

SysResult poll_oneoff(Thread& thread, PollLists& lists, Out<uint32_t>& count) {
  Poll poll(thread, lists.subscriptions);
  SYS_TRY(poll.run());
  SYS_TRY(lists.put(poll.events()));
  return count.put(static_cast<uint32_t>(poll.events().size()));
}

}  // namespace lindvm::wasi
