#include "syscalls/kernel/host_credentials.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "memory/os/host_pages.h"

// libc's functions change all threads of the process; the calls themselves change one.

namespace lindvm {
namespace {

/// Of the calling thread: who it was at first, and the guest that it acts as.
struct Acting {
  Identity host;
  Identity guest;
};
thread_local std::optional<Acting> t_acting;

Acting& of_this_thread() {
  if (!t_acting) {
    Identity host = Identity::of_host();
    t_acting = Acting{host, host};
    (void)host_pages::resident_bytes(nullptr, 0);  // opens what the thread may not open later
  }
  return *t_acting;
}

/// Puts the permitted capabilities that `wanted` has into effect, or all of them.
void put_in_effect(const std::array<uint32_t, 2>* wanted) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  if (syscall(SYS_capget, &header, sets) != 0) return;
  for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; ++i) {
    sets[i].effective = wanted ? sets[i].permitted & (*wanted)[i] : sets[i].permitted;
  }
  syscall(SYS_capset, &header, sets);
}

/// Where one may not set groups at all, they are what they were.
int take_groups(const std::vector<uint32_t>& groups) {
  if (syscall(SYS_setgroups, groups.size(), groups.data()) == 0) return 0;
  int error = -errno;
  return Identity::groups_of_host() == groups ? 0 : error;
}

int take_numbers(const Owner& user, const Owner& group, const Identity& host) {
  bool is_known = syscall(SYS_setresgid, group.real, group.effective, host.owner_group.saved) == 0 &&
                  syscall(SYS_setfsgid, group.file_system) >= 0 &&
                  syscall(SYS_setresuid, user.real, user.effective, host.user.saved) == 0 &&
                  syscall(SYS_setfsuid, user.file_system) >= 0;
  return is_known ? 0 : -EINVAL;
}

/// The capabilities are put into effect at last: the changes before need them, and change them.
int become(const Identity& identity, const Identity& host) {
  put_in_effect(nullptr);
  int error = take_groups(identity.groups);
  if (error == 0) error = take_numbers(identity.user, identity.owner_group, host);
  put_in_effect(&identity.effective_capabilities);
  return error;
}

}  // namespace

int act_as(const Identity& identity) {
  Acting& acting = of_this_thread();
  int error = become(identity, acting.host);
  if (error == 0) acting.guest = identity;
  if (error != 0) become(acting.guest, acting.host);
  return error;
}

void act_as_host() {
  if (t_acting) become(t_acting->host, t_acting->host);
  t_acting.reset();
}

ActingAs::ActingAs(const Identity* identity) {
  if (!identity && !t_acting) return;
  const Identity& host = of_this_thread().host;
  become(identity ? *identity : host, host);
}

ActingAs::~ActingAs() {
  if (t_acting) become(t_acting->guest, t_acting->host);
}

}  // namespace lindvm
