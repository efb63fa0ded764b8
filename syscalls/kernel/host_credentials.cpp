#include "syscalls/kernel/host_credentials.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/// The capabilities are put into effect at last: the changes before need them, and change them.
bool become(const Identity& identity, const Identity& host) {
  put_in_effect(nullptr);
  const Owner &user = identity.user, &group = identity.owner_group;
  // Where one may not set groups at all, they are what they were.
  syscall(SYS_setgroups, identity.groups.size(), identity.groups.data());
  bool is_known = syscall(SYS_setresgid, group.real, group.effective, host.owner_group.saved) == 0;
  is_known = is_known && syscall(SYS_setfsgid, group.file_system) >= 0;
  is_known = is_known && syscall(SYS_setresuid, user.real, user.effective, host.user.saved) == 0;
  is_known = is_known && syscall(SYS_setfsuid, user.file_system) >= 0;
  put_in_effect(&identity.effective_capabilities);
  return is_known;
}

}  // namespace

bool act_as(const Identity& identity) {
  Acting& acting = of_this_thread();
  bool is_known = become(identity, acting.host);
  if (is_known) acting.guest = identity;
  if (!is_known) become(acting.guest, acting.host);
  return is_known;
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
