#pragma once
// Memory for machine code: one reserved range of addresses per process, mapped twice, so that no page is
// ever writable and executable at the same address. Code is appended and never moves or goes away while the
// process lives [R7]: return addresses on guest stacks may refer to it. Any thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

namespace lindvm {

class CodeMemory {
 public:
  /// Reserves address space for `bytes` of code, which take host memory as they are written; null if the host
  /// refuses executable memory. Debuggers set breakpoints in it if `allows_breakpoints`: the kernel lets them
  /// write to a shared mapping only where the process itself could, so that it is writable and executable
  /// then.
  static std::unique_ptr<CodeMemory> create(size_t bytes, bool allows_breakpoints = false);
  ~CodeMemory();
  CodeMemory(const CodeMemory&) = delete;
  CodeMemory& operator=(const CodeMemory&) = delete;

  const uint8_t* begin() const { return executable_; }
  const uint8_t* end() const { return executable_ + size_; }
  bool contains(const void* address) const { return address >= begin() && address < end(); }
  size_t used_bytes() const { return used_; }

  /// Room for code, aligned as asked, still without contents; null if the range is full.
  const uint8_t* allocate(size_t bytes, size_t alignment);
  /// Fills room that was allocated, and makes it visible to instruction fetch. Whoever allocated it does so
  /// once, before anybody runs it.
  void write(const uint8_t* address, std::span<const uint8_t> code);

 private:
  CodeMemory(uint8_t* writable, uint8_t* executable, size_t size)
      : writable_(writable), executable_(executable), size_(size) {}

  void populate(size_t end);

  uint8_t* writable_;
  uint8_t* executable_;
  size_t size_;
  std::mutex mutex_;
  size_t used_ = 0;       // guarded by mutex_, as are the others
  size_t populated_ = 0;  // pages below are there, or are left to page faults
  size_t step_ = 0;       // how much was populated last
};

}  // namespace lindvm
