#pragma once
// Argument kinds of the calls that name files (see arguments.h). Values live for one call on its thread.

#include <linux/openat2.h>
#include <sys/vfs.h>

#include "syscalls/table/arguments.h"

namespace lindvm {

/// A path that may be a null pointer: it is empty then.
class OptionalPath : public Path {
 public:
  OptionalPath() = default;
  OptionalPath(const Path& path) : Path(path) {}

  bool is_null() const { return is_null_; }
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    if constexpr (Abi::k_counted_paths) {
      return Path::load<Abi>(reader, space);
    } else {
      uint32_t address = reader.u32();
      is_null_ = address == 0;
      return is_null_ ? 0 : copy_terminated(space, address);
    }
  }
  void print(TraceText& text) const { is_null_ ? text.raw("NULL") : Path::print(text); }

 private:
  bool is_null_ = false;
};

/// The name of an extended attribute: ERANGE if it is empty or too long.
class XattrName : public Path {
 public:
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    constexpr size_t k_max = 255;
    int error = Path::load<Abi>(reader, space);
    if (error && error != ENAMETOOLONG) return error;
    return error || view().empty() || view().size() > k_max ? ERANGE : 0;
  }
};

/// struct xattr_args, which is the same on every machine, with the buffer that it tells.
class XattrValue : public InputKind {
 public:
  /// For the host kernel only [R4].
  std::byte* data() const { return memory_->base() + args_.value; }
  uint32_t size() const { return args_.size; }
  uint32_t flags() const { return args_.flags; }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32();
    return copy(space, address, reader.u32());
  }
  void print(TraceText& text) const;

 private:
  struct Args {
    uint64_t value;
    uint32_t size, flags;
  };
  int copy(const CallSpace& space, uint32_t address, uint32_t bytes);

  Args args_{};
  LinearMemory* memory_ = nullptr;
};

/// struct open_how with its size: E2BIG if there is more than we know.
struct OpenHowIn : InputKind {
  open_how value{};

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32();
    return copy(space, address, reader.u32());
  }
  void print(TraceText& text) const;

 private:
  int copy(const CallSpace& space, uint32_t address, uint32_t bytes);
};

/// What statfs64 must be told.
inline constexpr uint32_t k_statfs_bytes = 88;

void print_value(TraceText& text, const struct statfs& status);

namespace columns {
template <Name N>
using optional_path = Arg<OptionalPath, N>;
template <Name N>
using late_optional_path = Arg<Late<OptionalPath>, N>;
template <Name N>
using xattr_name = Arg<XattrName, N>;
template <Name N>
using xattr_value = Arg<XattrValue, N>;
template <Name N>
using how_in = Arg<OpenHowIn, N>;
}  // namespace columns

}  // namespace lindvm
