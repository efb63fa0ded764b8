#include "syscalls/kernel/host_credentials.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>

namespace lindvm {
namespace {

/// 0 if groups are refused where a user namespace keeps its processes from changing them.
int groups_in_a_user_namespace() {
  if (unshare(CLONE_NEWUSER) != 0) return 0;  // the host offers none
  Identity identity = Identity::of_host();
  identity.groups.push_back(4321);
  return act_as(identity) == -EPERM ? 0 : 1;
}

TEST(HostCredentialsDeathTest, GroupsThatTheHostKeepsAreRefused) {
  EXPECT_EXIT(_exit(groups_in_a_user_namespace()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace lindvm
