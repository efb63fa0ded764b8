#include "vm/runtime/backtrace.h"

#include <fmt/format.h>

#include <deque>
#include <map>

#include "vm/interp/translation.h"
#include "vm/module/names.h"
#include "vm/runtime/store.h"

namespace lindvm {
namespace {

TraceFrame describe(const FrameView& view) {
  const FunctionCode& code = view.function();
  return {code.owner->module_ptr(), code.index, view.wasm_offset()};
}

/// Source maps of the modules met so far; parsing one takes a while.
class SourceMaps {
 public:
  std::vector<SourceLocation> locate(const TraceFrame& frame) {
    auto [place, is_new] = maps_.try_emplace(frame.module.get());
    if (is_new) place->second = SourceMap::make(*frame.module);
    return place->second ? place->second->locate(frame.module_offset) : std::vector<SourceLocation>{};
  }

 private:
  std::map<const Module*, std::unique_ptr<SourceMap>> maps_;
};

std::string position_text(const SourceLocation& location) {
  if (location.file.empty()) return {};
  std::string text = " at " + location.file;
  if (location.line) text += fmt::format(":{}", location.line);
  if (location.line && location.column) text += fmt::format(":{}", location.column);
  return text;
}

std::string place_text(const TraceFrame& frame) {
  std::string_view module = frame.module->names().module_name();
  return fmt::format("{}+{:#x}", module.empty() ? "wasm" : module, frame.module_offset);
}

std::string frame_text(size_t number, const TraceFrame& frame, SourceMaps& maps) {
  std::string name = function_name(*frame.module, frame.function_index);
  std::vector<SourceLocation> locations = maps.locate(frame);
  std::string text;
  for (size_t i = 0; i + 1 < locations.size(); ++i) {
    const SourceLocation& inlined = locations[i];
    text += fmt::format("{:>4}: {} (inlined){}\n", number, inlined.function, position_text(inlined));
  }
  std::string position = locations.empty() ? "" : position_text(locations.back());
  return text + fmt::format("{:>4}: {} ({}){}\n", number, name, place_text(frame), position);
}

}  // namespace

Backtrace capture_backtrace(ThreadContext& thread) {
  Backtrace trace;
  if (!thread.trap.ip) return trace;
  std::deque<FrameView> outer;
  for (StackWalker walker(thread.trap.ip, thread.trap.fp); !walker.done(); walker.next()) {
    if (trace.frames.size() < Backtrace::k_max_inner) {
      trace.frames.push_back(describe(walker.frame()));
      continue;
    }
    outer.push_back(walker.frame());
    if (outer.size() > Backtrace::k_max_outer) {
      outer.pop_front();
      ++trace.omitted;
    }
  }
  for (const FrameView& view : outer) trace.frames.push_back(describe(view));
  return trace;
}

std::string function_name(const Module& module, uint32_t function_index) {
  std::string_view name = module.names().function_name(function_index);
  if (!name.empty()) return demangle(name);
  for (const Export& entry : module.exports()) {
    if (entry.kind == ExternKind::function && entry.index == function_index) return std::string(entry.name);
  }
  return fmt::format("function[{}]", function_index);
}

std::string to_text(const TrapState& trap, const Backtrace& backtrace) {
  std::string text = "wasm trap: " + trap_message(trap) + '\n';
  SourceMaps maps;
  size_t number = 0;
  for (const TraceFrame& frame : backtrace.frames) {
    if (backtrace.omitted && number == Backtrace::k_max_inner) {
      text += fmt::format("      … {} more frames …\n", backtrace.omitted);
      number += backtrace.omitted;
    }
    text += frame_text(number++, frame, maps);
  }
  return text;
}

}  // namespace lindvm
