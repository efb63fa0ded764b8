#include "vm/module/known_bodies.h"

#include <algorithm>
#include <unordered_map>

namespace lindvm {
namespace {

BodyKeeper* g_keeper = nullptr;

enum Flag : uint32_t { k_loops = 1, k_calls = 2, k_tail_calls = 4, k_handlers = 8 };

uint32_t flags_of(const ModuleFunction& function) {
  return (function.has_loops ? k_loops : 0u) | (function.has_calls ? k_calls : 0u) |
         (function.has_tail_calls ? k_tail_calls : 0u) | (function.has_handlers ? k_handlers : 0u);
}

/// A value type in which the number of a defined type is replaced.
ValType with_type(ValType type, uint32_t number) {
  return ValType::ref(HeapType(TypeId{number}), type.is_nullable());
}

using TypeIndices = std::unordered_map<uint32_t, uint32_t>;

TypeIndices type_indices(const Module& module) {
  TypeIndices indices;
  for (uint32_t i = 0; i < module.types().size(); ++i) {
    indices.try_emplace(static_cast<uint32_t>(module.types()[i]), i);
  }
  return indices;
}

uint32_t portable_bits(ValType type, const TypeIndices& indices) {
  if (!type.is_concrete()) return type.bits();
  return with_type(type, indices.at(static_cast<uint32_t>(type.heap().type_id()))).bits();
}

/// Nothing if the bits are no type of the module.
std::optional<ValType> own_type(uint32_t bits, const Module& module) {
  ValType type = ValType::from_bits(bits);
  if (type.kind() < ValKind::i32 || type.kind() > ValKind::ref || type.is_group_relative()) return {};
  if (!type.is_concrete()) {
    bool is_known = !type.is_ref() || bits >> 6 <= static_cast<uint32_t>(HeapKind::noexn);
    return is_known ? std::optional(type) : std::nullopt;
  }
  auto index = static_cast<uint32_t>(type.heap().type_id());
  if (index >= module.types().size()) return {};
  return with_type(type, static_cast<uint32_t>(module.types()[index]));
}

/// Are the bodies as many as the functions, one behind the other within the section, with all runs used?
bool fit(const BodySummaries& known, ByteRange section, size_t functions) {
  uint64_t position = section.begin, runs = 0;
  for (const BodySummary& body : known.bodies) {
    if (body.begin < position || body.end <= body.begin || body.end > section.end) return false;
    position = body.end;
    runs += body.run_count;
  }
  return known.bodies.size() == functions && runs == known.runs.size();
}

void adopt(const BodySummary& body, uint32_t first_run, std::span<const LocalRun> runs,
           ModuleFunction& function) {
  for (const LocalRun& run : runs) {
    function.local_slots += run.count * slot_count(run.type);
    function.local_count += run.count;
  }
  function.body = {body.begin, body.end};
  function.first_local_run = first_run;
  function.local_run_count = body.run_count;
  function.max_operand_slots = body.max_operand_slots;
  function.max_control_depth = body.max_control_depth;
  function.has_loops = body.flags & k_loops;
  function.has_calls = body.flags & k_calls;
  function.has_tail_calls = body.flags & k_tail_calls;
  function.has_handlers = body.flags & k_handlers;
}

}  // namespace

BodyKeeper* body_keeper() { return g_keeper; }
void set_body_keeper(BodyKeeper* keeper) { g_keeper = keeper; }

OwnedSummaries summarise_bodies(const Module& module) {
  OwnedSummaries summaries;
  TypeIndices indices = type_indices(module);
  std::span<const ModuleFunction> functions(module.functions());
  for (const ModuleFunction& f : functions.subspan(module.imported_functions())) {
    summaries.bodies.push_back(
        {f.body.begin, f.body.end, f.local_run_count, f.max_operand_slots, f.max_control_depth, flags_of(f)});
    for (const LocalRun& run : module.local_runs(f)) {
      summaries.runs.push_back({run.count, portable_bits(run.type, indices)});
    }
  }
  return summaries;
}

bool adopt_bodies(const BodySummaries& known, const Module& module, ByteRange code_section,
                  std::span<ModuleFunction> defined, std::vector<LocalRun>& runs) {
  if (!fit(known, code_section, defined.size())) return false;
  std::vector<LocalRun> adopted;
  adopted.reserve(known.runs.size());
  for (const SummaryRun& run : known.runs) {
    std::optional<ValType> type = own_type(run.type, module);
    if (!type) return false;
    adopted.push_back({run.count, *type});
  }
  uint32_t first_run = 0;
  for (size_t i = 0; i < defined.size(); ++i) {
    uint32_t count = known.bodies[i].run_count;
    adopt(known.bodies[i], first_run, std::span(adopted).subspan(first_run, count), defined[i]);
    first_run += count;
  }
  runs = std::move(adopted);
  return true;
}

}  // namespace lindvm
