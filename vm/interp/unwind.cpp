// Stack walks over guest frames, and exception handlers found by them.

#include "vm/interp/unwind.h"

#include <algorithm>
#include <cstring>

#include "vm/interp/injected_frame.h"
#include "vm/interp/instr.h"
#include "vm/runtime/store.h"

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

StackWalker::StackWalker(const Store& store, const Instr* ip, const uint64_t* fp) : store_(store) {
  frame_ = {ip ? store.find_translation(ip) : nullptr, ip, fp};
}

void StackWalker::next() {
  auto* return_ip = reinterpret_cast<const Instr*>(frame_.fp[1]);
  if (interp::is_entry_return_address(return_ip)) {
    frame_ = {};
    return;
  }
  const uint64_t* fp = frame_.fp + 1 + frame_.translation->code->param_slots - return_ip[k_call_deltas].x;
  if (interp::is_injected_return_address(return_ip)) {
    interp::Suspended interrupted = interp::suspended_below(fp);
    bool in_call = interrupted.at == interp::SuspendedAt::host_call;
    const Instr* ip = in_call ? interrupted.ip + k_call_deltas : interrupted.ip;
    frame_ = {store_.find_translation(ip), ip, interrupted.fp};
    return;
  }
  const Instr* call = return_ip + k_call_deltas;
  frame_ = {store_.find_translation(call), call, fp};
}

namespace interp {

namespace {

bool catches(const HandlerRange& range, const Exception& exception, const Instance& instance) {
  return range.tag == HandlerRange::k_catch_all || &instance.tag(range.tag) == exception.tag;
}

/// The frame's innermost handler of the exception for instruction number `at`, or null.
const HandlerRange* handler_in(const FunctionTranslation& translation, uint32_t at,
                               const Exception& exception, const Instance& instance) {
  uint32_t max_depth = ~uint32_t{0};
  for (const HandlerRange& range : translation.handlers) {
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

LandingSite find_handler(ThreadContext& thread, const Instr* ip, uint64_t* fp, uint64_t handle) {
  const Exception& exception = thread.store().exception(handle);
  for (StackWalker walker(thread.store(), ip, fp); !walker.done(); walker.next()) {
    const FrameView& frame = walker.frame();
    if (frame.translation->handlers.empty()) continue;
    auto at = static_cast<uint32_t>(frame.ip - frame.translation->instrs);
    const Instance& instance = thread.store().instance(static_cast<uint32_t>(frame.fp[0]));
    if (const HandlerRange* range = handler_in(*frame.translation, at, exception, instance)) {
      auto* frame_fp = const_cast<uint64_t*>(frame.fp);
      write_caught(*range, frame_fp, handle, exception);
      return {frame.translation->instrs + range->target, frame_fp};
    }
  }
  return {};
}

}  // namespace interp
}  // namespace lindvm
