#pragma once
// How calls by number differ from the kernel's own terms: the number in slot 0 and 32-bit arguments after it,
// 64-bit ones in two of them with the low half first, zero-terminated paths, results as negated error
// numbers, structures as Linux lays them out for 32-bit machines with 64-bit times. Constant data and pure
// functions.

#include <cstdint>

#include "syscalls/imports.h"
#include "syscalls/linux/personality.h"
#include "syscalls/table/arguments.h"
#include "syscalls/table/syscalls.h"
#include "vm/runtime/host_function.h"

namespace lindvm {
namespace linux_abi {

struct Abi {
  class Reader {
   public:
    explicit Reader(const HostCall& call) : call_(call) {}
    uint32_t u32() { return call_.arg<uint32_t>(next_++); }
    uint64_t u64() {
      uint64_t low = u32();
      return low | uint64_t{u32()} << 32;
    }

   private:
    const HostCall& call_;
    unsigned next_ = 1;
  };
  static constexpr bool k_counted_paths = false;
  static constexpr bool k_refuses_unknown_flags = false;
  static constexpr bool k_checks_outputs_first = false;
  static constexpr uint32_t k_longest_vector = INT32_MAX;  // lengths are signed
  static HostStatus finish(HostCall& call, SysResult result) {
    if (result.raw() == -EINTR) [[unlikely]]
      keep_interrupted(call);
    return call.ok<uint32_t>(static_cast<uint32_t>(result.raw()));
  }
  static std::string_view call_name(const HostCall& call, const CallBinding&) {
    return name_of_number(call.arg<uint32_t>(0));
  }
};

/// __kernel_timespec. The upper half of a 32-bit program's nanoseconds is padding.
struct Timespec {
  int64_t seconds;
  int64_t nanoseconds;
};

}  // namespace linux_abi

template <>
struct Layout<linux_abi::Abi, timespec> {
  using Guest = linux_abi::Timespec;
  static Guest to_guest(const timespec& time) { return {time.tv_sec, time.tv_nsec}; }
  static timespec from_guest(const Guest& time) {
    return {time.seconds, static_cast<int32_t>(time.nanoseconds)};
  }
};

template <>
struct Layout<linux_abi::Abi, FileTimes> {
  struct Guest {
    linux_abi::Timespec access, modification;
  };
  static FileTimes from_guest(const Guest& guest) {
    using Time = Layout<linux_abi::Abi, timespec>;
    return {Time::from_guest(guest.access), Time::from_guest(guest.modification)};
  }
};

template <>
struct Layout<linux_abi::Abi, FileStatus> {
  using Guest = FileStatus;
  static Guest to_guest(const FileStatus& status) { return status; }
};

template <>
struct Layout<linux_abi::Abi, EpollEvent> {
  struct Guest {
    uint32_t events;
    uint32_t pad;
    uint64_t data;
  };
  static Guest to_guest(const EpollEvent& event) { return {event.events, 0, event.data}; }
  static EpollEvent from_guest(const Guest& guest) { return {guest.events, guest.data}; }
};

}  // namespace lindvm
