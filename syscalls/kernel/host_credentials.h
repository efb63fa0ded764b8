#pragma once
// Who the host's kernel takes the calling thread for. A guest that gives up root or a capability must no
// longer reach what that allowed: files above all, which the host's kernel guards, and priorities. So the
// host's thread that runs it gives up the same; Linux keeps credentials per thread. Its saved numbers stay
// the host's own, as the way back, and so do its permitted capabilities, which guests have no means of
// raising.

#include "syscalls/kernel/identity.h"

namespace lindvm {

/// From now on the calling thread is `identity`. If the host refuses, nothing has changed: -EINVAL for
/// numbers that it does not know, in a user namespace say, and -EPERM for groups where it has none changed.
int act_as(const Identity& identity);

/// The calling thread is again who it was before it first acted as a guest.
void act_as_host();

/// While it lives, the calling thread is somebody else.
class ActingAs {
 public:
  /// Who it was before it acted as a guest: for what the VM does for itself.
  static ActingAs host() { return ActingAs(nullptr); }
  explicit ActingAs(const Identity& identity) : ActingAs(&identity) {}
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  explicit ActingAs(const Identity* identity);
};

}  // namespace lindvm
