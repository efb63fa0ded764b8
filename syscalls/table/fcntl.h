#pragma once
// fcntl64's command and argument, which it says the meaning of (table/fcntl.def). Values live for one call on
// its thread.

#include <fcntl.h>

#include "syscalls/table/arguments.h"

namespace lindvm {

class FcntlArgument : public OutputKind {
 public:
  enum class Kind : uint8_t {
    none,
    number,
    descriptor_flags,
    open_flags,
    seals,
    lock32,
    lock64,
    owner,
    hint,
  };
  enum class Answer : uint8_t { plain, descriptor_flags, open_flags, seals };
  /// struct f_owner_ex.
  struct Owner {
    int32_t type;
    int32_t id;
  };

  uint32_t command() const { return command_; }
  uint32_t number() const { return number_; }
  struct flock& lock() { return lock_; }
  Owner& owner() { return owner_; }
  /// For the host kernel only [R4].
  void* host() const { return memory_->base() + number_; }

  /// Gives lock or owner back to the guest: EFAULT, EOVERFLOW.
  [[nodiscard]] SysResult put_lock() const;
  [[nodiscard]] SysResult put_owner() const;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    command_ = reader.u32();
    number_ = reader.u32();
    memory_ = space.memory;
    return load_record();
  }
  void print(TraceText& text) const;
  void print_result(TraceText& text, SysResult result) const;

 private:
  int load_record();
  int load_lock32();
  void print_number(TraceText& text) const;
  void print_lock(TraceText& text) const;

  LinearMemory* memory_ = nullptr;
  uint32_t command_ = 0;
  uint32_t number_ = 0;
  Kind kind_ = Kind::number;
  union {
    struct flock lock_ = {};
    Owner owner_;
  };
};

namespace columns {
template <Name N>
using fcntl_argument = Arg<FcntlArgument, N>;
}  // namespace columns

}  // namespace lindvm
