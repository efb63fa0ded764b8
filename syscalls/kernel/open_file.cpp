#include "syscalls/kernel/open_file.h"

namespace lindvm {

void OpenFile::attach(std::unique_ptr<Attachment> attachment) {
  std::lock_guard lock(mutex_);
  attachments_.push_back(std::move(attachment));
}

IoOwner OpenFile::io_owner() const {
  std::lock_guard lock(mutex_);
  return io_owner_;
}

SysResult OpenFile::set_io_owner(IoOwner owner) {
  std::lock_guard lock(mutex_);
  io_owner_ = owner;
  return SysResult();
}

int OpenFile::io_signal() const {
  std::lock_guard lock(mutex_);
  return io_signal_;
}

SysResult OpenFile::set_io_signal(int signal) {
  std::lock_guard lock(mutex_);
  io_signal_ = signal;
  return SysResult();
}

}  // namespace lindvm
