#pragma once
// Gathers what must not depend on the tier: values, ends of calls, memories. For one thread.

#include <cmath>

#include "conformance/sandbox/run_report.h"
#include "vm/runtime/engine.h"

namespace lindvm::sandbox {

class Digest {
 public:
  /// Into the report's digest; notes there, too, when a limit was hit.
  explicit Digest(RunReport& report) : report_(report) {}

  void add(uint64_t word) {
    report_.digest = (report_.digest ^ word) * 0x9e3779b97f4a7c15u;
    report_.digest ^= report_.digest >> 29;
  }
  /// References are handles, which are numbered as they come; which NaN an operation answers is open.
  void add(const Value& value) {
    if (value.type.is_ref()) return add(value.as<uint64_t>() != 0);
    if (value.type == k_f32 && std::isnan(value.as<float>())) return add(1);
    if (value.type == k_f64 && std::isnan(value.as<double>())) return add(2);
    add(value.type == k_i32 || value.type == k_f32 ? value.as<uint32_t>() : value.as<uint64_t>());
    if (value.type.is_vec()) add(value.bits.lane<uint64_t>(1));
  }
  void add(Store& store, const CallResult& result) {
    add(static_cast<uint64_t>(result.completion));
    if (result.completion == Completion::returned) {
      for (const Value& value : result.results) add(value);
    } else if (result.completion == Completion::trapped) {
      Trap kind = store.main_thread().trap.kind;
      add(static_cast<uint64_t>(kind));
      if (kind == Trap::Interrupted || kind == Trap::CallStackExhausted) report_.hit_limit = true;
    }
  }

 private:
  RunReport& report_;
};

}  // namespace lindvm::sandbox
