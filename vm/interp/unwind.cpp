// Stack walks over guest frames, and exception handlers found by them.

#include "vm/interp/unwind.h"

#include <algorithm>
#include <cstring>

#include "vm/interp/injected_frame.h"
#include "vm/interp/instr.h"
#include "vm/runtime/machine_code.h"
#include "vm/runtime/store.h"
#include "vm/runtime/tier.h"

namespace lindvm {

bool FunctionTranslation::contains(const Instr* ip) const {
  return ip >= instrs && ip < instrs + instr_count;
}

uint32_t FunctionTranslation::wasm_offset(const Instr* ip) const {
  uint32_t offset = code->owner->module().functions()[code->index].body.begin;
  const uint8_t* delta = offset_deltas;
  for (const Instr* at = instrs; at <= ip; ++at, ++delta) {
    if (*delta == k_far_offset) {
      std::memcpy(&offset, delta + 1, 4);
      delta += 4;
    } else {
      offset += *delta;
    }
  }
  return offset;
}

const FunctionCode& FrameView::function() const { return machine ? *machine->function : *translation->code; }

uint32_t FrameView::wasm_offset() const {
  if (translation) return translation->wasm_offset(static_cast<const Instr*>(ip));
  const CodeSite* site = machine->site_at(ip);
  return site ? site->wasm_offset : 0;
}

const std::vector<HandlerRange>& FrameView::handlers() const {
  return machine ? machine->handlers : translation->handlers;
}

uint32_t FrameView::position() const {
  if (machine) {
    const CodeSite* site = machine->site_at(ip);
    return site ? site->home : static_cast<uint32_t>(static_cast<const uint8_t*>(ip) - machine->begin);
  }
  return static_cast<uint32_t>(static_cast<const Instr*>(ip) - translation->instrs);
}

StackWalker::StackWalker(const void* ip, const uint64_t* fp) {
  frame_.ip = ip;
  frame_.fp = fp;
  if (ip == nullptr) return;
  if (compiling_tier() && compiling_tier()->owns(ip)) {
    frame_.machine = MachineCode::find(ip);
  } else {
    frame_.translation = CompiledModule::find_translation_of(static_cast<const Instr*>(ip));
  }
}

StackWalker StackWalker::from_call(const void* return_address, const uint64_t* arguments) {
  StackWalker walker;
  walker.go_to_caller(return_address, arguments);
  return walker;
}

void StackWalker::next() {
  go_to_caller(reinterpret_cast<const void*>(frame_.fp[1]), frame_.fp + 1 + frame_.function().param_slots);
}

void StackWalker::go_to_caller(const void* return_address, const uint64_t* arguments) {
  frame_ = {};
  auto* return_ip = static_cast<const Instr*>(return_address);
  if (is_machine_return(reinterpret_cast<uint64_t>(return_address))) {
    return_ip = compiling_tier()->thunk_target(return_address);
  }
  if (return_ip == nullptr) {
    const void* call = static_cast<const uint8_t*>(return_address) - 1;
    const MachineCode* machine = MachineCode::find(call);
    frame_ = {nullptr, machine, call, arguments - machine->site_at(call)->first_argument};
  } else if (interp::is_injected_return_address(return_ip)) {
    frame_ = interp::suspended_below(arguments - return_ip[k_call_deltas].x).walker().frame_;
  } else if (!interp::is_entry_return_address(return_ip)) {
    const Instr* call = return_ip + k_call_deltas;
    frame_ = {CompiledModule::find_translation_of(call), nullptr, call, arguments - call->x};
  }
}

namespace interp {

namespace {

bool catches(const HandlerRange& range, const Exception& exception, const Instance& instance) {
  return range.tag == HandlerRange::k_catch_all || &instance.tag(range.tag) == exception.tag;
}

/// The frame's innermost handler of the exception, or null.
const HandlerRange* handler_in(const FrameView& frame, const Exception& exception, const Instance& instance) {
  uint32_t max_depth = ~uint32_t{0}, at = frame.position();
  for (const HandlerRange& range : frame.handlers()) {
    if (at < range.begin || at >= range.end || range.depth > max_depth) continue;
    if (range.is_delegate) {
      max_depth = range.delegate_depth;
    } else if (catches(range, exception, instance)) {
      return &range;
    }
  }
  return nullptr;
}

void write_caught(const HandlerRange& range, uint64_t* fp, uint64_t handle, const Exception& exception) {
  uint64_t* slot = fp + range.payload_offset;
  if (range.push_exnref && range.exnref_first) *slot-- = handle;
  if (range.push_payload) {
    for (uint64_t word : exception.payload) *slot-- = word;
  }
  if (range.push_exnref && !range.exnref_first) *slot = handle;
}

}  // namespace

LandingSite find_handler(ThreadContext& thread, StackWalker walker, uint64_t handle) {
  const Exception& exception = thread.store().exception(handle);
  for (; !walker.done(); walker.next()) {
    const FrameView& frame = walker.frame();
    if (frame.handlers().empty()) continue;
    const Instance& instance = thread.store().instance(static_cast<uint32_t>(frame.fp[0]));
    if (const HandlerRange* range = handler_in(frame, exception, instance)) {
      auto* fp = const_cast<uint64_t*>(frame.fp);
      write_caught(*range, fp, handle, exception);
      if (frame.machine) return {nullptr, frame.machine, frame.machine->begin + range->target, fp};
      return {frame.translation->instrs + range->target, nullptr, nullptr, fp};
    }
  }
  return {};
}

}  // namespace interp
}  // namespace lindvm
