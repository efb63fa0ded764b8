#include "syscalls/table/arguments_wait.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lindvm {
namespace {

/// Of a signal set, as Linux's calls have it.
constexpr uint32_t k_mask_bytes = 8;

void print_pollfd(TraceText& text, const pollfd& item) {
  fmt::format_to(std::back_inserter(text.text()), "{{fd={}, events=", item.fd);
  text.flags(FlagSet::PollEvents, static_cast<uint16_t>(item.events));
  if (item.revents) {
    text.raw(", revents=");
    text.flags(FlagSet::PollEvents, static_cast<uint16_t>(item.revents));
  }
  text.raw("}");
}

}  // namespace

void OptionalTime::print(TraceText& text) const {
  if (!is_given()) return text.raw("NULL");
  fmt::format_to(std::back_inserter(text.text()), "{{tv_sec={}, tv_nsec={}}}", value_.tv_sec, value_.tv_nsec);
}

int WaitMask::load_mask(const CallSpace& space, uint32_t size) {
  if (address_ == 0) return 0;
  if (size != k_mask_bytes) return EINVAL;
  return space.memory && copy_in(&bits_, *space.memory, address_, sizeof bits_) ? 0 : EFAULT;
}

void WaitMask::print(TraceText& text) const {
  if (!is_given()) return text.raw("NULL, 8");
  text.raw("[");
  bool is_first = true;
  for (int signal = 1; signal <= 64; ++signal) {
    if (!(bits_ >> (signal - 1) & 1)) continue;
    fmt::format_to(std::back_inserter(text.text()), "{}{}", is_first ? "" : " ", signal);
    is_first = false;
  }
  text.raw("], 8");
}

void PollList::print(TraceText& text) const {
  text.raw("[");
  for (uint32_t i = 0; i < count_ && i < TraceText::k_max_elements; ++i) {
    pollfd item{};
    if (!copy_in(&item, *memory_, address_ + i * sizeof item, sizeof item)) break;
    if (i) text.raw(", ");
    print_pollfd(text, item);
  }
  text.raw(count_ > TraceText::k_max_elements ? ", ...], " : "], ");
  text.unsigned_number(count_);
}

int FdSets::load_sets(const CallSpace& space, int32_t end) {
  if (end < 0) return EINVAL;
  end_ = std::min(static_cast<uint32_t>(end), space.thread.process().fds().limit());
  memory_ = space.memory;
  for (uint32_t set = 0; set < k_sets; ++set) {
    if (addresses_[set] == 0) continue;
    words_[set].resize((end_ + k_bits - 1) / k_bits);
    size_t bytes = words_[set].size() * sizeof(uint32_t);
    if (!memory_ || !copy_in(words_[set].data(), *memory_, addresses_[set], bytes)) return EFAULT;
    // What is beyond the end counts for nothing.
    if (end_ % k_bits) words_[set].back() &= (uint32_t{1} << end_ % k_bits) - 1;
  }
  return 0;
}

uint32_t FdSets::any(uint32_t word) const {
  uint32_t bits = 0;
  for (const std::vector<uint32_t>& words : words_) bits |= words.empty() ? 0 : words[word];
  return bits;
}

void FdSets::keep_none() {
  for (std::vector<uint32_t>& words : words_) std::fill(words.begin(), words.end(), 0);
}

SysResult FdSets::put() const {
  for (uint32_t set = 0; set < k_sets; ++set) {
    size_t bytes = words_[set].size() * sizeof(uint32_t);
    if (bytes && !copy_out(*memory_, addresses_[set], words_[set].data(), bytes)) {
      return SysResult::error(EFAULT);
    }
  }
  return SysResult();
}

void FdSets::print(TraceText& text) const {
  text.unsigned_number(end_);
  for (uint32_t set = 0; set < k_sets; ++set) {
    text.raw(", ");
    if (addresses_[set] == 0) {
      text.raw("NULL");
      continue;
    }
    text.raw("[");
    bool is_first = true;
    for (uint32_t fd = 0; fd < end_; ++fd) {
      if (!has(set, fd)) continue;
      fmt::format_to(std::back_inserter(text.text()), "{}{}", is_first ? "" : " ", fd);
      is_first = false;
    }
    text.raw("]");
  }
}

void print_value(TraceText& text, const EpollEvent& event) {
  text.raw("{events=");
  text.flags(FlagSet::EpollEvents, event.events);
  fmt::format_to(std::back_inserter(text.text()), ", data={{u32={}, u64={}}}}}",
                 static_cast<uint32_t>(event.data), event.data);
}

void EpollChange::print(TraceText& text) const {
  text.choice(FlagSet::EpollOperations, operation_);
  text.raw(", ");
  text.number(static_cast<int32_t>(fd_));
  text.raw(", ");
  if (operation_ == flag::EpollOperations_EPOLL_CTL_DEL) {
    text.address(address_);
  } else {
    print_value(text, event_);
  }
}

SysResult EpollEventsOut::put(std::span<const EpollEvent> events) {
  count_ = events.size();
  for (size_t i = 0; i < events.size(); ++i) {
    if (!store_(*this, i, events[i])) return SysResult::error(EFAULT);
  }
  return SysResult();
}

void EpollEventsOut::print(TraceText& text) const {
  text.address(address_);
  fmt::format_to(std::back_inserter(text.text()), " /* {} events */, {}", count_, capacity_);
}

}  // namespace lindvm
