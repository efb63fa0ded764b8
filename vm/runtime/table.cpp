#include "vm/runtime/table.h"

#include <algorithm>

namespace lindvm {
namespace {

constexpr uint64_t k_failed = ~uint64_t{0};

uint64_t page_up(uint64_t bytes) { return (bytes + k_host_page - 1) & ~uint64_t{k_host_page - 1}; }

}  // namespace

bool Table::holds_functions() const { return top_of(element_type.heap()) == HeapKind::func; }

uint64_t Table::grow(uint64_t delta, const TableEntry& fill) {
  uint64_t old_size = size;
  if (delta > maximum - old_size) return k_failed;
  uint64_t committed = page_up(old_size * sizeof(TableEntry));
  uint64_t needed = page_up((old_size + delta) * sizeof(TableEntry));
  if (needed > committed && !storage.commit(committed, needed - committed)) return k_failed;
  // Fresh pages read as null entries; entries are never un-committed, so that nothing else needs writing.
  if (fill.ref != 0) std::fill_n(entries + old_size, delta, fill);
  size = old_size + delta;
  return old_size;
}

}  // namespace lindvm
