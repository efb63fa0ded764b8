#include "syscalls/kernel/identity.h"

#include <unistd.h>

namespace lindvm {
namespace {

/// All capabilities that Linux has defined.
constexpr std::array<uint32_t, 2> k_all_capabilities = {0xffff'ffff, 0x1ff};

Owner owner(uint32_t real, uint32_t effective, uint32_t saved) { return {real, effective, saved, effective}; }

std::vector<uint32_t> host_groups() {
  int count = getgroups(0, nullptr);
  std::vector<gid_t> groups(count > 0 ? static_cast<size_t>(count) : 0);
  if (count > 0 && getgroups(count, groups.data()) < 0) groups.clear();
  return {groups.begin(), groups.end()};
}

}  // namespace

Identity Identity::of_host() {
  Identity identity;
  uid_t uid[3];
  gid_t gid[3];
  getresuid(&uid[0], &uid[1], &uid[2]);
  getresgid(&gid[0], &gid[1], &gid[2]);
  identity.user = owner(uid[0], uid[1], uid[2]);
  identity.owner_group = owner(gid[0], gid[1], gid[2]);
  identity.groups = host_groups();
  if (identity.is_privileged()) {
    identity.effective_capabilities = identity.permitted_capabilities = k_all_capabilities;
  }
  for (int i = 0; i < static_cast<int>(RLIM_NLIMITS); ++i) {
    getrlimit(static_cast<__rlimit_resource>(i), &identity.limits[static_cast<size_t>(i)]);
  }
  identity.nice = getpriority(PRIO_PROCESS, 0);
  return identity;
}

}  // namespace lindvm
