#pragma once
// Values in spec scripts: constants to pass, and patterns that results are compared with (exact bits, the two
// sets of NaNs per lane, references by kind, alternatives). Plain data.

#include <cstdint>
#include <string>
#include <vector>

#include "vm/runtime/value.h"
#include "vm/types/types.h"

namespace lindvm::spec {

/// A number, or one lane of a vector.
struct LanePattern {
  enum class Kind : uint8_t { bits, canonical_nan, arithmetic_nan };
  Kind kind = Kind::bits;
  uint64_t bits = 0;
};

enum class RefPattern : uint8_t {
  null,      ///< the null reference
  non_null,  ///< anything else
  host,      ///< the reference to host value Pattern::host_value
};

struct Pattern {
  ValKind kind{};
  std::string type_name;  ///< as the script writes it, e.g. "externref"
  unsigned lane_bits = 0;
  std::vector<LanePattern> lanes;  ///< one for a scalar
  bool any_value = false;          ///< the script gives the type only
  RefPattern ref{};
  uint64_t host_value = 0;
  std::vector<Pattern> alternatives;  ///< "either": one of them must match
};

/// Does a result fit the pattern?
bool matches(const Pattern& pattern, const Value& value);

/// The constant as an argument of a function's parameter type; the pattern must be exact and of that kind.
Value to_value(const Pattern& pattern, ValType type);

std::string describe(const Pattern& pattern);
std::string describe(const Value& value);

}  // namespace lindvm::spec
