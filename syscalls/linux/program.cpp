#include <fmt/format.h>
#include <sys/random.h>

#include "memory/guest_access.h"
#include "syscalls/kernel/memory_state.h"
#include "syscalls/linux.h"
#include "syscalls/linux/address_space.h"
#include "syscalls/linux/initial_stack.h"
#include "vm/runtime/engine.h"

namespace lindvm {
namespace {

constexpr std::string_view k_module = "linux";
/// Part of the main stack that arguments and environment may take: a quarter, as on Linux.
constexpr uint32_t k_stack_share = 4;

Error unlinkable(std::string message) {
  return {ErrorKind::unlinkable, std::move(message), Error::k_no_offset};
}

Result<GlobalRef> i32_global(const Instance& instance, std::string_view name) {
  const External* external = instance.find_export(name);
  if (!external || external->kind != ExternKind::global || external->global.type != k_i32) {
    return unlinkable(fmt::format("a linux program must export the i32 global {}", name));
  }
  return external->global;
}

}  // namespace

bool LinuxProgram::recognises(const Module& module) {
  for (const Import& import : module.imports()) {
    if (import.kind == ExternKind::function && import.module == k_module) return true;
  }
  return false;
}

Result<const External*> LinuxProgram::resolve(const Module& module, const Import& import) {
  if (import.kind != ExternKind::memory || import.index != 0) return nullptr;
  if (memory_) return memory_.get();
  const MemoryType& type = module.memories()[import.index];
  std::string program = process_.args().empty() ? std::string() : process_.args()[0];
  AddressLayout layout = linux_abi::layout_of(module, type, std::move(program));
  AddressLimits limits{.address_space = store_.limits().max_memory_bytes};
  auto addresses = TRY(linux_abi::make_address_map(type, layout, limits));
  memory_ = std::make_unique<External>(to_external(addresses->shared_memory()));
  auto state = std::make_shared<MemoryState>(std::move(addresses), std::make_shared<SharedSegments>());
  state->follow(process_.identity());
  process_.set_memory(std::move(state));
  return memory_.get();
}

Result<uint32_t> LinuxProgram::prepare_stack(Instance& instance) {
  GlobalRef stack_pointer = TRY(i32_global(instance, "__stack_pointer"));
  if (instance.memory_count() == 0) return unlinkable("a linux program must have a memory");
  linux_abi::StartInfo info;
  info.args = process_.args();
  info.env = process_.env();
  info.program = process_.args().empty() ? std::string_view() : std::string_view(process_.args()[0]);
  const Identity& identity = process_.identity();
  info.uid = identity.user.real, info.euid = identity.user.effective;
  info.gid = identity.owner_group.real, info.egid = identity.owner_group.effective;
  if (getrandom(info.random.data(), info.random.size(), 0) < 0)
    return unlinkable("the host has no random bytes");
  auto top = store_.read_global(stack_pointer).as<uint32_t>();
  StartMemory start;
  std::vector<uint8_t> block = linux_abi::build_initial_stack(info, top, top / k_stack_share, start);
  if (block.empty()) return unlinkable("arguments and environment are too long for the program's stack");
  if (!copy_out(instance.memory(0), start.stack, block.data(), block.size())) {
    return unlinkable("the program's stack is not in its memory");
  }
  const uint32_t address = start.stack;
  store_.write_global(stack_pointer, Value::of(k_i32, address));
  if (MemoryState* memory = process_.memory()) memory->set_start(std::move(start));
  process_.threads().front()->set_name(process_.fs()->program_name());
  const External* table = instance.find_export("__indirect_function_table");
  bool has_table = table && table->kind == ExternKind::table;
  process_.signals().set_program({&instance, stack_pointer, has_table ? table->table : nullptr});
  return address;
}

}  // namespace lindvm
