#include "memory/linear_memory.h"
#include "vm/runtime/store.h"

namespace lindvm {

const External* Instance::find_export(std::string_view name) const {
  if (!compiled_) return nullptr;
  const Export* found = module().find_export(name);
  return found ? &exports_[static_cast<size_t>(found - module().exports().data())] : nullptr;
}

External Instance::external(ExternKind kind, uint32_t index) const {
  External external;
  external.kind = kind;
  switch (kind) {
    case ExternKind::function:
      external.function = functions_[index];
      break;
    case ExternKind::table:
      external.table = tables_[index];
      break;
    case ExternKind::memory:
      external.memory = memories_[index];
      break;
    case ExternKind::global:
      external.global = globals_[index];
      break;
    case ExternKind::tag:
      external.tag = tags_[index];
      break;
  }
  return external;
}

void Instance::describe(InstanceContext& block) const {
  block.instance_index = index_;
  block.instance = const_cast<Instance*>(this);
  block.codes = compiled_ ? compiled_->codes() : nullptr;
  block.imports = imports_.data();
  block.tables = tables_.data();
  block.memories = memory_pointers_.data();
  block.memory_base = memory_pointers_.empty() ? nullptr : memory_pointers_.front()->base();
}

std::span<const uint64_t> Instance::element_segment(uint32_t index) const { return element_segments_[index]; }

void Instance::drop_element_segment(uint32_t index) {
  std::vector<uint64_t>().swap(element_segments_[index]);
}

std::span<const uint8_t> Instance::data_segment(uint32_t index) const {
  if (dropped_data_[index]) return {};
  return module().bytes(module().data_segments()[index].bytes);
}

void Instance::drop_data_segment(uint32_t index) { dropped_data_[index] = true; }

}  // namespace lindvm
