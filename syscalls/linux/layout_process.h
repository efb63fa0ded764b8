#pragma once
// Structures of the calls on processes, signals and time as Linux lays them out for 32-bit machines with
// 64-bit times. Constant data and pure functions.

#include <algorithm>
#include <cstring>

#include "syscalls/linux/abi.h"

namespace lindvm {
namespace linux_abi {

struct OldTimeval {
  int32_t seconds, microseconds;
};

/// The value of a guest structure that is laid out as the host's.
template <class T>
struct SameLayout {
  using Guest = T;
  static Guest to_guest(const T& value) { return value; }
  static T from_guest(const Guest& value) { return value; }
};

}  // namespace linux_abi

template <>
struct Layout<linux_abi::Abi, SignalMask> : linux_abi::SameLayout<SignalMask> {};
template <>
struct Layout<linux_abi::Abi, SignalAction> : linux_abi::SameLayout<SignalAction> {};
template <>
struct Layout<linux_abi::Abi, SignalInfo> : linux_abi::SameLayout<SignalInfo> {};
template <>
struct Layout<linux_abi::Abi, AlternateStack> : linux_abi::SameLayout<AlternateStack> {};
template <>
struct Layout<linux_abi::Abi, rlimit> : linux_abi::SameLayout<rlimit> {};
template <>
struct Layout<linux_abi::Abi, utsname> : linux_abi::SameLayout<utsname> {};

template <>
struct Layout<linux_abi::Abi, itimerspec> {
  struct Guest {
    linux_abi::Timespec interval, value;
  };
  using Time = Layout<linux_abi::Abi, timespec>;
  static Guest to_guest(const itimerspec& timer) {
    return {Time::to_guest(timer.it_interval), Time::to_guest(timer.it_value)};
  }
  static itimerspec from_guest(const Guest& guest) {
    return {Time::from_guest(guest.interval), Time::from_guest(guest.value)};
  }
};

template <>
struct Layout<linux_abi::Abi, itimerval> {
  struct Guest {
    linux_abi::OldTimeval interval, value;
  };
  static linux_abi::OldTimeval to_old(const timeval& time) {
    return {static_cast<int32_t>(std::min<time_t>(time.tv_sec, INT32_MAX)),
            static_cast<int32_t>(time.tv_usec)};
  }
  static Guest to_guest(const itimerval& timer) {
    return {to_old(timer.it_interval), to_old(timer.it_value)};
  }
  static itimerval from_guest(const Guest& guest) {
    return {{guest.interval.seconds, guest.interval.microseconds},
            {guest.value.seconds, guest.value.microseconds}};
  }
};

template <>
struct Layout<linux_abi::Abi, TimerEvent> {
  struct Guest {
    uint32_t value;
    int32_t number, notify, tid;
    uint32_t rest[12];
  };
  static_assert(sizeof(Guest) == 64);
  static TimerEvent from_guest(const Guest& guest) {
    return {guest.notify, guest.number, guest.value, guest.tid};
  }
};

template <>
struct Layout<linux_abi::Abi, rusage> {
  struct Guest {
    linux_abi::OldTimeval user, system;
    int32_t counts[14];
  };
  static_assert(sizeof(Guest) == 72);
  static Guest to_guest(const rusage& usage) {
    auto time = [](const timeval& value) {
      return linux_abi::OldTimeval{static_cast<int32_t>(value.tv_sec), static_cast<int32_t>(value.tv_usec)};
    };
    const long counts[14] = {usage.ru_maxrss,  usage.ru_ixrss,  usage.ru_idrss,  usage.ru_isrss,
                             usage.ru_minflt,  usage.ru_majflt, usage.ru_nswap,  usage.ru_inblock,
                             usage.ru_oublock, usage.ru_msgsnd, usage.ru_msgrcv, usage.ru_nsignals,
                             usage.ru_nvcsw,   usage.ru_nivcsw};
    Guest guest{time(usage.ru_utime), time(usage.ru_stime), {}};
    std::transform(counts, counts + 14, guest.counts, [](long count) { return static_cast<int32_t>(count); });
    return guest;
  }
};

template <>
struct Layout<linux_abi::Abi, tms> {
  struct Guest {
    int32_t user, system, children_user, children_system;
  };
  static Guest to_guest(const tms& times) {
    return {static_cast<int32_t>(times.tms_utime), static_cast<int32_t>(times.tms_stime),
            static_cast<int32_t>(times.tms_cutime), static_cast<int32_t>(times.tms_cstime)};
  }
};

template <>
struct Layout<linux_abi::Abi, struct sysinfo> {
  struct Guest {
    int32_t uptime;
    uint32_t loads[3];
    uint32_t memory[6];  // total, free, shared, buffers; total and free swap
    uint16_t processes, pad;
    uint32_t high[2];
    uint32_t unit;
    uint32_t tail[2];
  };
  static_assert(sizeof(Guest) == 64);
  /// Sizes that do not fit in 32 bits are told in larger units, as Linux does.
  static Guest to_guest(const struct sysinfo& info) {
    const unsigned long sizes[8] = {info.totalram,  info.freeram,  info.sharedram, info.bufferram,
                                    info.totalswap, info.freeswap, info.totalhigh, info.freehigh};
    uint64_t unit = info.mem_unit;
    while (std::any_of(sizes, sizes + 8,
                       [&](uint64_t size) { return size * info.mem_unit / unit > UINT32_MAX; })) {
      unit <<= 12;
    }
    auto scaled = [&](int i) { return static_cast<uint32_t>(sizes[i] * info.mem_unit / unit); };
    Guest guest{};
    guest.uptime = static_cast<int32_t>(info.uptime);
    for (int i = 0; i < 3; ++i) guest.loads[i] = static_cast<uint32_t>(info.loads[i]);
    for (int i = 0; i < 6; ++i) guest.memory[i] = scaled(i);
    for (int i = 0; i < 2; ++i) guest.high[i] = scaled(6 + i);
    guest.processes = info.procs;
    guest.unit = static_cast<uint32_t>(unit);
    return guest;
  }
};

}  // namespace lindvm
