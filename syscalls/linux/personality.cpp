#include "syscalls/linux/personality.h"

#include <array>

#include "syscalls/linux/abi.h"
#include "syscalls/table/trampoline.h"

namespace lindvm::linux_abi {
namespace {

struct Call {
  HostCallable enter = nullptr;
  std::string_view name = "syscall";
};

const std::array<Call, k_number_count> k_calls = [] {
  std::array<Call, k_number_count> calls;
  for (const SyscallRow& row : syscall_rows()) calls[row.number].name = row.name;
  auto add = [&](std::span<const Entry> entries) {
    for (const Entry& entry : entries) calls[entry.number].enter = entry.enter;
  };
#define SUBJECT(name) add(name##_entries());
#include "syscalls/linux/subjects.def"
#undef SUBJECT
  return calls;
}();

/// What is not implemented, and what Linux does not have either.
[[gnu::noinline]] HostStatus enter_unknown(HostCall& call) {
  uint32_t number = call.arg<uint32_t>(0);
  Process& process = Thread::of(call.thread).process();
  std::string_view name = name_of_number(number);
  process.note_unknown_call(name == "syscall" ? "syscall " + std::to_string(number) : std::string(name));
  if (Strace* strace = process.strace()) {
    TraceText text;
    text.raw(name);
    text.raw("(");
    if (name == "syscall") text.unsigned_number(number);
    Strace::Call begun = strace->start(name, text.text());
    TraceText end;
    end.raw(")");
    end.result(SysResult::error(ENOSYS));
    strace->finish(begun, end.text(), SysResult::error(ENOSYS));
  }
  return Abi::finish(call, SysResult::error(ENOSYS));
}

/// The last thing is a call whose answer is this one's, so that it becomes a jump: see
/// memory/os/raw_syscall.h.
HostStatus enter_by_number(HostCall& call, void* data) {
  HostCallable enter = handler_of_number(call.arg<uint32_t>(0));
  if (!enter) [[unlikely]]
    return enter_unknown(call);
  return enter(call, data);
}

/// An address that cannot be read cancels nothing.
bool is_cancelled(const HostCall& call) {
  uint32_t flag = 0;
  const LinearMemory* memory = memory_of(call);
  return memory && copy_in(&flag, *memory, call.arg<uint32_t>(0), sizeof flag) && flag != 0;
}

HostStatus enter_cancellable(HostCall& call, void* data) {
  if (is_cancelled(call)) return Abi::finish(call, SysResult::error(ECANCELED));
  HostCall inner{call.thread, call.caller, call.slots - 1};
  HostStatus status = enter_by_number(inner, data);
  if (status != HostStatus::ok) return status;
  auto result = inner.arg<int32_t>(0);
  if (result == -EINTR && is_cancelled(call)) result = -ECANCELED;
  return call.ok(result);
}

template <size_t N>
FuncType type_with() {
  return {std::vector<ValType>(N, k_i32), {k_i32}};
}

constexpr PersonalityRow k_rows[] = {
    {"syscall0", "", type_with<1>, enter_by_number}, {"syscall1", "", type_with<2>, enter_by_number},
    {"syscall2", "", type_with<3>, enter_by_number}, {"syscall3", "", type_with<4>, enter_by_number},
    {"syscall4", "", type_with<5>, enter_by_number}, {"syscall5", "", type_with<6>, enter_by_number},
    {"syscall6", "", type_with<7>, enter_by_number}, {"syscall_cp", "", type_with<8>, enter_cancellable},
};

}  // namespace

std::span<const PersonalityRow> rows() { return k_rows; }

/// Words below the guest stack belong to no call.
void keep_interrupted(HostCall& call) {
  ThreadSignals& signals = Thread::of(call.thread).signals();
  InterruptedCall& kept = signals.interrupted_call;
  kept.is_valid = signals.is_restartable;
  kept.words[0] = call.arg<uint32_t>(0);
  const GuestStack& stack = call.thread.stack;
  bool on_stack = stack.contains(call.slots);
  for (uint32_t i = 1; i < InterruptedCall::k_words; ++i) {
    bool exists = !on_stack || stack.contains(call.slots - i);
    kept.words[i] = exists ? call.arg<uint32_t>(i) : 0;
  }
}

std::string_view name_of_number(uint32_t number) {
  return number < k_number_count ? k_calls[number].name : std::string_view("syscall");
}

HostStatus call_by_number(HostCall& call) {
  static CallBinding untold;
  return enter_by_number(call, &untold);
}

HostCallable handler_of_number(uint32_t number) {
  return number < k_number_count ? k_calls[number].enter : nullptr;
}

}  // namespace lindvm::linux_abi
