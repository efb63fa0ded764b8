// Waiting for files: poll, select and epoll. The host waits on the host descriptors behind the guest's
// numbers; a file without one is always ready, as regular files are.

#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <vector>

#include "syscalls/kernel/blocking.h"
#include "syscalls/kernel/epoll_file.h"
#include "syscalls/table/syscalls.h"

namespace lindvm {
namespace {

/// An array that needs no allocation while it is small.
template <class T, size_t N>
class Scratch {
 public:
  explicit Scratch(size_t count) : count_(count) {
    if (count > N) many_ = std::make_unique_for_overwrite<T[]>(count);
  }
  T* data() { return many_ ? many_.get() : few_.data(); }
  T& operator[](size_t index) { return data()[index]; }
  size_t size() const { return count_; }

 private:
  size_t count_;
  std::array<T, N> few_{};
  std::unique_ptr<T[]> many_;
};

constexpr size_t k_few = 16;

/// Waits with another signal mask, if one is given. A wait that a signal ended is not made again.
template <class Wait>
SysResult with_mask(Thread& thread, const WaitMask& mask, Wait&& wait) {
  SignalSet bits = mask.bits();
  TemporaryMask temporary(thread, mask.is_given() ? &bits : nullptr);
  return temporary.finish(never_again(thread, wait()));
}

/// Host descriptors to wait for, with the files behind them held until the wait is over.
class Waiter {
 public:
  explicit Waiter(size_t count) : items_(count), files_(count) {}

  /// Item `index` waits for `events` of what a guest's number stands for; false if it stands for nothing.
  bool watch(size_t index, const FdTable& fds, int fd, short events) {
    files_[index] = fds.hold(static_cast<uint32_t>(fd));
    if (!files_[index]) return false;
    int host_fd = files_[index]->host_fd();
    if (host_fd < 0) {
      settle(index, events & (POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM));
    } else {
      items_[index] = {host_fd, events, 0};
    }
    return true;
  }
  /// Item `index` waits for nothing, and its answer is these events.
  void settle(size_t index, short events) {
    items_[index] = {-1, events, 0};
    settled_ += events != 0;
  }

  SysResult wait(Thread& thread, const OptionalTime& timeout, const WaitMask& mask) {
    timespec left = settled_ ? timespec{} : timeout.value();
    bool has_end = settled_ || timeout.is_given();
    SysResult result = with_mask(thread, mask, [&] {
      return blocking_call(thread, SYS_ppoll, items_.data(), items_.size(), has_end ? &left : nullptr,
                           nullptr, 0);
    });
    if (!settled_) timeout.put(left);
    return result.ok() ? SysResult(result.value() + settled_) : result;
  }

  short events(size_t index) { return items_[index].fd < 0 ? items_[index].events : items_[index].revents; }

 private:
  Scratch<pollfd, k_few> items_;
  Scratch<FileHold, k_few> files_;
  int64_t settled_ = 0;
};

/// What select's sets ask of poll, and which of its answers count for which set.
struct SelectSet {
  short wanted;
  short counting;
};
constexpr SelectSet k_select_sets[FdSets::k_sets] = {
    {POLLIN | POLLRDNORM | POLLRDBAND, POLLIN | POLLRDNORM | POLLRDBAND | POLLHUP | POLLERR},
    {POLLOUT | POLLWRNORM | POLLWRBAND, POLLOUT | POLLWRNORM | POLLWRBAND | POLLERR},
    {POLLPRI, POLLPRI},
};

std::vector<uint32_t> numbers_in(const FdSets& sets) {
  std::vector<uint32_t> numbers;
  for (uint32_t word = 0; word * FdSets::k_bits < sets.end(); ++word) {
    for (uint32_t bits = sets.any(word); bits; bits &= bits - 1) {
      numbers.push_back(word * FdSets::k_bits + static_cast<uint32_t>(std::countr_zero(bits)));
    }
  }
  return numbers;
}

short wanted_of(const FdSets& sets, uint32_t fd) {
  short wanted = 0;
  for (uint32_t set = 0; set < FdSets::k_sets; ++set) {
    if (sets.has(set, fd)) wanted |= k_select_sets[set].wanted;
  }
  return wanted;
}

/// Adds what is ready of one descriptor; answers how many sets that makes.
int64_t add_ready(const FdSets& asked, FdSets& ready, uint32_t fd, short events) {
  int64_t count = 0;
  for (uint32_t set = 0; set < FdSets::k_sets; ++set) {
    if (!asked.has(set, fd) || !(events & k_select_sets[set].counting)) continue;
    ready.add(set, fd);
    ++count;
  }
  return count;
}

SysResult epoll_of(const Fd& fd, EpollFile*& epoll) {
  epoll = dynamic_cast<EpollFile*>(fd.file.get());
  return epoll ? SysResult() : SysResult::error(EINVAL);
}

/// Room for what one wait can answer: more than this many events come at the next.
constexpr int32_t k_most_events = 65536;

template <class Wait>
SysResult wait_for_epoll(Thread& thread, const Fd& fd, EpollEventsOut& events, const WaitMask& mask,
                         Wait&& wait) {
  EpollFile* epoll = nullptr;
  SYS_TRY(epoll_of(fd, epoll));
  Scratch<epoll_event, k_few> host(static_cast<size_t>(std::min(events.capacity(), k_most_events)));
  int64_t count = SYS_TRY(with_mask(thread, mask, [&] { return wait(epoll->host_fd(), host); }));
  Scratch<EpollEvent, k_few> ready(static_cast<size_t>(count));
  for (size_t i = 0; i < ready.size(); ++i) ready[i] = {host[i].events, host[i].data.u64};
  SYS_TRY(events.put({ready.data(), ready.size()}));
  return SysResult(count);
}

}  // namespace

SysResult sys_ppoll_time64(Thread& thread, PollList& list, const OptionalTime& timeout,
                           const WaitMask& mask) {
  const FdTable& fds = thread.process().fds();
  if (list.count() > fds.limit()) return SysResult::error(EINVAL);
  Scratch<pollfd, k_few> asked(list.count());
  if (!list.read(asked.data())) return SysResult::error(EFAULT);
  Waiter waiter(list.count());
  for (uint32_t i = 0; i < list.count(); ++i) {
    bool is_open = asked[i].fd < 0 || waiter.watch(i, fds, asked[i].fd, asked[i].events);
    if (asked[i].fd < 0 || !is_open) waiter.settle(i, is_open ? 0 : POLLNVAL);
  }
  int64_t ready = SYS_TRY(waiter.wait(thread, timeout, mask));
  for (uint32_t i = 0; i < list.count(); ++i) {
    if (!list.put_events(i, waiter.events(i))) return SysResult::error(EFAULT);
  }
  return SysResult(ready);
}

SysResult sys_pselect6_time64(Thread& thread, FdSets& sets, const OptionalTime& timeout,
                              const WaitMaskRecord& mask) {
  std::vector<uint32_t> numbers = numbers_in(sets);
  Waiter waiter(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    bool is_open =
        waiter.watch(i, thread.process().fds(), static_cast<int>(numbers[i]), wanted_of(sets, numbers[i]));
    if (!is_open) return SysResult::error(EBADF);
  }
  SYS_TRY(waiter.wait(thread, timeout, mask));
  FdSets asked = sets;
  sets.keep_none();
  int64_t count = 0;
  for (size_t i = 0; i < numbers.size(); ++i) count += add_ready(asked, sets, numbers[i], waiter.events(i));
  SYS_TRY(sets.put());
  return SysResult(count);
}

SysResult sys_epoll_create1(Thread& thread, const Flags<FlagSet::EpollCreateFlags>& flags) {
  if (flags.bits & ~flags.k_known) return SysResult::error(EINVAL);
  OwnedFd fd(epoll_create1(EPOLL_CLOEXEC));
  if (!fd) return SysResult::of_host(-1);
  bool closes_on_exec = flags.has(flag::EpollCreateFlags_EPOLL_CLOEXEC);
  return thread.process().fds().add({std::make_shared<EpollFile>(std::move(fd)), {}, {}, closes_on_exec});
}

SysResult sys_epoll_ctl(Thread& thread, const Fd& fd, const EpollChange& change) {
  FileRef target = thread.process().fds().get(change.fd());
  if (!target) return SysResult::error(EBADF);
  EpollFile* epoll = nullptr;
  SYS_TRY(epoll_of(fd, epoll));
  if (target.get() == epoll) return SysResult::error(EINVAL);
  const EpollEvent& event = change.event();
  switch (change.operation()) {
    case EPOLL_CTL_ADD:
      return epoll->add(change.fd(), target, event.events, event.data);
    case EPOLL_CTL_MOD:
      return epoll->modify(change.fd(), *target, event.events, event.data);
    case EPOLL_CTL_DEL:
      return epoll->remove(change.fd(), *target);
  }
  return SysResult::error(EINVAL);
}

SysResult sys_epoll_pwait(Thread& thread, const Fd& fd, EpollEventsOut& events,
                          const Scalar<int32_t>& timeout, const WaitMask& mask) {
  return wait_for_epoll(thread, fd, events, mask, [&](int host_fd, auto& host) {
    return blocking_call(thread, SYS_epoll_pwait, host_fd, host.data(), host.size(), timeout.value, nullptr,
                         0);
  });
}

SysResult sys_epoll_pwait2(Thread& thread, const Fd& fd, EpollEventsOut& events, const OptionalTime& timeout,
                           const WaitMask& mask) {
  return wait_for_epoll(thread, fd, events, mask, [&](int host_fd, auto& host) {
    return blocking_call(thread, SYS_epoll_pwait2, host_fd, host.data(), host.size(),
                         timeout.is_given() ? &timeout.value() : nullptr, nullptr, 0);
  });
}

}  // namespace lindvm
