#pragma once
// The compiling tier that the baseline compiler makes: owns the code space and stubs, and hands functions to
// compilers, one per thread that compiles. Any thread.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "jit/baseline/compiler.h"
#include "jit/cache/code_cache.h"
#include "jit/code_arena.h"
#include "jit/jit.h"
#include "jit/stubs.h"

namespace lindvm::jit {

class BaselineTier final : public CompilingTier {
 public:
  BaselineTier(std::unique_ptr<CodeArena> space, BaselineOptions options);
  ~BaselineTier() override;

  bool compile(FunctionCode& code) override;
  void request(FunctionCode& code) override;
  bool place(FunctionCode& code) override;
  void forget(CompiledModule& module) override;
  void enter(ThreadContext& thread, const MachineState& state) override;
  const void* interpreted_entry() const override { return stubs_.interpreted_call; }
  const void* host_entry(const FunctionCode& code) override;
  const void* return_thunk(const Instr* return_ip) override;
  const Instr* thunk_target(const void* return_address) const override;
  std::span<const uint8_t> code_range() const override { return space_->range(); }
  const void* leave_address() const override { return stubs_.leave; }
  uint64_t* guest_stack_pointer(const FaultContext& fault) const override;
  TierCounts counts() const override { return {compiled_, placed_}; }

 private:
  Stubs make_stubs();
  void work();

  std::unique_ptr<CodeArena> space_;
  const BaselineOptions options_;
  Stubs stubs_;
  std::atomic<uint64_t> compiled_{0}, placed_{0};
  std::mutex mutex_;
  std::map<std::pair<uint32_t, uint32_t>, const void*> host_entries_;  // guarded by mutex_
  std::map<const Instr*, const void*> thunks_;                         // guarded by mutex_

  // The thread that compiles in the background, started by the first request.
  const bool has_worker_;
  std::mutex queue_mutex_;
  std::condition_variable queue_changed_;
  std::deque<FunctionCode*> queue_;  // guarded by queue_mutex_, as are the following
  FunctionCode* in_progress_ = nullptr;
  bool stops_ = false;
  std::thread worker_;
};

}  // namespace lindvm::jit
