#include "syscalls/linux/address_space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "vm/isa/opcodes.h"

namespace lindvm::linux_abi {
namespace {

constexpr uint64_t k_wasm_page = 65536;

uint64_t page_up(uint64_t bytes) { return (bytes + k_guest_page - 1) & ~(k_guest_page - 1); }

/// The initial value of an exported i32 global that is a plain constant.
std::optional<uint32_t> exported_constant(const Module& module, std::string_view name) {
  for (const Export& entry : module.exports()) {
    if (entry.kind != ExternKind::global || entry.name != name) continue;
    if (entry.index < module.imported_globals()) return std::nullopt;
    std::span<const ConstInstr> init = module.const_instrs(module.globals()[entry.index].init);
    if (init.size() != 1 || init[0].op != Op::I32Const) return std::nullopt;
    return static_cast<uint32_t>(init[0].value);
  }
  return std::nullopt;
}

}  // namespace

AddressLayout layout_of(const Module& module, const MemoryType& memory, std::string program) {
  AddressLayout layout;
  layout.image_bytes = memory.limits.min * k_wasm_page;
  layout.heap_start = exported_constant(module, "__heap_base").value_or(layout.image_bytes);
  // The memory's minimum is in larger pages than the data's end: what is between them comes with the heap.
  layout.image_bytes = std::min(layout.image_bytes, page_up(layout.heap_start));
  uint64_t data_begin = exported_constant(module, "__global_base").value_or(0);
  layout.traps_at_null = data_begin >= k_guest_page;
  // Linkers put the stack before the data or after it; as an area of its own it is known in the first case.
  uint64_t stack_top = exported_constant(module, "__stack_pointer").value_or(0);
  if (stack_top <= data_begin) layout.stack_end = stack_top;
  layout.image_name = std::move(program);
  return layout;
}

Result<std::unique_ptr<AddressMap>> make_address_map(const MemoryType& memory, const AddressLayout& layout,
                                                     const AddressLimits& limits) {
  if (!memory.limits.max || memory.is64 || memory.page_size_log2 != 16) {
    return Error{ErrorKind::unlinkable, "a linux program's memory must have a maximum and 32 bits",
                 Error::k_no_offset};
  }
  LinearMemoryShape shape{memory.limits.min, memory.limits.max};
  shape.is_shared = memory.is_shared;
  shape.is_mapped = true;
  std::error_code error;
  std::shared_ptr<LinearMemory> space = LinearMemory::create(shape, UINT64_MAX, error);
  int number = error.value();
  std::unique_ptr<AddressMap> map;
  if (space) map = AddressMap::create(std::move(space), layout, limits, number);
  if (map) return map;
  return Error{ErrorKind::unsupported,
               fmt::format("memory of {} pages: {}", memory.limits.min, std::strerror(std::abs(number))),
               Error::k_no_offset};
}

}  // namespace lindvm::linux_abi
