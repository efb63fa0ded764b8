#pragma once
// Argument kinds of the calls that wait for files: poll, select, epoll (see arguments.h). Values live for one
// call on its thread.

#include <poll.h>

#include <optional>
#include <vector>

#include "syscalls/table/arguments.h"

namespace lindvm {

/// A time in the guest's layout that need not be there. `put` gives back what is left of it; a guest that
/// cannot be told is not told, as on Linux.
class OptionalTime : public InputKind {
 public:
  bool is_given() const { return address_ != 0; }
  const timespec& value() const { return value_; }
  void put(const timespec& left) const {
    if (is_given()) store_(*this, left);
  }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    using TimeLayout = Layout<Abi, timespec>;
    address_ = reader.u32();
    memory_ = space.memory;
    store_ = [](const OptionalTime& time, const timespec& left) {
      typename TimeLayout::Guest guest = TimeLayout::to_guest(left);
      (void)copy_out(*time.memory_, time.address_, &guest, sizeof guest);
    };
    if (address_ == 0) return 0;
    typename TimeLayout::Guest guest;
    if (!memory_ || !copy_in(&guest, *memory_, address_, sizeof guest)) return EFAULT;
    value_ = TimeLayout::from_guest(guest);
    return 0;
  }
  void print(TraceText& text) const;

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
  void (*store_)(const OptionalTime&, const timespec&) = nullptr;
  timespec value_{};
};

/// A signal mask for the length of a wait, with its size; optional.
class WaitMask : public InputKind {
 public:
  bool is_given() const { return address_ != 0; }
  uint64_t bits() const { return bits_; }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address_ = reader.u32();
    return load_mask(space, reader.u32());
  }
  void print(TraceText& text) const;

 protected:
  int load_mask(const CallSpace& space, uint32_t size);

  uint32_t address_ = 0;
  uint64_t bits_ = 0;
};

/// The same as pselect6 takes it: the address of address and size.
struct WaitMaskRecord : WaitMask {
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t at = reader.u32();
    if (at == 0) return 0;
    uint32_t guest[2];
    if (!space.memory || !copy_in(guest, *space.memory, at, sizeof guest)) return EFAULT;
    address_ = guest[0];
    return load_mask(space, guest[1]);
  }
};

/// poll's list. The guest's layout is the host's, but the numbers are the guest's.
class PollList : public OutputKind {
 public:
  uint32_t count() const { return count_; }
  /// All of it: `items` has room for `count`.
  [[nodiscard]] bool read(pollfd* items) const {
    return copy_in(items, *memory_, address_, count_ * sizeof(pollfd));
  }
  [[nodiscard]] bool put_events(uint32_t index, short events) const {
    uint64_t at = address_ + index * sizeof(pollfd) + offsetof(pollfd, revents);
    return copy_out(*memory_, at, &events, sizeof events);
  }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address_ = reader.u32();
    count_ = reader.u32();
    memory_ = space.memory;
    if (count_ > FdTable::k_max_fds) return EINVAL;
    return space.covers(address_, count_ * sizeof(pollfd)) ? 0 : EFAULT;
  }
  void print(TraceText& text) const;

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
  uint32_t count_ = 0;
};

/// select's three sets of descriptors.
class FdSets : public OutputKind {
 public:
  static constexpr uint32_t k_sets = 3;
  static constexpr uint32_t k_bits = 32;

  /// Numbers are below it.
  uint32_t end() const { return end_; }
  bool has(uint32_t set, uint32_t fd) const {
    return !words_[set].empty() && (words_[set][fd / k_bits] >> fd % k_bits & 1);
  }
  /// Numbers that are in any set, 32 at a time.
  uint32_t any(uint32_t word) const;
  void keep_none();
  void add(uint32_t set, uint32_t fd) { words_[set][fd / k_bits] |= uint32_t{1} << fd % k_bits; }
  /// EFAULT.
  [[nodiscard]] SysResult put() const;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    auto end = static_cast<int32_t>(reader.u32());
    for (uint32_t& address : addresses_) address = reader.u32();
    return load_sets(space, end);
  }
  void print(TraceText& text) const;

 private:
  int load_sets(const CallSpace& space, int32_t end);

  LinearMemory* memory_ = nullptr;
  uint32_t end_ = 0;
  uint32_t addresses_[k_sets] = {};
  std::vector<uint32_t> words_[k_sets];  // empty for a set that is not given
};

struct EpollEvent {
  uint32_t events = 0;
  uint64_t data = 0;
};
void print_value(TraceText& text, const EpollEvent& event);

/// What epoll_ctl is to do: operation, descriptor, and the event where the operation has one.
class EpollChange : public InputKind {
 public:
  uint32_t operation() const { return operation_; }
  uint32_t fd() const { return fd_; }
  const EpollEvent& event() const { return event_; }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    operation_ = reader.u32();
    fd_ = reader.u32();
    address_ = reader.u32();
    if (operation_ == flag::EpollOperations_EPOLL_CTL_DEL) return 0;
    typename Layout<Abi, EpollEvent>::Guest guest;
    if (!space.memory || !copy_in(&guest, *space.memory, address_, sizeof guest)) return EFAULT;
    event_ = Layout<Abi, EpollEvent>::from_guest(guest);
    return 0;
  }
  void print(TraceText& text) const;

 private:
  uint32_t operation_ = 0;
  uint32_t fd_ = 0;
  uint32_t address_ = 0;
  EpollEvent event_;
};

/// Room for events, and for how many.
class EpollEventsOut : public OutputKind {
 public:
  int32_t capacity() const { return capacity_; }
  /// All of them, from the start: EFAULT.
  [[nodiscard]] SysResult put(std::span<const EpollEvent> events);

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    using Guest = typename Layout<Abi, EpollEvent>::Guest;
    address_ = reader.u32();
    capacity_ = static_cast<int32_t>(reader.u32());
    memory_ = space.memory;
    store_ = [](const EpollEventsOut& out, size_t index, const EpollEvent& event) {
      Guest guest = Layout<Abi, EpollEvent>::to_guest(event);
      return copy_out(*out.memory_, out.address_ + index * sizeof guest, &guest, sizeof guest);
    };
    if (capacity_ <= 0 || capacity_ > static_cast<int32_t>(INT32_MAX / sizeof(Guest))) return EINVAL;
    return space.covers(address_, static_cast<uint64_t>(capacity_) * sizeof(Guest)) ? 0 : EFAULT;
  }
  void print(TraceText& text) const;

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
  int32_t capacity_ = 0;
  bool (*store_)(const EpollEventsOut&, size_t, const EpollEvent&) = nullptr;
  std::vector<EpollEvent> shown_;  // for tracing: the first few
  size_t count_ = 0;
};

namespace columns {
template <Name N>
using optional_time = Arg<OptionalTime, N>;
template <Name N>
using wait_mask = Arg<WaitMask, N>;
template <Name N>
using wait_mask_record = Arg<WaitMaskRecord, N>;
template <Name N>
using poll_list = Arg<PollList, N>;
template <Name N>
using fd_sets = Arg<FdSets, N>;
template <Name N>
using epoll_change = Arg<EpollChange, N>;
template <Name N>
using epoll_events = Arg<EpollEventsOut, N>;
}  // namespace columns

}  // namespace lindvm
