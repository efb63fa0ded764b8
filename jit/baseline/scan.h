#pragma once
// A quick look through a function body before it is compiled: which locals are used where. The compiler keeps
// the locals that a loop uses most in registers while in it. Reads validated code; one thread.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "vm/module/module.h"
#include "vm/module/reader.h"

namespace lindvm::jit {

/// A use of a local (local << 1 | is it assigned), in code order.
using LocalUse = uint32_t;

struct ScannedLoop {
  uint32_t wasm_offset = 0;  ///< of the loop instruction, in the module
  uint32_t first_use = 0;    ///< uses [first_use, last_use) are in the loop
  uint32_t last_use = 0;
  uint32_t depth = 0;  ///< 0 for outermost loops
  uint32_t calls = 0;  ///< calls in the loop
};

/// The uses of one function after the other: room is made for all that a body may have, and kept.
class LocalUses {
 public:
  /// Empty, with room for `count`; the uses are written from the address returned on.
  LocalUse* reset(size_t count) {
    if (count > capacity_) {
      capacity_ = 2 * count;
      uses_.reset(new LocalUse[capacity_]);
    }
    size_ = 0;
    return uses_.get();
  }
  void set_size(uint32_t size) { size_ = size; }
  uint32_t size() const { return size_; }
  std::span<const LocalUse> between(uint32_t first, uint32_t last) const {
    return {uses_.get() + first, uses_.get() + last};
  }

 private:
  std::unique_ptr<LocalUse[]> uses_;
  size_t capacity_ = 0;
  uint32_t size_ = 0;
};

struct Scan {
  static constexpr int32_t k_no_loop = -2;
  /// While scanning: an open loop, and the depth that the end of the one around it leads to.
  struct OpenLoop {
    uint32_t index;
    int32_t outer_end_depth;
  };

  LocalUses uses;
  std::vector<ScannedLoop> loops;  ///< in code order
  std::vector<OpenLoop> open_loops;
};

/// Fills `scan` from the body of the function.
void scan_body(const Module& module, const ModuleFunction& function, Scan& scan);

}  // namespace lindvm::jit
