#pragma once
// What validation found out about a module's function bodies, in a form that means the same in every process,
// and who may know it: with it a module that was valid before is loaded without going through its bodies
// again. Plain data; a keeper is asked by any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "vm/module/features.h"
#include "vm/module/module.h"

namespace lindvm {

/// The fields of a defined ModuleFunction that come from its body.
struct BodySummary {
  uint32_t begin = 0, end = 0;  ///< of the body
  uint32_t run_count = 0;
  uint32_t max_operand_slots = 0;
  uint32_t max_control_depth = 0;
  uint32_t flags = 0;
};

/// A LocalRun, whose type refers to the module's types by their index.
struct SummaryRun {
  uint32_t count = 0;
  uint32_t type = 0;
};

struct BodySummaries {
  std::span<const BodySummary> bodies;  ///< of all defined functions
  std::span<const SummaryRun> runs;     ///< of one function after the other
};

/// Remembers modules that were valid.
class BodyKeeper {
 public:
  virtual ~BodyKeeper() = default;
  /// The bodies of the module with exactly these bytes, which was valid with these features; nothing if it is
  /// not known. Both the bytes and the answer stay where they are while the module is being loaded.
  virtual std::optional<BodySummaries> find(std::span<const uint8_t> module, const Features& features) = 0;
};

/// The process's keeper, or null. Set before the first module is loaded.
BodyKeeper* body_keeper();
void set_body_keeper(BodyKeeper* keeper);

/// Owns what BodySummaries refers to.
struct OwnedSummaries {
  std::vector<BodySummary> bodies;
  std::vector<SummaryRun> runs;
};
OwnedSummaries summarise_bodies(const Module& module);

/// Fills the functions and runs of a module whose other sections up to the code are decoded. False if the
/// summaries do not fit the module, which is unchanged then.
bool adopt_bodies(const BodySummaries& known, const Module& module, ByteRange code_section,
                  std::span<ModuleFunction> defined, std::vector<LocalRun>& runs);

}  // namespace lindvm
