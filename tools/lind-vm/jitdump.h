#pragma once
// What perf needs to name, disassemble and annotate machine code: a file in the format of its
// tools/perf/Documentation/jitdump-specification.txt, which `perf inject --jit` takes apart. The perf map
// says less, and perf looks into it for anonymous memory only, which our code is not in. Any thread.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "jit/jit.h"
#include "memory/os/owned_fd.h"
#include "vm/runtime/source_map.h"

namespace lindvm {

class JitDump {
 public:
  /// Begins /tmp/jit-PID.dump; null if that cannot be made.
  static std::unique_ptr<JitDump> create();
  ~JitDump();
  JitDump(const JitDump&) = delete;
  JitDump& operator=(const JitDump&) = delete;

  /// Records a function's code and, where its module has DWARF, the source lines.
  void add(const MachineCode& code, std::span<const jit::InstructionStart> starts);

 private:
  explicit JitDump(OwnedFd file) : file_(std::move(file)) {}
  bool begin();
  void write(uint32_t record, const std::string& body);
  std::string lines(const MachineCode& code, std::span<const jit::InstructionStart> starts);
  SourceMap* source_map(const Module& module);

  OwnedFd file_;
  void* marker_ = nullptr;
  size_t marker_bytes_ = 0;
  std::mutex mutex_;
  uint64_t next_index_ = 0;                                   // guarded by mutex_, as are the following
  std::map<const Module*, std::unique_ptr<SourceMap>> maps_;  // null: no DWARF
};

}  // namespace lindvm
