#pragma once
// Which locals live in registers where. Each loop is a region with a set of *pins*: registers that hold the
// locals the loop uses most. What a pin holds at a point of the code is its PinState: whether the register
// has the local's value, and whether the local's slot lacks it. One compilation, one thread.

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "jit/baseline/scan.h"
#include "jit/registers.h"
#include "vm/types/types.h"

namespace lindvm::jit {

inline constexpr unsigned k_max_pins = 16;
inline constexpr uint32_t k_no_local = ~0u;

/// A set of pins, by number.
using PinSet = uint32_t;

struct PinState {
  PinSet valid = 0;  ///< the register holds the local's value
  PinSet dirty = 0;  ///< its slot does not; a subset of valid
};

/// What the compiler knows of a local.
struct Local {
  uint32_t slot = 0;
  uint32_t references = 0;  ///< entries of the operand stack that name it
  ValKind kind{};
  int8_t pin = -1;  ///< in the present region, -1: none
};

struct Region {
  std::array<uint32_t, k_max_pins> local;  ///< by pin, k_no_local if unused
  PinSet used = 0;                         ///< pins with a local
  PinSet assigned = 0;                     ///< those whose local is assigned in the region
  PinSet eager = 0;                        ///< those to be valid at a loop's head
  Region() { local.fill(k_no_local); }
};

/// The pins that have the same local in both.
inline PinSet common_pins(const Region& a, const Region& b) {
  PinSet same = 0;
  for (unsigned pin = 0; pin < k_max_pins; ++pin) same |= PinSet{a.local[pin] == b.local[pin]} << pin;
  return same & a.used;
}

/// Chooses the pins of regions. Pins [0, integers) are general-purpose registers, the others vector
/// registers.
class RegionPlanner {
 public:
  RegionPlanner(unsigned integers, unsigned vectors) : integers_(integers), vectors_(vectors) {}

  /// For the uses [first, last) of a scan: those in loops nested inside count more. Locals pinned in `outer`
  /// keep their register.
  Region plan(const Scan& scan, uint32_t first, uint32_t last, uint32_t depth, const Region* outer,
              std::span<const Local> locals, bool has_calls);

 private:
  struct Candidate {
    uint32_t local;
    uint32_t weight;
  };
  struct Use {
    uint32_t weight = 0;
    uint32_t is_assigned = 0;
  };
  void add(std::span<const LocalUse> uses, uint32_t weight);
  void weigh(const Scan& scan, uint32_t first, uint32_t last, uint32_t depth, uint32_t locals);
  void choose(Region& region, std::vector<Candidate>& candidates, unsigned first_pin, unsigned count,
              const Region* outer);

  unsigned integers_, vectors_;
  std::vector<Use> uses_of_;       // by local; zero between calls
  std::vector<uint32_t> touched_;  // the locals with a weight; one more than there are locals
  uint32_t touched_count_ = 0;
  std::vector<Candidate> ints_, floats_;
};

}  // namespace lindvm::jit
