#include "syscalls/kernel/pending_signals.h"

#include <algorithm>
#include <bit>

namespace lindvm {

bool PendingSignals::add(const SignalInfo& info) {
  SignalSet bit = signal_bit(info.number);
  if (info.number < k_first_real_time && (bits() & bit)) return true;
  if (queue_.size() >= k_max_queued) return false;
  queue_.push_back(info);
  bits_.store(bits() | bit);
  return true;
}

bool PendingSignals::take(SignalSet set, SignalInfo& info) {
  set &= bits();
  if (set == 0) return false;
  int number = std::countr_zero(set) + 1;
  auto is_it = [number](const SignalInfo& queued) { return queued.number == number; };
  auto first = std::find_if(queue_.begin(), queue_.end(), is_it);
  info = *first;
  queue_.erase(first);
  if (std::none_of(queue_.begin(), queue_.end(), is_it)) bits_.store(bits() & ~signal_bit(number));
  return true;
}

void PendingSignals::remove(SignalSet set) {
  std::erase_if(queue_, [set](const SignalInfo& queued) { return set & signal_bit(queued.number); });
  bits_.store(bits() & ~set);
}

SignalInfo* PendingSignals::find_timer(uint32_t id) {
  for (SignalInfo& queued : queue_) {
    if (queued.code == SI_TIMER && queued.fields[SignalInfo::k_timer] == id) return &queued;
  }
  return nullptr;
}

}  // namespace lindvm
