#pragma once
// Argument kinds: what the columns of the call tables mean. A kind is the C++ type that a handler gets. It
// defines, once, how it is read from a call's slots, checked and copied in, how results are copied out, and
// how strace prints it:
//
//   template <class Abi, class Reader> int load(Reader& reader, const CallSpace& space)   an error number or
//   0 void print(TraceText& text) const static constexpr bool k_is_output            printed after the call,
//   and where strace's line breaks
//
// A Reader gives the call's 32- and 64-bit arguments in order, in the way of a personality; an Abi tells what
// else differs between personalities: how paths are passed, guest layouts (Layout), strictness. Values live
// for one call on its thread.

#include <linux/limits.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>

#include "memory/guest_access.h"
#include "syscalls/kernel/process.h"
#include "syscalls/kernel/thread.h"
#include "syscalls/strace.h"
#include "syscalls/table/flags.h"

namespace lindvm {

/// What checks and copies of arguments may need. No memory: the caller's module has none.
struct CallSpace {
  Thread& thread;
  LinearMemory* memory = nullptr;

  bool covers(uint64_t address, uint64_t bytes) const {
    return memory && translate(*memory, address, bytes) != nullptr;
  }
};

/// A name as a template argument.
template <size_t N>
struct Name {
  char text[N];
  consteval Name(const char (&name)[N]) { std::copy_n(name, N, text); }
};
template <size_t N>
Name(const char (&)[N]) -> Name<N>;

/// One column of a row: a kind and the argument's name.
template <class K, Name N>
struct Arg {
  using Kind = K;
  static constexpr std::string_view k_name = N.text;
};

/// The columns of a row.
template <class... Columns>
struct Arguments {};

/// Guest layout of T in a personality: specialisations have `using Guest`, `static Guest to_guest(const T&)`
/// and/or `static T from_guest(const Guest&)`. Numbers are themselves.
template <class Abi, class T>
struct Layout {
  static_assert(std::is_integral_v<T>);
  using Guest = T;
  static Guest to_guest(T value) { return value; }
  static T from_guest(Guest value) { return value; }
};

/// Of structures that are the same in every personality that has them.
template <class T>
struct SameLayout {
  using Guest = T;
  static const T& to_guest(const T& value) { return value; }
  static const T& from_guest(const T& value) { return value; }
};

/// Kinds that are printed before the call.
struct InputKind {
  static constexpr bool k_is_output = false;
};
struct OutputKind {
  static constexpr bool k_is_output = true;
};

/// A plain number.
template <class T>
struct Scalar : InputKind {
  T value{};

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace&) {
    if constexpr (sizeof(T) == 8) {
      value = static_cast<T>(reader.u64());
    } else {
      value = static_cast<T>(reader.u32());
    }
    return 0;
  }
  void print(TraceText& text) const {
    if constexpr (std::is_signed_v<T>) {
      text.number(value);
    } else {
      text.unsigned_number(value);
    }
  }
};

/// File permissions.
struct Mode : Scalar<uint32_t> {
  void print(TraceText& text) const { text.octal(value); }
};

/// Nanoseconds.
struct Nanoseconds : Scalar<uint64_t> {
  void print(TraceText& text) const { text.time(value); }
};

/// A guest address that the handler does not use itself.
struct Address : Scalar<uint32_t> {
  void print(TraceText& text) const { text.address(value); }
};

/// A 64-bit number passed as two 32-bit ones, the high half first (llseek).
struct HighFirst : InputKind {
  int64_t value = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace&) {
    uint64_t high = reader.u32();
    value = static_cast<int64_t>(high << 32 | reader.u32());
    return 0;
  }
  void print(TraceText& text) const { text.number(value); }
};

/// Bits of a set.
template <FlagSet S, class T = uint32_t>
struct Flags : InputKind {
  static constexpr uint64_t k_known = known_bits(S);
  T bits = 0;

  bool has(uint64_t flag) const { return bits & flag; }
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace&) {
    if constexpr (sizeof(T) == 8) {
      bits = reader.u64();
    } else {
      bits = static_cast<T>(reader.u32());
    }
    return Abi::k_refuses_unknown_flags && (bits & ~k_known) ? EINVAL : 0;
  }
  void print(TraceText& text) const { text.flags(S, bits); }
};

/// One value of a set; the handler refuses what it does not know, unless the personality does.
template <FlagSet S>
struct Choice : InputKind {
  static constexpr uint64_t k_known = known_values(S);
  uint32_t value = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace&) {
    value = reader.u32();
    bool is_known = value < 64 && (k_known >> value & 1);
    return Abi::k_refuses_unknown_flags && !is_known ? EINVAL : 0;
  }
  void print(TraceText& text) const { text.choice(S, value); }
};

/// A number that is one of a set of named ones.
template <FlagSet S, class T = int32_t>
struct Named : Scalar<T> {
  void print(TraceText& text) const { text.choice(S, static_cast<std::make_unsigned_t<T>>(this->value)); }
};

/// A number whose bits have names; the handler refuses what it does not know.
template <FlagSet S, class T = uint32_t>
struct Bits : Scalar<T> {
  void print(TraceText& text) const { text.flags(S, static_cast<std::make_unsigned_t<T>>(this->value)); }
};

/// Flags of a System V object with its permissions.
template <FlagSet S, class T>
struct BitsAndMode : Scalar<T> {
  void print(TraceText& text) const {
    constexpr T k_permissions = 0777;
    if (this->value & ~k_permissions) {
      text.flags(S, static_cast<std::make_unsigned_t<T>>(this->value & ~k_permissions));
      text.raw("|");
    }
    text.octal(static_cast<uint32_t>(this->value & k_permissions));
  }
};

/// A descriptor's number, open or not.
struct FdNumber : Scalar<uint32_t> {
  void print(TraceText& text) const { text.number(static_cast<int32_t>(value)); }
};

/// An open descriptor: EBADF if it is not.
struct Fd : InputKind {
  uint32_t number = 0;
  FileHold file;
  Capabilities capabilities;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    number = reader.u32();
    file = space.thread.process().fds().hold(number, capabilities);
    return file ? 0 : EBADF;
  }
  void print(TraceText& text) const { text.number(static_cast<int32_t>(number)); }
};

/// The directory that a relative path starts from; checked when it is used, since absolute paths need none.
struct AtFd : InputKind {
  static constexpr int32_t k_cwd = -100;
  uint32_t number = 0;
  FileHold file;  ///< null if the number is not open

  AtFd() = default;
  AtFd(const Fd& fd) : number(fd.number), file(fd.file) {}
  /// For calls whose paths start from the current directory.
  static AtFd cwd(Process& process) {
    AtFd dir;
    dir.number = static_cast<uint32_t>(k_cwd);
    if (process.fs()) dir.file = process.fs()->cwd();
    return dir;
  }
  bool is_cwd() const { return static_cast<int32_t>(number) == k_cwd; }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    number = reader.u32();
    Process& process = space.thread.process();
    file = is_cwd() && process.fs() ? FileHold(process.fs()->cwd()) : process.fds().hold(number);
    return 0;
  }
  void print(TraceText& text) const {
    if (is_cwd()) return text.raw("AT_FDCWD");
    text.number(static_cast<int32_t>(number));
  }
};

/// A path or name, copied in: ENAMETOOLONG, and EINVAL if it has a zero byte before its end.
class Path : public InputKind {
 public:
  Path() : length_(0) { text_[0] = '\0'; }  // the rest is left as it is: 4 KiB

  /// For the kernel's own paths; false if it is too long.
  bool assign(std::string_view path) {
    if (path.size() >= sizeof text_) return false;
    std::memcpy(text_, path.data(), path.size());
    text_[path.size()] = '\0';
    length_ = static_cast<uint32_t>(path.size());
    return true;
  }
  const char* c_str() const { return text_; }
  std::string_view view() const { return {text_, length_}; }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32();
    if constexpr (Abi::k_counted_paths) {
      return copy_counted(space, address, reader.u32());
    } else {
      return copy_terminated(space, address);
    }
  }
  void print(TraceText& text) const { text.quoted(view()); }

 protected:
  int copy_counted(const CallSpace& space, uint32_t address, uint32_t length) {
    if (!space.covers(address, length)) return EFAULT;
    if (length >= sizeof text_) return ENAMETOOLONG;
    if (!copy_in(text_, *space.memory, address, length)) return EFAULT;
    text_[length] = '\0';
    length_ = length;
    return std::memchr(text_, 0, length) ? EINVAL : 0;
  }
  int copy_terminated(const CallSpace& space, uint32_t address) {
    if (!space.memory) return EFAULT;
    int64_t length = copy_string(text_, sizeof text_, *space.memory, address);
    if (length < 0) return static_cast<int>(-length);
    length_ = static_cast<uint32_t>(length);
    return 0;
  }

 private:
  uint32_t length_;
  char text_[PATH_MAX];
};

/// A guest buffer with its length, in place. `data` is for the host kernel only [R4].
struct Buffer {
  LinearMemory* memory = nullptr;
  uint32_t address = 0;
  uint32_t size = 0;

  std::byte* data() const { return memory->base() + address; }
  iovec vector() const { return {data(), size}; }
  bool put(uint32_t offset, const void* bytes, size_t count) const {
    return copy_out(*memory, uint64_t{address} + offset, bytes, count);
  }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address = reader.u32();
    size = reader.u32();
    memory = space.memory;
    return space.covers(address, size) ? 0 : EFAULT;
  }
  void print_bytes(TraceText& text, uint64_t bytes) const {
    char shown[TraceText::k_max_bytes];
    size_t count = bytes < sizeof shown ? bytes : sizeof shown;
    if (!memory || !copy_in(shown, *memory, address, count)) return text.address(address);
    text.quoted({shown, count}, bytes);
  }
  void print_size(TraceText& text) const {
    text.raw(", ");
    text.unsigned_number(size);
  }
};

struct BytesIn : Buffer, InputKind {
  void print(TraceText& text) const {
    print_bytes(text, size);
    print_size(text);
  }
};

/// A buffer that the call fills; the handler says how far.
struct BytesOut : Buffer, OutputKind {
  uint32_t filled = 0;

  SysResult fill_with(SysResult count) {
    if (count.ok()) filled = static_cast<uint32_t>(count.value());
    return count;
  }
  void print(TraceText& text) const {
    print_bytes(text, filled);
    print_size(text);
  }
};

/// struct iovec of a 32-bit guest; WASI's iovec and ciovec.
struct GuestVector {
  uint32_t address;
  uint32_t size;
};

/// Fills `host` with the guest's buffers of an array at `address`, at most k_max_vectors: EFAULT, or EINVAL
/// if one is longer than `longest`, which comes before EFAULT for a buffer.
constexpr size_t k_max_vectors = 1024;
int read_vectors(LinearMemory& memory, uint32_t address, uint32_t longest, std::span<iovec> host);

/// An array of guest buffers, checked as Linux does: all before the first byte moves.
class VectorList {
 public:
  static constexpr size_t k_max = k_max_vectors;

  VectorList() {}
  std::span<const iovec> vectors() const { return {vectors_.data(), count_}; }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    address_ = reader.u32();
    uint32_t count = reader.u32();
    memory_ = space.memory;
    return load_vectors(space, count, Abi::k_longest_vector);
  }

 protected:
  int load_vectors(const CallSpace& space, uint32_t count, uint32_t longest);
  void print_vectors(TraceText& text, uint64_t bytes) const;

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
  uint32_t count_ = 0;
  std::array<iovec, k_max> vectors_;  // the first count_ are valid: 16 KiB
};

struct VectorsIn : VectorList, InputKind {
  VectorsIn() {}  // not defaulted: value-initialisation must not clear the array
  void print(TraceText& text) const { print_vectors(text, UINT64_MAX); }
};

struct VectorsOut : VectorList, OutputKind {
  VectorsOut() {}
  uint64_t filled = 0;

  SysResult fill_with(SysResult count) {
    if (count.ok()) filled = static_cast<uint64_t>(count.value());
    return count;
  }
  void print(TraceText& text) const { print_vectors(text, filled); }
};

void print_value(TraceText& text, const FileStatus& status);
template <class T>
  requires std::is_integral_v<T>
void print_value(TraceText& text, T value) {
  text.raw("[");
  text.number(static_cast<int64_t>(value));
  text.raw("]");
}

/// Where the guest wants a T. The handler puts one, in the layout of whoever asks.
template <class T>
class Out : public OutputKind {
 public:
  [[nodiscard]] SysResult put(const T& value) {
    value_ = value;
    is_put_ = true;
    return store_(*this, value) ? SysResult() : SysResult::error(EFAULT);
  }

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    return bind<Abi>(space, reader.u32());
  }
  template <class Abi>
  int bind(const CallSpace& space, uint32_t address) {
    using Guest = typename Layout<Abi, T>::Guest;
    address_ = address;
    memory_ = space.memory;
    store_ = [](const Out& out, const T& value) {
      if (!out.memory_) return false;
      Guest guest = Layout<Abi, T>::to_guest(value);
      return copy_out(*out.memory_, out.address_, &guest, sizeof guest);
    };
    return Abi::k_checks_outputs_first && !space.covers(address_, sizeof(Guest)) ? EFAULT : 0;
  }
  void print(TraceText& text) const {
    if (!is_put_) return text.address(address_);
    print_value(text, value_);
  }

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t address_ = 0;
  bool is_put_ = false;
  bool (*store_)(const Out&, const T&) = nullptr;
  T value_;
};

/// A T that the guest passes by address.
template <class T>
struct In : InputKind {
  T value{};

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    return copy<Abi>(space, reader.u32());
  }
  template <class Abi>
  int copy(const CallSpace& space, uint32_t address) {
    typename Layout<Abi, T>::Guest guest;
    if (!space.memory || !copy_in(&guest, *space.memory, address, sizeof guest)) return EFAULT;
    value = Layout<Abi, T>::from_guest(guest);
    return 0;
  }
  void print(TraceText& text) const { print_value(text, value); }
};

/// A T that the guest may pass by address, or null.
template <class T>
struct OptionalIn : In<T> {
  bool is_given = false;

  OptionalIn() = default;
  OptionalIn(const In<T>& given) : In<T>(given), is_given(true) {}
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32();
    is_given = address != 0;
    return is_given ? In<T>::template copy<Abi>(space, address) : 0;
  }
  void print(TraceText& text) const { is_given ? In<T>::print(text) : text.raw("NULL"); }
};

/// An argument that is refused where the handler checks it: for calls that look at other arguments first.
template <class Kind>
struct Late : Kind {
  int error = 0;

  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    error = Kind::template load<Abi>(reader, space);
    return 0;
  }
  SysResult check() const { return SysResult::error(error); }
};

/// Where the guest may want a T; nothing is put if it does not.
template <class T>
class OptionalOut : public Out<T> {
 public:
  bool is_wanted = false;

  OptionalOut() = default;
  OptionalOut(const Out<T>& wanted) : Out<T>(wanted), is_wanted(true) {}
  [[nodiscard]] SysResult put(const T& value) { return is_wanted ? Out<T>::put(value) : SysResult(); }
  template <class Abi, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t address = reader.u32();
    is_wanted = address != 0;
    return is_wanted ? Out<T>::template bind<Abi>(space, address) : 0;
  }
};

/// The columns of the tables, by the names that the tables use.
namespace columns {
template <Name N>
using fd = Arg<Fd, N>;
template <Name N>
using fd_number = Arg<FdNumber, N>;
template <Name N>
using at_fd = Arg<AtFd, N>;
template <Name N>
using path_in = Arg<Path, N>;
template <Name N>
using bytes_in = Arg<BytesIn, N>;
template <Name N>
using bytes_out = Arg<BytesOut, N>;
template <Name N>
using vectors_in = Arg<VectorsIn, N>;
template <Name N>
using vectors_out = Arg<VectorsOut, N>;
template <class T, Name N>
using out = Arg<Out<T>, N>;
template <class T, Name N>
using in = Arg<In<T>, N>;
template <class T, Name N>
using optional_in = Arg<OptionalIn<T>, N>;
template <Name N>
using late_path_in = Arg<Late<Path>, N>;
template <Name N>
using late_bytes_out = Arg<Late<BytesOut>, N>;
template <class T, Name N>
using late_in = Arg<Late<In<T>>, N>;
template <class T, Name N>
using late_optional_in = Arg<Late<OptionalIn<T>>, N>;
template <class T, Name N>
using optional_out = Arg<OptionalOut<T>, N>;
template <FlagSet S, Name N>
using flags = Arg<Flags<S>, N>;
template <FlagSet S, Name N>
using choice = Arg<Choice<S>, N>;
template <FlagSet S, Name N>
using named = Arg<Named<S>, N>;
template <FlagSet S, Name N>
using bits = Arg<Bits<S>, N>;
template <FlagSet S, Name N>
using bits_and_mode = Arg<BitsAndMode<S, int32_t>, N>;
template <Name N>
using mode = Arg<Mode, N>;
template <Name N>
using address = Arg<Address, N>;
template <Name N>
using int32 = Arg<Scalar<int32_t>, N>;
template <Name N>
using size = Arg<Scalar<uint32_t>, N>;
template <Name N>
using offset = Arg<Scalar<int64_t>, N>;
template <Name N>
using offset_high_first = Arg<HighFirst, N>;
template <Name N>
using time_ns = Arg<Nanoseconds, N>;
}  // namespace columns

}  // namespace lindvm
