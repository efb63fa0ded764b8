#pragma once
// A WASI guest without code, for tests: a memory, a process with a scratch directory preopened as descriptor
// 3, and calls through the host-function descriptors as generated code would make them. Each test owns one.

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "syscalls/wasi.h"
#include "vm/runtime/context.h"

namespace lindvm {

/// A directory that is removed with its owner.
class ScratchDirectory {
 public:
  ScratchDirectory() {
    char path[] = "/tmp/lindvm-test-XXXXXX";
    path_ = mkdtemp(path);
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path_ / name) << text; }
  std::string read(const std::string& name) const {
    std::ifstream file(path_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

class WasiGuest {
 public:
  static constexpr uint32_t k_memory_bytes = 4 * 65536;
  static constexpr uint32_t k_dir = 3;
  /// Addresses that tests use for results, paths and data.
  static constexpr uint32_t k_result = 1024, k_path = 2048, k_other_path = 8192, k_vectors = 16384,
                            k_data = 65536;

  explicit WasiGuest(WasiConfig config = {}, const char* module = "wasi_snapshot_preview1")
      : module_(module) {
    std::error_code error;
    memory_ = LinearMemory::create({.min_pages = 4}, UINT64_MAX, error);
    memories_[0] = memory_.get();
    caller_.memories = memories_;
    caller_.memory_base = memory_->base();
    config.preopens.insert(config.preopens.begin(), {root.path().string(), "/", false});
    process_ = std::move(make_process(config).value());
    imports_.emplace(store_, *process_);
  }

  /// The WASI error number that a function answers. i32 arguments pass as they would: upper bits arbitrary.
  template <class... Args>
  uint32_t operator()(const char* name, Args... args) {
    uint64_t words[] = {to_word(args)..., 0};
    return call(name, words, sizeof...(args));
  }

  uint32_t call(const char* name, const uint64_t* words, size_t count) {
    constexpr size_t k_slots = 16;
    uint64_t slots[k_slots] = {};
    for (size_t i = 0; i < count; ++i) slots[k_slots - 1 - i] = words[i];
    HostCall call{store_.main_thread(), caller_, slots + k_slots - 1};
    const HostFunction* function = imports_->function(module_, name, {{}, {k_i32}});
    status = function->call(call, function->data);
    return call.arg<uint32_t>(0);
  }

  uint32_t put_path(const std::string& path, uint32_t at = k_path) {
    std::memcpy(memory_->base() + at, path.data(), path.size());
    return static_cast<uint32_t>(path.size());
  }
  template <class T>
  void poke(uint32_t at, T value) {
    std::memcpy(memory_->base() + at, &value, sizeof value);
  }
  template <class T = uint32_t>
  T peek(uint32_t at = k_result) const {
    T value;
    std::memcpy(&value, memory_->base() + at, sizeof value);
    return value;
  }
  std::string text(uint32_t at, size_t size) const {
    return {reinterpret_cast<const char*>(memory_->base() + at), size};
  }

  /// path_open with all rights that the flags need; the descriptor, or minus the error number.
  int open(const std::string& path, uint32_t how = 0, uint64_t base = 0, uint32_t fd_flags = 0,
           uint32_t lookup = 1, uint32_t dir = k_dir) {
    uint32_t size = put_path(path);
    uint32_t error = (*this)("path_open", dir, lookup, k_path, size, how, base, base, fd_flags, k_result);
    return error ? -static_cast<int>(error) : static_cast<int>(peek());
  }
  uint32_t at_path(const char* name, const std::string& path, uint32_t dir = k_dir) {
    uint32_t size = put_path(path);
    return (*this)(name, dir, k_path, size);
  }
  uint32_t stat(const std::string& path, uint32_t lookup = 1) {
    uint32_t size = put_path(path);
    return (*this)("path_filestat_get", k_dir, lookup, k_path, size, k_result);
  }
  uint32_t write(int fd, const std::string& text) {
    put_path(text, k_data);
    set_vector(0, k_data, static_cast<uint32_t>(text.size()));
    return (*this)("fd_write", fd, k_vectors, 1, k_result);
  }
  uint32_t read(int fd, uint32_t size) {
    set_vector(0, k_data, size);
    return (*this)("fd_read", fd, k_vectors, 1, k_result);
  }
  void set_vector(uint32_t index, uint32_t address, uint32_t size) {
    poke(k_vectors + 8 * index, address);
    poke(k_vectors + 8 * index + 4, size);
  }

  Process& process() { return *process_; }
  Store& store() { return store_; }
  ProcessImports& imports() { return *imports_; }
  LinearMemory& memory() { return *memory_; }
  void drop_memory() { caller_.memories = nullptr; }

  ScratchDirectory root;
  HostStatus status{};

 private:
  template <class T>
  static uint64_t to_word(T value) {
    constexpr uint64_t k_garbage = 0xdead'beef'0000'0000;
    if constexpr (sizeof(T) == 8) {
      return static_cast<uint64_t>(value);
    } else {
      return static_cast<uint32_t>(value) | k_garbage;
    }
  }

  const char* module_;
  Store store_;
  std::unique_ptr<LinearMemory> memory_;
  LinearMemory* memories_[1];
  InstanceContext caller_;
  std::unique_ptr<Process> process_;
  std::optional<ProcessImports> imports_;
};

/// Error numbers as WASI guests see them.
namespace wasi_errno {
enum : uint32_t {
#define ERR(name, wasi) k_##name = wasi,
#include "syscalls/table/errors.def"
};
}  // namespace wasi_errno

}  // namespace lindvm
