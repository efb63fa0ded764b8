#pragma once
// The open file that a call works on. A call borrows it from the descriptor table while the guest has one
// thread, since nobody else can then close the descriptor meanwhile, and counts a reference otherwise.
// Converts to a FileRef for whoever keeps the file beyond the call. Lives for one call on its thread.

#include <utility>

#include "syscalls/kernel/open_file.h"

namespace lindvm {

class FileHold {
 public:
  FileHold() = default;
  FileHold(FileRef owned) : file_(owned.get()), owned_(std::move(owned)) {}
  /// For as long as the descriptor table keeps it.
  static FileHold borrow(OpenFile* file) {
    FileHold hold;
    hold.file_ = file;
    return hold;
  }

  OpenFile* get() const { return file_; }
  OpenFile* operator->() const { return file_; }
  OpenFile& operator*() const { return *file_; }
  explicit operator bool() const { return file_ != nullptr; }
  operator FileRef() const { return file_ ? file_->shared_from_this() : nullptr; }

 private:
  OpenFile* file_ = nullptr;
  FileRef owned_;
};

}  // namespace lindvm
