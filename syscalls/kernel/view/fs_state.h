#pragma once
// What a process's paths start from: its view, root, current directory and file creation mask. Owned by the
// process (clone's CLONE_FS will share it). Any thread.

#include <sys/types.h>

#include <atomic>
#include <memory>
#include <mutex>

#include "syscalls/kernel/view/file_view.h"

namespace lindvm {

class FsState {
 public:
  /// Both directories are the view's root at first.
  FsState(std::shared_ptr<FileView> view, FileRef root) : view_(std::move(view)), root_(root), cwd_(root) {}

  FileView& view() const { return *view_; }
  FileRef root() const {
    std::lock_guard lock(mutex_);
    return root_;
  }
  FileRef cwd() const {
    std::lock_guard lock(mutex_);
    return cwd_;
  }
  void set_root(FileRef directory) {
    std::lock_guard lock(mutex_);
    root_.swap(directory);
    has_changed_root_.store(true, std::memory_order_release);
  }
  /// False: the root is the view's.
  bool has_changed_root() const { return has_changed_root_.load(std::memory_order_acquire); }
  void set_cwd(FileRef directory) {
    std::lock_guard lock(mutex_);
    cwd_.swap(directory);
  }

  uint32_t umask() const { return umask_.load(std::memory_order_relaxed); }
  uint32_t set_umask(uint32_t mask) { return umask_.exchange(mask & 0777); }

  /// The path of a file of the view from the process's root, as /proc/self/fd tells it: "(unreachable)" comes
  /// before it, or instead of it, if there is none.
  std::string path_of(const OpenFile& file) const;

  /// The program's file, for /proc/self/exe. Set before the program starts.
  const FileRef& program() const { return program_; }
  const std::string& program_path() const { return program_path_; }
  void set_program(FileRef file, std::string path) {
    program_ = std::move(file);
    program_path_ = std::move(path);
  }
  /// The last component of the name that the program was started by, which threads are called after.
  const std::string& program_name() const { return program_name_; }
  void set_program_name(std::string name) { program_name_ = std::move(name); }

 private:
  std::shared_ptr<FileView> view_;
  mutable std::mutex mutex_;
  FileRef root_;  // guarded by mutex_
  FileRef cwd_;   // guarded by mutex_
  std::atomic<bool> has_changed_root_{false};
  std::atomic<uint32_t> umask_{022};
  FileRef program_;
  std::string program_path_;
  std::string program_name_;
};

}  // namespace lindvm
