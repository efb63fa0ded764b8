// What the address map is told about pages that stay where they are: madvise(2), msync(2), mincore(2) and the
// mlock(2) family.

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "memory/address_map_parts.h"
#include "memory/os/host_pages.h"

namespace lindvm {
namespace {

enum class AdviceRule : uint8_t {
  any,           ///< all areas
  in_order,      ///< all areas up to the first hole
  unlocked,      ///< not of locked pages
  private_zero,  ///< private pages without a file, not locked
  zero,          ///< private pages without a file
  shared_file,   ///< file pages, not locked; the host knows whether they may be written
  refused,       ///< the host's administrator only
};

/// One row per advice: whom it may be given for, which area flags it clears and sets, and whether the host is
/// to know.
struct Advice {
  int advice;
  AdviceRule rule;
  uint32_t clears;
  uint32_t sets;
  bool tells_host;
};

constexpr uint32_t k_read_order = k_area_random | k_area_sequential;
constexpr uint32_t k_page_size = k_area_huge_pages | k_area_small_pages;
constexpr Advice k_advice[] = {
    {MADV_NORMAL, AdviceRule::any, k_read_order, 0, true},
    {MADV_RANDOM, AdviceRule::any, k_read_order, k_area_random, true},
    {MADV_SEQUENTIAL, AdviceRule::any, k_read_order, k_area_sequential, true},
    {MADV_WILLNEED, AdviceRule::any, 0, 0, true},
    {MADV_DONTNEED, AdviceRule::unlocked, 0, 0, true},
    {MADV_FREE, AdviceRule::private_zero, 0, 0, true},
    {MADV_REMOVE, AdviceRule::shared_file, 0, 0, true},
    {MADV_DONTFORK, AdviceRule::any, 0, k_area_no_fork, false},
    {MADV_DOFORK, AdviceRule::any, k_area_no_fork, 0, false},
    {MADV_HUGEPAGE, AdviceRule::any, k_page_size, k_area_huge_pages, true},
    {MADV_NOHUGEPAGE, AdviceRule::any, k_page_size, k_area_small_pages, true},
    {MADV_DONTDUMP, AdviceRule::any, 0, k_area_no_dump, false},
    {MADV_DODUMP, AdviceRule::any, k_area_no_dump, 0, false},
    {MADV_WIPEONFORK, AdviceRule::zero, 0, k_area_wipe_on_fork, false},
    {MADV_KEEPONFORK, AdviceRule::any, k_area_wipe_on_fork, 0, false},
    {MADV_COLD, AdviceRule::unlocked, 0, 0, true},
    {MADV_PAGEOUT, AdviceRule::unlocked, 0, 0, true},
    {MADV_POPULATE_READ, AdviceRule::in_order, 0, 0, true},
    {MADV_POPULATE_WRITE, AdviceRule::in_order, 0, 0, true},
    {24 /* MADV_DONTNEED_LOCKED */, AdviceRule::any, 0, 0, true},
    {25 /* MADV_COLLAPSE */, AdviceRule::any, 0, 0, true},
    {MADV_HWPOISON, AdviceRule::refused, 0, 0, false},
    {101 /* MADV_SOFT_OFFLINE */, AdviceRule::refused, 0, 0, false},
};

const Advice* find_advice(int advice) {
  auto found = std::find_if(std::begin(k_advice), std::end(k_advice),
                            [&](const Advice& row) { return row.advice == advice; });
  return found != std::end(k_advice) ? found : nullptr;
}

int check_rule(AdviceRule rule, const Area& area) {
  bool is_locked = area.flags & k_area_locked;
  bool is_zero = !area.is_shared() && !area.has_file();
  switch (rule) {
    case AdviceRule::any:
    case AdviceRule::in_order:
      return 0;
    case AdviceRule::unlocked:
      return is_locked ? -EINVAL : 0;
    case AdviceRule::private_zero:
      return is_locked || !is_zero ? -EINVAL : 0;
    case AdviceRule::zero:
      return is_zero ? 0 : -EINVAL;
    case AdviceRule::shared_file:
      if (is_locked || !area.has_file()) return -EINVAL;
      return area.is_shared() ? 0 : -EACCES;
    case AdviceRule::refused:
      return -EPERM;
  }
  return -EINVAL;
}

constexpr uint32_t k_sync_flags = MS_ASYNC | MS_INVALIDATE | MS_SYNC;
constexpr uint32_t k_lock_all_flags = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;

/// The pages that mlock and munlock mean. Lengths are rounded up in 32 bits, as a 32-bit kernel does it.
int lock_bounds(uint64_t& begin, uint64_t length, uint64_t& end) {
  length = page_up(length + begin % k_guest_page) & UINT32_MAX;
  begin &= ~(k_guest_page - 1);
  end = begin + length;
  return end > UINT32_MAX ? -EINVAL : 0;
}

uint32_t area_lock_flags(bool on_fault) {
  return k_area_locked | (on_fault ? uint32_t{k_area_locked_on_fault} : 0);
}

}  // namespace

int AddressMap::advise(uint64_t begin, uint64_t length, int advice) {
  const Advice* row = find_advice(advice);
  if (!row || begin % k_guest_page != 0) return -EINVAL;
  if (row->rule == AdviceRule::refused) return -EPERM;
  if (length > UINT32_MAX || page_up(length) > (uint64_t{1} << 32) - begin) return -EINVAL;
  Holes holes = row->rule == AdviceRule::in_order ? Holes::stop : Holes::skip;
  std::lock_guard lock(mutex_);
  return visit(begin, begin + page_up(length), holes, [&](const Area& area) {
    if (int error = check_rule(row->rule, area); error != 0) return error;
    bool changes = ((area.flags & ~row->clears) | row->sets) != area.flags;
    if (changes && !has_room_for_mappings(2)) return -ENOMEM;
    if (row->tells_host) {
      if (int error = host_pages::advise(host(area.begin), area.bytes(), advice); error != 0) return error;
    }
    if (changes) {
      areas_.change(area.begin, area.end,
                    [&](Area& changed) { changed.flags = (changed.flags & ~row->clears) | row->sets; });
      note_usage();
    }
    return 0;
  });
}

int AddressMap::sync(uint64_t begin, uint64_t length, uint32_t flags) {
  if (flags & ~k_sync_flags || begin % k_guest_page != 0) return -EINVAL;
  if (flags & MS_ASYNC && flags & MS_SYNC) return -EINVAL;
  uint64_t end = 0;
  if (int error = check_place(begin, length, end); error != 0) return error;
  std::vector<Area> to_write;
  int result;
  {
    std::lock_guard lock(mutex_);
    result = visit(begin, end, Holes::skip, [&](const Area& area) {
      if (flags & MS_INVALIDATE && area.flags & k_area_locked) return -EBUSY;
      if (area.is_shared()) to_write.push_back(area);
      return 0;
    });
  }
  if (result == -EBUSY) return result;
  // Writing may take long, so that is done without the lock; pages that go away meanwhile need no writing.
  for (const Area& area : to_write) {
    int error = host_pages::sync(host(area.begin), area.bytes(), static_cast<int>(flags));
    if (error != 0 && error != -ENOMEM) return error;
  }
  return result;
}

int AddressMap::residency(uint64_t begin, uint64_t length, std::span<uint8_t> pages) {
  if (begin % k_guest_page != 0) return -EINVAL;
  uint64_t end = 0;
  if (int error = check_place(begin, length, end); error != 0) return error;
  end = std::min(end, begin + pages.size() * k_guest_page);
  std::lock_guard lock(mutex_);
  return visit(begin, end, Holes::stop, [&](const Area& area) {
    uint8_t* first = pages.data() + (area.begin - begin) / k_guest_page;
    return host_pages::residency(host(area.begin), area.bytes(), first);
  });
}

int AddressMap::lock(uint64_t begin, uint64_t length, uint32_t flags) {
  if (flags & ~uint32_t{MLOCK_ONFAULT}) return -EINVAL;
  std::lock_guard lock(mutex_);
  if (limits_.locked == 0) return -EPERM;
  uint64_t end = 0, newly_locked = 0;
  int error = lock_bounds(begin, length, end);
  if (end - begin > limits_.locked) return -ENOMEM;
  if (error != 0 || begin == end) return error;
  for (const Area& area : areas_.within(begin, end)) {
    if (!(area.flags & k_area_locked)) newly_locked += area.bytes();
  }
  if (areas_.totals().locked + newly_locked > limits_.locked) return -ENOMEM;
  return lock_range(begin, end, area_lock_flags(flags & MLOCK_ONFAULT));
}

int AddressMap::lock_range(uint64_t begin, uint64_t end, uint32_t lock_flags) {
  return visit(begin, end, Holes::stop, [&](const Area& area) {
    if (!has_room_for_mappings(2)) return -ENOMEM;
    bool on_fault = lock_flags & k_area_locked_on_fault;
    if (host_pages::lock(host(area.begin), area.bytes(), on_fault) != 0) {
      host_pages::unlock(host(area.begin), area.bytes());
      return -ENOMEM;
    }
    areas_.change(area.begin, area.end,
                  [&](Area& locked) { locked.flags = (locked.flags & ~k_area_lock_mask) | lock_flags; });
    note_usage();
    return 0;
  });
}

int AddressMap::unlock(uint64_t begin, uint64_t length) {
  uint64_t end = 0;
  if (int error = lock_bounds(begin, length, end); error != 0) return error;
  std::lock_guard lock(mutex_);
  return visit(begin, end, Holes::stop, [&](const Area& area) {
    if (!(area.flags & k_area_locked)) return 0;
    if (!has_room_for_mappings(2)) return -ENOMEM;
    host_pages::unlock(host(area.begin), area.bytes());
    areas_.change(area.begin, area.end, [](Area& unlocked) { unlocked.flags &= ~k_area_lock_mask; });
    note_usage();
    return 0;
  });
}

int AddressMap::lock_all(uint32_t flags) {
  if (flags == 0 || flags & ~k_lock_all_flags || flags == MCL_ONFAULT) return -EINVAL;
  std::lock_guard lock(mutex_);
  if (limits_.locked == 0) return -EPERM;
  if (flags & MCL_CURRENT && areas_.totals().mapped > limits_.locked) return -ENOMEM;
  uint32_t lock_flags = area_lock_flags(flags & MCL_ONFAULT);
  lock_future_ = flags & MCL_FUTURE ? lock_flags : 0;
  if (!(flags & MCL_CURRENT)) return 0;
  // Linux answers no error for areas whose pages cannot all be brought in.
  for (const Area& area : areas_.within(0, end_)) lock_range(area.begin, area.end, lock_flags);
  return 0;
}

int AddressMap::unlock_all() {
  std::lock_guard lock(mutex_);
  lock_future_ = 0;
  for (const Area& area : areas_.within(0, end_)) {
    if (!(area.flags & k_area_locked)) continue;
    host_pages::unlock(host(area.begin), area.bytes());
    areas_.change(area.begin, area.end, [](Area& unlocked) { unlocked.flags &= ~k_area_lock_mask; });
  }
  note_usage();
  return 0;
}

}  // namespace lindvm
