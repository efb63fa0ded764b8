// What sockets tell of network interfaces: the loopback interface, which every machine has.
#include "calls.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#ifndef SIOCGIFTXQLEN
#define SIOCGIFTXQLEN 0x8942
#endif

static struct ifreq of(const char *name) {
  struct ifreq request;
  memset(&request, 0x55, sizeof request);
  memset(request.ifr_name, 0, sizeof request.ifr_name);
  strcpy(request.ifr_name, name);
  return request;
}

static void show_address(int fd, const char *what, unsigned long number, const char *name) {
  struct ifreq request = of(name);
  int result = ioctl(fd, number, &request);
  printf("%s of %s: ", what, name);
  if (result) {
    puts(errno_name(errno));
    return;
  }
  struct sockaddr_in *address = (struct sockaddr_in *)&request.ifr_addr;
  printf("family %d, port %d, %s, name %s\n", address->sin_family, address->sin_port, inet_ntoa(address->sin_addr),
         request.ifr_name);
}

static void show_number(int fd, const char *what, unsigned long number, const char *name) {
  struct ifreq request = of(name);
  int result = ioctl(fd, number, &request);
  printf("%s of %s: %s", what, name, result ? errno_name(errno) : "");
  if (result == 0) printf("%d, name %s", number == SIOCGIFFLAGS ? request.ifr_flags : request.ifr_ifindex, request.ifr_name);
  puts("");
}

#define ADDRESS(fd, number, name) show_address(fd, #number, number, name)
#define NUMBER(fd, number, name) show_number(fd, #number, number, name)

static void questions(int fd, const char *name) {
  ADDRESS(fd, SIOCGIFADDR, name);
  ADDRESS(fd, SIOCGIFDSTADDR, name);
  ADDRESS(fd, SIOCGIFBRDADDR, name);
  ADDRESS(fd, SIOCGIFNETMASK, name);
  NUMBER(fd, SIOCGIFFLAGS, name);
  NUMBER(fd, SIOCGIFINDEX, name);
  NUMBER(fd, SIOCGIFMTU, name);
  NUMBER(fd, SIOCGIFMETRIC, name);
  NUMBER(fd, SIOCGIFTXQLEN, name);
  struct ifreq request = of(name);
  SHOW(ioctl(fd, SIOCGIFHWADDR, &request));
  static const char zeros[6];
  if (request.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK)
    printf("loopback, address %s\n", memcmp(request.ifr_hwaddr.sa_data, zeros, 6) ? "?" : "none");
  request = of(name);
  SHOW(ioctl(fd, SIOCGIFMAP, &request));
  printf("map %d\n", request.ifr_map.irq);
  NUMBER(fd, SIOCGIFCOUNT, name);
}

static void names(int fd) {
  struct ifreq request = of("");
  int index = (int)if_nametoindex("lo");
  char name[IF_NAMESIZE];
  printf("index %d, %s\n", index, if_indextoname((unsigned)index, name) ? name : "?");
  request.ifr_ifindex = index;
  SHOW(ioctl(fd, SIOCGIFNAME, &request));
  puts(request.ifr_name);
  request.ifr_ifindex = 99999;
  SHOW(ioctl(fd, SIOCGIFNAME, &request));
  request.ifr_ifindex = -1;
  SHOW(ioctl(fd, SIOCGIFNAME, &request));
  request.ifr_ifindex = 0;
  SHOW(ioctl(fd, SIOCGIFNAME, &request));
  SHOW((int)if_nametoindex("no-such"));
  SHOW(if_indextoname(0, name) != NULL);
}

static void list(int fd) {
  struct ifreq all[64], *lo = NULL;
  struct ifconf list = {.ifc_len = sizeof all, .ifc_req = all};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  int count = list.ifc_len / (int)sizeof *all;
  printf("whole %d, some %d\n", list.ifc_len % (int)sizeof *all == 0, count > 0);
  for (int i = 0; i < count; ++i) {
    if (!strcmp(all[i].ifr_name, "lo")) lo = &all[i];
  }
  NEED(lo);
  struct sockaddr_in *address = (struct sockaddr_in *)&lo->ifr_addr;
  printf("%s, family %d, %s\n", lo->ifr_name, address->sin_family, inet_ntoa(address->sin_addr));
  list = (struct ifconf){.ifc_len = 7, .ifc_req = NULL};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  printf("room for all %d\n", list.ifc_len >= (int)sizeof *all && list.ifc_len % (int)sizeof *all == 0);
  list = (struct ifconf){.ifc_len = sizeof *all - 1, .ifc_req = all};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  SHOW(list.ifc_len);
  list = (struct ifconf){.ifc_len = sizeof *all + 5, .ifc_req = all};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  printf("one %d\n", list.ifc_len == sizeof *all);
  list = (struct ifconf){.ifc_len = 0, .ifc_req = all};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  SHOW(list.ifc_len);
  list = (struct ifconf){.ifc_len = -5, .ifc_req = all};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  SHOW(list.ifc_len);
  list = (struct ifconf){.ifc_len = sizeof *all, .ifc_req = nowhere};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  list = (struct ifconf){.ifc_len = sizeof *all, .ifc_req = (struct ifreq *)(page_end() - 8)};
  SHOW(ioctl(fd, SIOCGIFCONF, &list));
  SHOW(ioctl(fd, SIOCGIFCONF, nowhere));
  SHOW(ioctl(fd, SIOCGIFCONF, NULL));
}

static void changes(int fd) {
  struct ifreq request = of("lo");
  SHOW(ioctl(fd, SIOCSIFADDR, &request));
  SHOW(ioctl(fd, SIOCSIFNETMASK, &request));
  SHOW(ioctl(fd, SIOCSIFFLAGS, &request));
  SHOW(ioctl(fd, SIOCSIFMTU, &request));
  SHOW(ioctl(fd, SIOCSIFHWADDR, &request));
}

int main(void) {
  int inet = socket(AF_INET, SOCK_DGRAM, 0), local = socket(AF_UNIX, SOCK_STREAM, 0), ends[2];
  NEED(inet >= 0 && local >= 0 && pipe(ends) == 0);
  questions(inet, "lo");
  questions(inet, "no-such");
  questions(inet, "");
  questions(inet, "lo:1");
  questions(inet, "0123456789abcde");
  questions(local, "lo");
  questions(ends[0], "lo");
  names(inet);
  list(inet);
  list(local);
  SHOW(ioctl(inet, SIOCGIFADDR, nowhere));
  SHOW(ioctl(inet, SIOCGIFINDEX, NULL));
  SHOW(ioctl(inet, SIOCGIFNAME, page_end() - 31));
  SHOW(ioctl(999, SIOCGIFADDR, nowhere));
  drop_privileges();
  changes(inet);
  return 0;
}
