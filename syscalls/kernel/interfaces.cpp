#include "syscalls/kernel/interfaces.h"

#include <arpa/inet.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>

#include <array>

namespace lindvm {
namespace {

constexpr std::string_view k_loopback = "lo";
constexpr int32_t k_index = 1, k_bytes = 65536, k_queue = 1000, k_metric = 0;
constexpr int16_t k_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
constexpr in_addr_t k_network_mask = 0xff00'0000;

/// Without the label behind a colon, which one of several addresses has.
std::string_view interface_of(const InterfaceRequest& request) {
  std::string_view name = request.name_text();
  return name.substr(0, name.find(':'));
}

void put_address(InterfaceRequest& request, in_addr_t address) {
  sockaddr_in told{};
  told.sin_family = AF_INET;
  told.sin_addr.s_addr = htonl(address);
  request.put(told);
}

SysResult tell_name(InterfaceRequest& request) {
  if (request.get<int32_t>() != k_index) return SysResult::error(ENODEV);
  std::memset(request.name, 0, sizeof request.name);
  k_loopback.copy(request.name, sizeof request.name - 1);
  return SysResult();
}

}  // namespace

SysResult describe_interface(uint32_t number, InterfaceRequest& request) {
  if (number == SIOCGIFNAME) return tell_name(request);
  if (interface_of(request) != k_loopback) return SysResult::error(ENODEV);
  switch (number) {
    case SIOCGIFFLAGS:
      request.put(k_flags);
      return SysResult();
    case SIOCGIFINDEX:
      request.put(k_index);
      return SysResult();
    case SIOCGIFMTU:
      request.put(k_bytes);
      return SysResult();
    case SIOCGIFTXQLEN:
      request.put(k_queue);
      return SysResult();
    case SIOCGIFMETRIC:
      request.put(k_metric);
      return SysResult();
    case SIOCGIFHWADDR:
      request.put(sockaddr{.sa_family = ARPHRD_LOOPBACK, .sa_data = {}});
      return SysResult();
    case SIOCGIFMAP:
      request.put(std::array<std::byte, sizeof request.value>{});
      return SysResult();
  }
  return SysResult::error(ENOTTY);
}

SysResult describe_interface_address(uint32_t number, InterfaceRequest& request) {
  if (interface_of(request) != k_loopback) return SysResult::error(ENODEV);
  if (request.name_text() != k_loopback) return SysResult::error(EADDRNOTAVAIL);
  switch (number) {
    case SIOCGIFADDR:
    case SIOCGIFDSTADDR:
      put_address(request, INADDR_LOOPBACK);
      return SysResult();
    case SIOCGIFBRDADDR:
      put_address(request, INADDR_ANY);
      return SysResult();
    case SIOCGIFNETMASK:
      put_address(request, k_network_mask);
      return SysResult();
  }
  return SysResult::error(ENOTTY);
}

InterfaceRequest loopback_interface() {
  InterfaceRequest request{};
  k_loopback.copy(request.name, sizeof request.name - 1);
  put_address(request, INADDR_LOOPBACK);
  return request;
}

}  // namespace lindvm
