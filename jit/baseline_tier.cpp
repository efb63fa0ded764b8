#include "jit/baseline_tier.h"

#include <algorithm>

#include "jit/debug/gdb.h"
#include "jit/target_stubs.h"
#include "vm/interp/instr.h"
#include "vm/runtime/backtrace.h"
#include "vm/runtime/machine_code.h"

namespace lindvm::jit {

std::string machine_code_name(const MachineCode& code) {
  return "Wasm:" + function_name(code.function->owner->module(), code.function->index);
}

bool can_tell_debugger() { return target::k_tells_debugger; }

std::unique_ptr<CompilingTier> make_baseline_tier(BaselineOptions options) {
  if (!target::is_supported()) return nullptr;
  std::unique_ptr<CodeArena> space = CodeArena::create(options.tells_debugger);
  return space ? std::make_unique<BaselineTier>(std::move(space), std::move(options)) : nullptr;
}

BaselineTier::BaselineTier(std::unique_ptr<CodeArena> space, BaselineOptions options)
    : space_(std::move(space)),
      options_(std::move(options)),
      stubs_(make_stubs()),
      has_worker_(std::thread::hardware_concurrency() > 1) {
  if (!options_.cache) return;
  options_.cache->set_stubs(stubs_);
  set_body_keeper(options_.cache.get());
}

Stubs BaselineTier::make_stubs() {
  if (!options_.tells_debugger) return target::make_stubs(*space_);
  std::vector<DebugPiece> pieces;
  Stubs stubs = target::make_stubs(*space_, &pieces);
  tell_debugger(pieces);
  tell_debugger({{target::return_thunks_piece(space_->thunks())}});
  return stubs;
}

BaselineTier::~BaselineTier() {
  {
    std::lock_guard lock(queue_mutex_);
    stops_ = true;
  }
  queue_changed_.notify_all();
  if (worker_.joinable()) worker_.join();
}

bool BaselineTier::compile(FunctionCode& code) {
  if (code.machine.load(std::memory_order_acquire) || place(code)) return true;
  static thread_local std::unique_ptr<Compiler> compiler;
  if (!compiler || !compiler->is_for(stubs_)) compiler = std::make_unique<Compiler>(stubs_);
  compiler->record_instructions(static_cast<bool>(options_.observer));
  compiler->record_frames(options_.tells_debugger);
  std::unique_ptr<MachineCode> machine = compiler->compile(code);
  if (!machine) return false;
  machine->begin = space_->place(compiler->masm());
  if (!machine->begin) return false;
  const MachineCode* added = MachineCode::add(std::move(machine));
  if (options_.observer) options_.observer(*added, compiler->instruction_starts());
  if (options_.tells_debugger) tell_debugger({{debug_piece(*added, compiler->frame_notes())}});
  if (options_.cache) options_.cache->add(*added, compiler->masm().relocations());
  code.owner->publish(code, added);
  ++compiled_;
  return true;
}

bool BaselineTier::place(FunctionCode& code) {
  if (!options_.cache) return false;
  std::optional<CachedFunction> cached = options_.cache->take(code);
  if (!cached) return false;
  cached->machine->begin = space_->place(cached->code, cached->relocations);
  if (!cached->machine->begin) return false;
  code.owner->publish(code, MachineCode::add(std::move(cached->machine)));
  ++placed_;
  return true;
}

/// A threshold of one call or none is for tests, which want the same every time: code is compiled at once.
void BaselineTier::request(FunctionCode& code) {
  if (!has_worker_ || hot_entries() <= 1) {
    compile(code);
    return;
  }
  std::lock_guard lock(queue_mutex_);
  if (code.machine.load(std::memory_order_relaxed) || in_progress_ == &code ||
      std::find(queue_.begin(), queue_.end(), &code) != queue_.end()) {
    return;
  }
  if (!worker_.joinable()) worker_ = std::thread([this] { work(); });
  queue_.push_back(&code);
  queue_changed_.notify_all();
}

void BaselineTier::work() {
  std::unique_lock lock(queue_mutex_);
  for (;;) {
    queue_changed_.wait(lock, [this] { return stops_ || !queue_.empty(); });
    if (stops_) return;
    in_progress_ = queue_.front();
    queue_.pop_front();
    FunctionCode& code = *in_progress_;
    lock.unlock();
    compile(code);
    lock.lock();
    in_progress_ = nullptr;
    queue_changed_.notify_all();
  }
}

void BaselineTier::forget(CompiledModule& module) {
  std::unique_lock lock(queue_mutex_);
  std::erase_if(queue_, [&](FunctionCode* code) { return code->owner == &module; });
  queue_changed_.wait(lock, [&] { return !in_progress_ || in_progress_->owner != &module; });
  lock.unlock();
  if (!options_.cache) return;
  options_.cache->save_if_worthwhile(module);
  options_.cache->forget(module);
}

void BaselineTier::enter(ThreadContext& thread, const MachineState& state) {
  void* outer = thread.machine.host_sp;
  stubs_.enter(&state, &thread.machine);
  thread.machine.host_sp = outer;
}

const void* BaselineTier::host_entry(const FunctionCode& code) {
  std::lock_guard lock(mutex_);
  const void*& entry = host_entries_[{code.param_slots, code.result_slots}];
  if (entry) return entry;
  std::vector<DebugPiece> pieces;
  entry = target::make_host_entry(*space_, stubs_, code.param_slots, code.result_slots,
                                  options_.tells_debugger ? &pieces : nullptr);
  tell_debugger(pieces);
  return entry;
}

/// Calls from one place come in rows: a small cache per thread spares the lock.
const void* BaselineTier::return_thunk(const Instr* return_ip) {
  struct Cached {
    const Instr* return_ip = nullptr;
    const void* thunk = nullptr;
  };
  constexpr size_t k_entries = 256;
  static thread_local Cached cache[k_entries];
  Cached& cached = cache[reinterpret_cast<uintptr_t>(return_ip) / sizeof(Instr) % k_entries];
  if (cached.return_ip == return_ip) return cached.thunk;
  std::lock_guard lock(mutex_);
  const void*& thunk = thunks_[return_ip];
  if (!thunk) thunk = target::make_return_thunk(*space_, stubs_, return_ip);
  cached = {return_ip, thunk};
  return thunk;
}

const Instr* BaselineTier::thunk_target(const void* return_address) const {
  return space_->is_thunk(return_address) ? target::thunk_target(return_address) : nullptr;
}

uint64_t* BaselineTier::guest_stack_pointer(const FaultContext& fault) const {
  return target::guest_stack_pointer(fault);
}

}  // namespace lindvm::jit
