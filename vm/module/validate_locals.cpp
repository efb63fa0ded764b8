// Locals and globals: declarations, types, and which non-nullable locals are initialised (spec 3.3.2).

#include <fmt/format.h>

#include <algorithm>

#include "vm/module/limits.h"
#include "vm/module/validator.h"

namespace lindvm {

void FunctionValidator::declare_locals(Reader& body, ModuleFunction& function,
                                       std::vector<LocalRun>& local_runs) {
  uint64_t at = body.offset();
  uint32_t runs = body.length();
  uint64_t total = function.local_count;
  function.first_local_run = static_cast<uint32_t>(local_runs.size());
  for (uint32_t i = 0; i < runs && !body.failed(); i++) {
    LocalRun run;
    run.count = body.u32();
    total += run.count;
    if (total > UINT32_MAX) return body.malformed("too many locals", at);
    run.type = types_.value_type(body);
    if (run.count == 0) continue;
    function.local_slots += run.count * slot_count(run.type);
    local_runs.push_back(run);
  }
  if (total > k_max_locals && !body.failed())
    return body.fail(ErrorKind::unsupported,
                     fmt::format("too many locals: {}, more than {}", total, k_max_locals), at);
  function.local_run_count = static_cast<uint32_t>(local_runs.size()) - function.first_local_run;
  function.local_count = static_cast<uint32_t>(total);
}

void FunctionValidator::set_up_locals(const ModuleFunction& function, Types params,
                                      std::span<const LocalRun> runs, size_t body_size) {
  local_count_ = function.local_count;
  flat_locals_.clear();
  local_groups_.clear();
  // Work per body stays proportional to its size, however many locals it declares.
  if (local_count_ <= body_size + 16) {
    flat_locals_.assign(params.begin(), params.end());
    for (const LocalRun& run : runs) flat_locals_.insert(flat_locals_.end(), run.count, run.type);
  }
  uint32_t end = static_cast<uint32_t>(params.size());
  params_ = params;
  for (const LocalRun& run : runs) local_groups_.push_back({end += run.count, run.type});
}

ValType FunctionValidator::local_type_slow(uint32_t index) {
  if (index >= local_count_) return unknown("local", index), k_bottom;
  if (index < params_.size()) return params_[index];
  auto group =
      std::upper_bound(local_groups_.begin(), local_groups_.end(), index,
                       [](uint32_t wanted, const LocalGroup& candidate) { return wanted < candidate.end; });
  return group->type;
}

void FunctionValidator::mark_initialized_slow(uint32_t index) {
  if (is_initialized(index)) return;
  if (index >= initialized_in_.size())
    initialized_in_.resize(std::max<size_t>(index + 1, initialized_in_.size() * 2));
  initialized_in_[index] = body_number_;
  initialized_.push_back(index);
}

void FunctionValidator::reset_initialized(uint32_t count) {
  while (initialized_.size() > count) {
    initialized_in_[initialized_.back()] = 0;
    initialized_.pop_back();
  }
}

void FunctionValidator::uninitialized_local(uint32_t index) {
  if (index >= params_.size() && !is_initialized(index))
    invalid(fmt::format("uninitialized local {}", index));
}

template <>
void FunctionValidator::special<Op::GlobalGet>() {
  uint32_t index = r_->u32();
  if (index >= m_.globals().size()) return unknown("global", index);
  const GlobalType& type = m_.globals()[index].type;
  bool is_visible = features_.has(Feature::gc) || index < m_.imported_globals();
  if (is_constant_ && type.is_mutable) return invalid("constant expression required");
  if (is_constant_ && !is_visible) return unknown("global", index);
  push(type.type);
}

template <>
void FunctionValidator::special<Op::GlobalSet>() {
  uint32_t index = r_->u32();
  if (index >= m_.globals().size()) return unknown("global", index);
  const GlobalType& type = m_.globals()[index].type;
  if (!type.is_mutable) return invalid("immutable global");
  pop(type.type);
}

}  // namespace lindvm
