#include "vm/runtime/verify.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "memory/linear_memory.h"
#include "vm/runtime/store.h"

extern "C" char end;  // first byte after the program's data, where the heap begins

namespace lindvm {
namespace {

struct AddressRange {
  uint64_t begin = 0;
  uint64_t end = 0;
  const char* target = nullptr;
};

/// Everything of the thread's store that has an address, sorted.
class Ranges {
 public:
  explicit Ranges(ThreadContext& thread) {
    Store& store = thread.store();
    add(thread.stack.limit(), thread.stack.top(), "guest stack");
    add(&thread, &thread + 1, "thread context");
    for (uint32_t i = 0; i < store.instance_count(); ++i) {
      Instance& instance = store.instance(i);
      InstanceContext& block = thread.instance_context(i);
      add(&block, block.global_cells + instance.globals().size(), "instance context");
      for (uint32_t m = 0; m < instance.memory_count(); ++m) {
        LinearMemory& memory = instance.memory(m);
        add(memory.base(), memory.base() + std::max<uint64_t>(memory.size_bytes(), 1), "linear memory");
      }
      for (uint32_t t = 0; t < instance.table_count(); ++t) {
        const Table& table = instance.table(t);
        add(table.entries, table.entries + table.size, "table");
      }
    }
    add(&::end, sbrk(0), "host heap");
    std::sort(ranges_.begin(), ranges_.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  }

  /// Ranges may nest (blocks lie in the heap), so that the nearest one need not be the one.
  const char* find(uint64_t word) const {
    auto next =
        std::upper_bound(ranges_.begin(), ranges_.end(), word,
                         [](uint64_t value, const AddressRange& range) { return value < range.begin; });
    while (next != ranges_.begin()) {
      --next;
      if (word < next->end) return next->target;
    }
    return nullptr;
  }

 private:
  void add(const void* begin, const void* past, const char* target) {
    ranges_.push_back({reinterpret_cast<uint64_t>(begin), reinterpret_cast<uint64_t>(past), target});
  }

  std::vector<AddressRange> ranges_;
};

}  // namespace

std::optional<ForbiddenWord> find_forbidden_word(ThreadContext& thread, const uint64_t* low,
                                                 const uint64_t* high) {
  constexpr uint64_t k_lowest_address = 0x10000;
  Ranges ranges(thread);
  for (const uint64_t* slot = low; slot < high; ++slot) {
    uint64_t word = *slot;
    if (word < k_lowest_address || word >> 47) continue;
    const char* target = ranges.find(word);
    if (!target) continue;
    if (CompiledModule::find_translation_of(reinterpret_cast<const Instr*>(word)))
      continue;  // a return address
    return ForbiddenWord{slot, word, target};
  }
  return std::nullopt;
}

std::string to_text(const ForbiddenWord& found, const uint64_t* low) {
  return fmt::format("stack word {} ({:#x}) points into a {}", found.slot - low, found.word, found.target);
}

}  // namespace lindvm
