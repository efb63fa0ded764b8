#pragma once
// ioctl's request and argument, which it says the meaning of (table/ioctls.def). Values live for one call on
// its thread.

#include "syscalls/kernel/interfaces.h"
#include "syscalls/table/arguments.h"

namespace lindvm {

/// The kernel's struct termios.
struct Termios {
  uint32_t input, output, control, local;
  uint8_t line, characters[19];
};
static_assert(sizeof(Termios) == 36);
struct Termios2 {
  Termios base;
  uint32_t input_speed, output_speed;
};
struct WindowSize {
  uint16_t rows, columns, width, height;
};
/// struct ifconf: room for the addresses of interfaces.
struct InterfaceList {
  int32_t bytes;
  uint32_t address;
};
/// struct file_clone_range.
struct CloneRange {
  int64_t from;
  uint64_t from_offset, length, to_offset;
};

class IoctlArgument : public OutputKind {
 public:
  enum class Direction : uint8_t { none, value, in, out, inout };
  struct Row {
    std::string_view name;
    uint32_t request;
    uint32_t host;
    Direction direction;
    uint32_t size;
    void (*print)(TraceText&, const LinearMemory&, uint32_t address);
  };

  /// Null for a request that is not in the table.
  const Row* row() const { return row_; }
  uint32_t request() const { return request_; }
  uint32_t value() const { return value_; }
  /// What the host's call takes: a number, or the translated address, which is for the host kernel only [R4].
  uint64_t host() const {
    bool is_address = row_->direction > Direction::value;
    return is_address ? reinterpret_cast<uint64_t>(memory_->base() + value_)
                      : static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(value_)));
  }
  /// The structure that the guest passes by address: EFAULT.
  template <class T>
  SysResult read(T& value) const {
    return copy_in(&value, *memory_, value_, sizeof value) ? SysResult() : SysResult::error(EFAULT);
  }

  template <class T>
  SysResult write(const T& value) const {
    return write_to(value_, value);
  }
  /// Where a structure of the guest points.
  template <class T>
  SysResult write_to(uint32_t address, const T& value) const {
    return copy_out(*memory_, address, &value, sizeof value) ? SysResult() : SysResult::error(EFAULT);
  }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    request_ = reader.u32();
    value_ = reader.u32();
    memory_ = space.memory;
    row_ = find(request_);
    bool is_address = row_ && row_->direction > Direction::value;
    return !is_address || space.covers(value_, row_->size) ? 0 : EFAULT;
  }
  void print(TraceText& text) const;

 private:
  static const Row* find(uint32_t request);

  LinearMemory* memory_ = nullptr;
  uint32_t request_ = 0;
  uint32_t value_ = 0;
  const Row* row_ = nullptr;
};

namespace columns {
template <Name N>
using ioctl_argument = Arg<IoctlArgument, N>;
}  // namespace columns

}  // namespace lindvm
