#pragma once
// A guest of the Linux personality without code, for tests: a memory, a process with a view of the file
// system, and calls by number as generated code would make them. Each test owns one.

#include <gtest/gtest.h>

#include <cstring>
#include <initializer_list>
#include <string>

#include "syscalls/linux.h"
#include "syscalls/testing/wasi_guest.h"
#include "vm/runtime/context.h"

namespace lindvm {

class LinuxGuest {
 public:
  /// Addresses that tests use.
  static constexpr uint32_t k_result = 1024, k_path = 8192, k_other_path = 16384, k_data = 65536;
  static constexpr uint32_t k_cwd = static_cast<uint32_t>(-100);

  explicit LinuxGuest(const LinuxConfig& config) {
    std::error_code error;
    memory_ = LinearMemory::create({.min_pages = 4}, UINT64_MAX, error);
    memories_[0] = memory_.get();
    caller_.memories = memories_;
    caller_.memory_base = memory_->base();
    auto process = make_linux_process(config);
    EXPECT_TRUE(process.ok()) << process.error().message;
    process_ = std::move(process.value());
    imports_.emplace(store_, *process_);
  }

  /// The call's result: a value or a negated error number.
  int call(int number, std::initializer_list<uint32_t> arguments) {
    uint64_t slots[8] = {};
    uint64_t* slot = slots + 7;
    *slot-- = static_cast<uint32_t>(number);
    for (uint32_t argument : arguments) *slot-- = argument;
    HostCall call{store_.main_thread(), caller_, slots + 7};
    const HostFunction* function = imports_->function("linux", "syscall6", {});
    function->call(call, function->data);
    return call.arg<int32_t>(0);
  }

  uint32_t string(const std::string& text, uint32_t at = k_path) {
    std::memcpy(memory_->base() + at, text.c_str(), text.size() + 1);
    return at;
  }
  template <class T>
  T peek(uint32_t at = k_data) const {
    T value;
    std::memcpy(&value, memory_->base() + at, sizeof value);
    return value;
  }
  std::string text(size_t size, uint32_t at = k_data) const {
    return {reinterpret_cast<const char*>(memory_->base() + at), size};
  }

  int open(const std::string& path, uint32_t flags = 0, uint32_t mode = 0644, uint32_t dir = k_cwd) {
    return call(56, {dir, string(path), flags, mode});
  }
  void close(int fd) { call(57, {static_cast<uint32_t>(fd)}); }
  /// What a file says, or "errno N".
  std::string read(const std::string& path, uint32_t dir = k_cwd) {
    int fd = open(path, 0, 0, dir);
    if (fd < 0) return "errno " + std::to_string(-fd);
    int count = call(63, {static_cast<uint32_t>(fd), k_data, 4096});
    close(fd);
    return count < 0 ? "errno " + std::to_string(-count) : text(static_cast<size_t>(count));
  }
  std::string read_link(const std::string& path) {
    int count = call(78, {k_cwd, string(path), k_data, 4096});
    return count < 0 ? "errno " + std::to_string(-count) : text(static_cast<size_t>(count));
  }
  std::string cwd() {
    int count = call(17, {k_data, 4096});
    return count < 0 ? "errno " + std::to_string(-count) : text(static_cast<size_t>(count) - 1);
  }
  int change_directory(const std::string& path) { return call(49, {string(path)}); }
  int make_directory(const std::string& path) { return call(34, {k_cwd, string(path), 0777}); }
  int remove(const std::string& path, uint32_t flags = 0) { return call(35, {k_cwd, string(path), flags}); }
  int rename(const std::string& from, const std::string& to) {
    return call(276, {k_cwd, string(from), k_cwd, string(to, k_other_path), 0});
  }
  int make_link(const std::string& target, const std::string& path) {
    return call(36, {string(target), k_cwd, string(path, k_other_path)});
  }
  int status(const std::string& path, uint32_t flags = 0) {
    return call(291, {k_cwd, string(path), flags, 0x7ff, k_data});
  }

  Process& process() { return *process_; }
  LinearMemory& memory() { return *memory_; }

 private:
  Store store_;
  std::unique_ptr<LinearMemory> memory_;
  LinearMemory* memories_[1];
  InstanceContext caller_;
  std::unique_ptr<Process> process_;
  std::optional<ProcessImports> imports_;
};

}  // namespace lindvm
