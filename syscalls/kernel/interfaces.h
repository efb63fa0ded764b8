#pragma once
// The network interfaces that guests are told of: the loopback interface, which every machine has alike. What
// others the host has is not shown, though addresses of theirs may be bound and reached. Constant data and
// pure functions.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "syscalls/table/sys_result.h"

namespace lindvm {

/// struct ifreq of 32-bit machines: an interface's name, and what is asked or told of it.
struct InterfaceRequest {
  char name[16];
  std::byte value[16];

  std::string_view name_text() const { return {name, strnlen(name, sizeof name)}; }
  template <class T>
  T get() const {
    T asked;
    std::memcpy(&asked, value, sizeof asked);
    return asked;
  }
  template <class T>
  void put(const T& told) {
    static_assert(sizeof told <= sizeof value);
    std::memcpy(value, &told, sizeof told);
  }
};
static_assert(sizeof(InterfaceRequest) == 32);

/// Answers one of SIOCGIFNAME, SIOCGIFFLAGS, ... of linux/sockios.h: ENODEV.
SysResult describe_interface(uint32_t number, InterfaceRequest& request);
/// Answers SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFBRDADDR or SIOCGIFNETMASK: ENODEV, EADDRNOTAVAIL.
SysResult describe_interface_address(uint32_t number, InterfaceRequest& request);
/// As SIOCGIFCONF lists it.
InterfaceRequest loopback_interface();

}  // namespace lindvm
