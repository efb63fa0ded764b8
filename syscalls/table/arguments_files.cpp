#include "syscalls/table/arguments_files.h"

#include <fmt/format.h>

#include <iterator>

namespace lindvm {

void OffsetPlace::print(TraceText& text) const {
  int64_t value = 0;
  if (address_ == 0 || !copy_in(&value, *memory_, address_, sizeof value)) return text.address(address_);
  print_value(text, value);
}

void EntriesOut::print(TraceText& text) const {
  text.address(address);
  fmt::format_to(std::back_inserter(text.text()), " /* {} entries */", entries);
  print_size(text);
}

void print_value(TraceText& text, const CacheRange& range) {
  fmt::format_to(std::back_inserter(text.text()), "{{off={}, len={}}}", range.offset, range.length);
}

void print_value(TraceText& text, const CacheCounts& counts) {
  fmt::format_to(std::back_inserter(text.text()),
                 "{{nr_cache={}, nr_dirty={}, nr_writeback={}, nr_evicted={}, nr_recently_evicted={}}}",
                 counts.cached, counts.dirty, counts.under_writeback, counts.evicted,
                 counts.recently_evicted);
}

void print_value(TraceText& text, const FdPair& pair) {
  fmt::format_to(std::back_inserter(text.text()), "[{}, {}]", pair.first, pair.second);
}

}  // namespace lindvm
