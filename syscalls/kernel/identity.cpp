#include "syscalls/kernel/identity.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lindvm {
namespace {

Owner owner(uint32_t real, uint32_t effective, uint32_t saved) { return {real, effective, saved, effective}; }

void take_host_capabilities(Identity& identity) {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
  if (syscall(SYS_capget, &header, sets) != 0) return;
  for (size_t i = 0; i < _LINUX_CAPABILITY_U32S_3; ++i) {
    identity.effective_capabilities[i] = sets[i].effective;
    identity.permitted_capabilities[i] = sets[i].permitted;
    identity.inheritable_capabilities[i] = sets[i].inheritable;
  }
}

}  // namespace

std::vector<uint32_t> Identity::groups_of_host() {
  int count = getgroups(0, nullptr);
  std::vector<gid_t> groups(count > 0 ? static_cast<size_t>(count) : 0);
  if (count > 0 && getgroups(count, groups.data()) < 0) groups.clear();
  return {groups.begin(), groups.end()};
}

std::array<uint32_t, 2> Identity::bounding_capabilities() const {
  std::array<uint32_t, 2> bounding{};
  for (uint32_t number = 0; number <= k_last_capability; ++number) {
    if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1) bounding[number / 32] |= 1u << (number % 32);
  }
  for (size_t i = 0; i < bounding.size(); ++i) bounding[i] &= ~dropped_capabilities[i];
  return bounding;
}

Identity Identity::of_host() {
  Identity identity;
  uid_t uid[3];
  gid_t gid[3];
  getresuid(&uid[0], &uid[1], &uid[2]);
  getresgid(&gid[0], &gid[1], &gid[2]);
  identity.user = owner(uid[0], uid[1], uid[2]);
  identity.owner_group = owner(gid[0], gid[1], gid[2]);
  identity.groups = groups_of_host();
  take_host_capabilities(identity);
  for (int i = 0; i < static_cast<int>(RLIM_NLIMITS); ++i) {
    getrlimit(static_cast<__rlimit_resource>(i), &identity.limits[static_cast<size_t>(i)]);
  }
  identity.nice = getpriority(PRIO_PROCESS, 0);
  return identity;
}

}  // namespace lindvm
