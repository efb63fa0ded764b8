#pragma once
// How WASI calls differ from the kernel's: arguments are wasm parameters, paths have a length, results are
// error numbers of WASI's own, structs have the witx layouts. Preview 0 (wasi_unstable) and preview 1 differ
// in a few layouts only. Constant data and pure functions.

#include <cstddef>
#include <ctime>
#include <vector>

#include "syscalls/imports.h"
#include "syscalls/table/arguments.h"
#include "syscalls/table/syscalls.h"
#include "vm/runtime/host_function.h"

namespace lindvm::wasi {

/// Arguments in the order of the wasm parameters, one slot each.
class SlotReader {
 public:
  explicit SlotReader(const HostCall& call) : call_(call) {}
  uint32_t u32() { return call_.arg<uint32_t>(next_++); }
  uint64_t u64() { return call_.arg<uint64_t>(next_++); }

 private:
  const HostCall& call_;
  unsigned next_ = 0;
};

struct Abi {
  using Reader = SlotReader;
  static constexpr bool k_counted_paths = true;
  static constexpr bool k_refuses_unknown_flags = true;
  static constexpr bool k_checks_outputs_first = true;
  static constexpr uint32_t k_longest_vector = UINT32_MAX;
  static HostStatus finish(HostCall& call, SysResult result) {
    return call.ok<uint32_t>(result.ok() ? 0 : wasi_error(result.error_number()));
  }
  static std::string_view call_name(const HostCall&, const CallBinding& binding) {
    return binding.function->name;
  }
};
struct Preview1 : Abi {};
struct Preview0 : Abi {};

/// The rights by name.
enum Right : uint64_t {
#define RIGHT(name, bit) name = uint64_t{1} << bit,
#include "syscalls/wasi/rights.def"
};

/// A descriptor that must have the rights R (any of them will do if they are several): ENOTCAPABLE.
template <uint64_t R>
struct CapableFd : Fd {
  using Passed = Fd;

  template <class A, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    int error = Fd::load<A>(reader, space);
    if (error) return error;
    return R != 0 && (capabilities.base & R) == 0 ? ENOTCAPABLE : 0;
  }
};

/// A set of rights. Bits that WASI does not define are ignored: programs ask for all.
struct Rights : InputKind {
  static constexpr uint64_t k_all = known_bits(FlagSet::WasiRights);
  uint64_t bits = 0;

  template <class A, class Reader>
  int load(Reader& reader, const CallSpace&) {
    bits = reader.u64() & k_all;
    return 0;
  }
  void print(TraceText& text) const {
    if (bits == k_all) return text.raw("ALL");
    text.flags(FlagSet::WasiRights, bits);
  }
};

/// Where args_get and environ_get put strings: an array of their addresses, and the strings.
class StringTable : public OutputKind {
 public:
  [[nodiscard]] SysResult put(const std::vector<std::string>& strings);

  template <class A, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    addresses_ = reader.u32();
    strings_ = reader.u32();
    memory_ = space.memory;
    return memory_ ? 0 : EFAULT;
  }
  void print(TraceText& text) const;

 private:
  LinearMemory* memory_ = nullptr;
  uint32_t addresses_ = 0;
  uint32_t strings_ = 0;
};

/// lseek's whence, whose values preview 0 orders differently; `value` is Linux's.
struct Whence : InputKind {
  uint32_t value = 0;

  template <class A, class Reader>
  int load(Reader& reader, const CallSpace&) {
    constexpr uint32_t k_preview0[] = {SEEK_CUR, SEEK_END, SEEK_SET};
    value = reader.u32();
    if (value > 2) return EINVAL;
    if constexpr (std::is_same_v<A, Preview0>) value = k_preview0[value];
    return 0;
  }
  void print(TraceText& text) const { text.choice(FlagSet::SeekWhence, value); }
};

/// What fd_fdstat_get tells.
struct FdStatus {
  uint8_t type = 0;
  uint16_t flags = 0;
  uint64_t rights = 0;
  uint64_t inheriting = 0;
};
void print_value(TraceText& text, const FdStatus& status);

/// What fd_prestat_get tells: the length of a preopened directory's name.
struct Prestat {
  uint32_t name_length = 0;
};
void print_value(TraceText& text, const Prestat& prestat);

/// One thing that poll_oneoff waits for.
struct Subscription {
  uint64_t userdata = 0;
  uint8_t type = 0;    ///< FlagSet::WasiEventType
  uint32_t clock = 0;  ///< of a clock, with the next two
  uint64_t timeout = 0;
  bool is_absolute = false;
  uint32_t fd = 0;  ///< of fd_read, fd_write
};

struct Event {
  uint64_t userdata = 0;
  uint16_t error = 0;
  uint8_t type = 0;
  uint64_t bytes = 0;
  bool is_hangup = false;
};

/// poll_oneoff's arrays and their common length.
class PollLists : public OutputKind {
 public:
  static constexpr uint32_t k_max = 1u << 16;

  std::vector<Subscription> subscriptions;

  [[nodiscard]] SysResult put(const std::vector<Event>& events);

  template <class A, class Reader>
  int load(Reader& reader, const CallSpace& space) {
    uint32_t in = reader.u32();
    out_ = reader.u32();
    uint32_t count = reader.u32();
    memory_ = space.memory;
    if (count == 0) return EINVAL;
    using Guest = typename Layout<A, Subscription>::Guest;
    if (!space.covers(in, uint64_t{count} * sizeof(Guest))) return EFAULT;
    if (!space.covers(out_, uint64_t{count} * k_event_bytes)) return EFAULT;
    if (count > k_max) return ENOMEM;
    std::vector<Guest> guest(count);
    if (!copy_in(guest.data(), *space.memory, in, count * sizeof(Guest))) return EFAULT;
    for (const Guest& one : guest) subscriptions.push_back(Layout<A, Subscription>::from_guest(one));
    return 0;
  }
  void print(TraceText& text) const;

 private:
  static constexpr size_t k_event_bytes = 32;
  LinearMemory* memory_ = nullptr;
  uint32_t out_ = 0;
  std::vector<Event> events_;  // for tracing
};

uint8_t file_type(uint16_t mode);

}  // namespace lindvm::wasi

namespace lindvm {

// Guest layouts, as the witx files define them; padding is zero.

struct WasiFdStatus {
  uint8_t type;
  uint8_t pad0;
  uint16_t flags;
  uint32_t pad1;
  uint64_t rights;
  uint64_t inheriting;
};
static_assert(sizeof(WasiFdStatus) == 24 && offsetof(WasiFdStatus, rights) == 8);

struct WasiPrestat {
  uint8_t tag;
  uint8_t pad[3];
  uint32_t name_length;
};
static_assert(sizeof(WasiPrestat) == 8);

struct WasiFileStatus {
  uint64_t device, inode;
  uint8_t type;
  uint8_t pad[7];
  uint64_t links, size, access, modification, change;
};
static_assert(sizeof(WasiFileStatus) == 64 && offsetof(WasiFileStatus, links) == 24);

struct WasiUnstableFileStatus {
  uint64_t device, inode;
  uint8_t type;
  uint8_t pad[3];
  uint32_t links;
  uint64_t size, access, modification, change;
};
static_assert(sizeof(WasiUnstableFileStatus) == 56 && offsetof(WasiUnstableFileStatus, links) == 20);

struct WasiSubscription {
  uint64_t userdata;
  uint8_t type;
  uint8_t pad0[7];
  union {
    uint32_t clock;
    uint32_t fd;
  };
  uint32_t pad1;
  uint64_t timeout, precision;
  uint16_t flags;
  uint8_t pad2[6];
};
static_assert(sizeof(WasiSubscription) == 48 && offsetof(WasiSubscription, timeout) == 24);

struct WasiUnstableSubscription {
  uint64_t userdata;
  uint8_t type;
  uint8_t pad0[7];
  union {
    uint64_t identifier;
    uint32_t fd;
  };
  uint32_t clock;
  uint32_t pad1;
  uint64_t timeout, precision;
  uint16_t flags;
  uint8_t pad2[6];
};
static_assert(sizeof(WasiUnstableSubscription) == 56 && offsetof(WasiUnstableSubscription, clock) == 24);

template <class A>
concept WasiAbi = std::is_base_of_v<wasi::Abi, A>;

/// Times are 64-bit nanoseconds.
template <WasiAbi A>
struct Layout<A, timespec> {
  using Guest = uint64_t;
  static Guest to_guest(const timespec& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
  }
};

template <WasiAbi A>
struct Layout<A, wasi::FdStatus> {
  using Guest = WasiFdStatus;
  static Guest to_guest(const wasi::FdStatus& status) {
    return {status.type, 0, status.flags, 0, status.rights, status.inheriting};
  }
};

template <WasiAbi A>
struct Layout<A, wasi::Prestat> {
  using Guest = WasiPrestat;
  static Guest to_guest(const wasi::Prestat& prestat) { return {0, {}, prestat.name_length}; }
};

template <WasiAbi A>
struct Layout<A, FileStatus> {
  using Guest = std::conditional_t<std::is_same_v<A, wasi::Preview0>, WasiUnstableFileStatus, WasiFileStatus>;
  static uint64_t nanoseconds(const statx_timestamp& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  }
  static Guest to_guest(const FileStatus& status) {
    Guest guest{};
    guest.device = uint64_t{status.stx_dev_major} << 32 | status.stx_dev_minor;
    guest.inode = status.stx_ino;
    guest.type = wasi::file_type(status.stx_mode);
    guest.links = status.stx_nlink;
    guest.size = status.stx_size;
    guest.access = nanoseconds(status.stx_atime);
    guest.modification = nanoseconds(status.stx_mtime);
    guest.change = nanoseconds(status.stx_ctime);
    return guest;
  }
};

template <WasiAbi A>
struct Layout<A, wasi::Subscription> {
  using Guest =
      std::conditional_t<std::is_same_v<A, wasi::Preview0>, WasiUnstableSubscription, WasiSubscription>;
  static wasi::Subscription from_guest(const Guest& guest) {
    return {guest.userdata, guest.type, guest.clock, guest.timeout, (guest.flags & 1) != 0, guest.fd};
  }
};

}  // namespace lindvm
