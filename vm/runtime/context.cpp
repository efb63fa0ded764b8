#include "vm/runtime/context.h"

#include <algorithm>
#include <cassert>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <new>

#include "vm/runtime/store.h"

namespace lindvm {
namespace {

constexpr std::align_val_t k_block_alignment{64};
constexpr size_t k_retired_blocks = 64;  // how many moved blocks stay readable
constexpr int k_poison = 0xdb;

size_t block_size(const Instance& instance) {
  return sizeof(InstanceContext) + instance.own_global_count() * sizeof(GlobalCell) +
         instance.globals().size() * sizeof(GlobalCell*);
}

void free_block(InstanceContext* block) { ::operator delete(block, k_block_alignment); }

/// A block of the instance: everything but `thread` and the cell pointers is set; own globals are zero.
InstanceContext* make_block(Instance& instance) {
  size_t size = block_size(instance);
  auto* memory = static_cast<std::byte*>(::operator new(size, k_block_alignment));
  std::memset(memory, 0, size);
  auto* block = new (memory) InstanceContext;
  block->global_cells = reinterpret_cast<GlobalCell**>(block->own_globals() + instance.own_global_count());
  instance.describe(*block);
  return block;
}

}  // namespace

std::string trap_message(const TrapState& trap) {
  std::string message(trap_text(trap.kind));
  return trap.detail.empty() ? message : message + ": " + trap.detail;
}

Trap trap_of_fault(int signal_number) {
  return signal_number == SIGBUS ? Trap::MappedFileTruncated : Trap::OutOfBoundsMemoryAccess;
}

ThreadContext::ThreadContext(Store& store) : store_(store) {
  std::optional<GuestStack> reserved = GuestStack::create(store.limits().guest_stack_bytes);
  assert(reserved && "no address space for a guest stack");
  if (reserved) stack = std::move(*reserved);
  entry_sp = stack.top();
  install_kick_handler();
  for (size_t i = 0; i < store.instance_count(); ++i) add_instance(store.instance(static_cast<uint32_t>(i)));
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"  // supported by both compilers for such classes
int ThreadContext::pending_exception_offset() {
  return static_cast<int>(offsetof(ThreadContext, pending_exception));
}
#pragma GCC diagnostic pop

ThreadContext::~ThreadContext() {
  for (size_t i = 0; i < block_count(); ++i) free_block(blocks()[i]);
  for (InstanceContext* block : retired_) free_block(block);
}

void ThreadContext::request_interrupt(InterruptReason reason) {
  raise_interrupt(reason);
  if (reason & k_kicking_interrupts) host_thread_.load().kick();
  if (reason & k_interrupt_stop) parker.unpark();
}

void ThreadContext::raise_interrupt(InterruptReason reason) {
  interrupts_.fetch_or(reason);
  size_t count = block_count_.load(std::memory_order_acquire);
  InstanceContext** blocks = blocks_.load(std::memory_order_acquire);
  for (size_t i = 0; i < count; ++i) blocks[i]->interrupt.fetch_or(reason);
  kicks_.fetch_or(reason & k_kicking_interrupts);
}

void ThreadContext::clear_interrupt(InterruptReason reason) {
  kicks_.fetch_and(~reason);
  interrupts_.fetch_and(~reason);
  for (size_t i = 0; i < block_count(); ++i) blocks()[i]->interrupt.fetch_and(~reason);
}

void ThreadContext::add_instance(Instance& instance) {
  size_t count = block_count();
  assert(instance.index() == count);
  if (count == block_capacity_) {
    block_capacity_ = block_capacity_ ? 2 * block_capacity_ : 4;
    auto larger = std::make_unique<InstanceContext*[]>(block_capacity_);
    std::copy_n(blocks(), count, larger.get());
    blocks_.store(larger.get());
    machine.blocks = larger.get();
    arrays_.push_back(std::move(larger));
  }
  InstanceContext* block = make_block(instance);
  block->thread = this;
  block->link = &machine;
  std::span<const GlobalCell> initial = instance.initial_globals();
  std::copy(initial.begin(), initial.end(), block->own_globals());
  blocks_.load()[count] = block;
  block_count_.store(count + 1);
  block->interrupt.fetch_or(interrupts_.load());
  link_global_cells();
}

void ThreadContext::extend_instance(Instance& instance) {
  InstanceContext* old = blocks()[instance.index()];
  InstanceContext* block = make_block(instance);
  size_t old_cells =
      static_cast<size_t>(reinterpret_cast<GlobalCell*>(old->global_cells) - old->own_globals());
  std::span<const GlobalCell> initial = instance.initial_globals();
  std::copy(initial.begin(), initial.end(), block->own_globals());
  std::memcpy(block->own_globals(), old->own_globals(), old_cells * sizeof(GlobalCell));
  replace_block(instance.index(), block);
  link_global_cells();
}

void ThreadContext::relocate_blocks() {
  for (uint32_t i = 0; i < block_count(); ++i) {
    Instance& instance = store_.instance(i);
    InstanceContext* old = blocks()[i];
    InstanceContext* block = make_block(instance);
    std::memcpy(block->own_globals(), old->own_globals(), instance.own_global_count() * sizeof(GlobalCell));
    block->leave_ip = old->leave_ip;
    replace_block(i, block);
    std::memset(&old->instance_index, k_poison,
                block_size(instance) - offsetof(InstanceContext, instance_index));
  }
  link_global_cells();
}

/// The old block stays allocated for a while: a signal handler may be about to set its interrupt flag, which
/// is why the thread's own copy of the flags is read once the new block is in place.
void ThreadContext::replace_block(uint32_t index, InstanceContext* block) {
  block->thread = this;
  block->link = &machine;
  retired_.push_back(blocks()[index]);
  blocks_.load()[index] = block;
  block->interrupt.fetch_or(interrupts_.load());
  if (retired_.size() > k_retired_blocks) {
    free_block(retired_.front());
    retired_.pop_front();
  }
}

/// Cells are found by owner: those of imported globals lie in other blocks of this thread.
void ThreadContext::link_global_cells() {
  for (size_t i = 0; i < block_count(); ++i) {
    InstanceContext& block = *blocks()[i];
    GlobalCell** cell = block.global_cells;
    for (const GlobalRef& global : block.instance->globals()) {
      *cell++ = blocks()[global.instance_index]->own_globals() + global.own_index;
    }
  }
}

}  // namespace lindvm
