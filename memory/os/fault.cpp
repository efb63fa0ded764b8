#include "memory/os/fault.h"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <mutex>

#include "memory/os/fault_sites.h"
#include "memory/os/guarded_call.h"

namespace lindvm {
namespace {

constexpr int k_fault_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};

std::atomic<GuestFaultCallback> g_guest_fault{nullptr};
std::atomic<CodeFaultCallback> g_code_fault{nullptr};
uintptr_t g_code_begin, g_code_end;  // written before g_code_fault
struct sigaction g_previous[NSIG];   // written before the handlers are installed

/// A fault that the kernel raised for an instruction, not a signal that somebody sent.
bool is_synchronous(const siginfo_t& info) { return info.si_code > 0; }

bool recover_machine_code(FaultContext& context) {
  CodeFaultCallback callback = g_code_fault.load(std::memory_order_acquire);
  if (!callback || context.pc() < g_code_begin || context.pc() >= g_code_end) return false;
  return callback(context);
}

bool recover_guest_access(FaultContext& context) {
  GuestFaultCallback callback = g_guest_fault.load(std::memory_order_acquire);
  if (!callback) return false;
  const FaultSite* site = find_fault_site(context.pc());
  if (!site) return false;
  auto operands = site_operands(*site, context);
  return operands && callback(context, operands->ip, operands->fp);
}

/// The default action: the faulting instruction, or the raised signal, comes again without a handler.
void take_default_action(int signal_number, const siginfo_t& info) {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  sigaction(signal_number, &action, nullptr);
  if (!is_synchronous(info)) raise(signal_number);
}

void pass_on(int signal_number, siginfo_t* info, void* machine_context) {
  const struct sigaction& previous = g_previous[signal_number];
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal_number, info, machine_context);
  } else if (previous.sa_handler == SIG_DFL) {
    take_default_action(signal_number, *info);
  } else if (previous.sa_handler == SIG_IGN) {
    if (is_synchronous(*info)) take_default_action(signal_number, *info);
  } else {
    previous.sa_handler(signal_number);
  }
}

void handle_fault(int signal_number, siginfo_t* info, void* machine_context) {
  int saved_errno = errno;
  FaultContext context(signal_number, info, machine_context);
  bool recovered = is_synchronous(*info) && (recover_guarded_call(context) || recover_machine_code(context) ||
                                             recover_guest_access(context));
  if (!recovered) pass_on(signal_number, info, machine_context);
  errno = saved_errno;
}

void install(int signal_number) {
  struct sigaction action{};
  action.sa_sigaction = handle_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(signal_number, nullptr, &g_previous[signal_number]);
  sigaction(signal_number, &action, nullptr);
}

}  // namespace

FaultContext::FaultContext(int signal_number, const siginfo_t* info, void* machine_context)
    : signal(signal_number), fault_address(info->si_addr), info(info), machine_(machine_context) {}

void set_guest_fault_callback(GuestFaultCallback callback) {
  g_guest_fault.store(callback, std::memory_order_release);
}

void set_code_fault_callback(const void* begin, const void* end, CodeFaultCallback callback) {
  g_code_begin = reinterpret_cast<uintptr_t>(begin);
  g_code_end = reinterpret_cast<uintptr_t>(end);
  g_code_fault.store(callback, std::memory_order_release);
}

void install_fault_handlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    for (int signal_number : k_fault_signals) install(signal_number);
  });
}

AltStack::AltStack() {
  auto storage = Reservation::reserve(k_bytes + host_page_size());
  if (!storage || !storage->commit(host_page_size(), k_bytes)) return;
  storage_ = std::move(*storage);
  stack_t stack{};
  stack.ss_sp = storage_.base() + host_page_size();
  stack.ss_size = k_bytes;
  sigaltstack(&stack, &previous_);
}

AltStack::~AltStack() {
  if (storage_) sigaltstack(&previous_, nullptr);
}

}  // namespace lindvm

// AddressSanitizer installs fault handlers of its own, which ours must be able to replace and chain to; the
// alternate stacks are ours. Defined here so that every program with guests has it.
extern "C" [[gnu::weak]] const char* __asan_default_options();
extern "C" [[gnu::weak]] const char* __asan_default_options() {
  return "allow_user_segv_handler=1:use_sigaltstack=0";
}
