// Capabilities: their versions, which process, giving them up.
#include "calls.h"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>

typedef struct __user_cap_header_struct Header;
typedef struct __user_cap_data_struct Data;

static void versions(void) {
  unsigned known[] = {_LINUX_CAPABILITY_VERSION_1, _LINUX_CAPABILITY_VERSION_2, _LINUX_CAPABILITY_VERSION_3, 0, 77};
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i) {
    Header header = {known[i], 0};
    Data data[2] = {{0, 0, 0}, {1, 2, 3}};
    CALL(capget, &header, data);
    printf("%#x, second half %s\n", header.version, data[1].permitted == 2 ? "as it was" : "written");
    header.version = known[i];
    CALL(capget, &header, NULL);
    if (i > 2) {
      header.version = known[i];
      CALL(capset, &header, data);
      printf("%#x\n", header.version);
    }
  }
}

static void arguments(void) {
  Header header = {_LINUX_CAPABILITY_VERSION_3, 0}, other = {_LINUX_CAPABILITY_VERSION_3, NOBODY},
         negative = {_LINUX_CAPABILITY_VERSION_3, -5};
  Data data[2];
  CALL(capget, nowhere, data);
  CALL(capget, NULL, data);
  CALL(capget, &header, nowhere);
  CALL(capget, &header, page_end() - 12);
  CALL(capget, &other, data);
  CALL(capget, &negative, data);
  CALL(capget, &header, data);
  CALL(capset, nowhere, data);
  CALL(capset, &header, nowhere);
  CALL(capset, &header, NULL);
  CALL(capset, &other, data);
}

static void giving_up(void) {
  Header header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Data none[2] = {{0, 0, 0}, {0, 0, 0}}, one[2] = {{1, 1, 0}, {0, 0, 0}}, odd[2] = {{1, 0, 0}, {0, 0, 0}};
  CALL(capset, &header, odd);
  CALL(capset, &header, none);
  CALL(capget, &header, one);
  printf("%x %x %x\n", one[0].effective, one[0].permitted, one[0].inheritable);
  one[0].effective = one[0].permitted = 1;
  CALL(capset, &header, one);
  one[0].effective = one[0].permitted = 0;
  one[0].inheritable = 1;
  CALL(capset, &header, one);
  CALL(setuid, 4321);
  CALL(setresgid, -1, 4321, -1);
  CALL(setgroups, 0, NULL);
}

/// Which no program that is executed gets, whatever it is permitted now.
static void bounds(void) {
  Header header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Data data[2];
  CALL(prctl, PR_CAPBSET_DROP, CAP_SYS_TTY_CONFIG, 0, 0, 0);
  CALL(prctl, PR_CAPBSET_READ, CAP_SYS_TTY_CONFIG, 0, 0, 0);
  CALL(prctl, PR_CAPBSET_DROP, 0x10000, 0, 0, 0);
  CALL(capget, &header, data);
  data[CAP_SYS_TTY_CONFIG / 32].inheritable |= 1u << (CAP_SYS_TTY_CONFIG % 32);
  CALL(capset, &header, data);
}

static void secure_bits(void) {
  CALL(prctl, PR_GET_SECUREBITS, 0, 0, 0, 0);
  CALL(prctl, PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0);
  CALL(prctl, PR_GET_KEEPCAPS, 0, 0, 0, 0);
  CALL(prctl, PR_SET_KEEPCAPS, 0, 0, 0, 0);
  CALL(prctl, PR_GET_SECUREBITS, 0, 0, 0, 0);
  CALL(prctl, PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_KEEP_CAPS_LOCKED, 0, 0, 0);
  CALL(prctl, PR_SET_KEEPCAPS, 0, 0, 0, 0);
  CALL(prctl, PR_SET_KEEPCAPS, 2, 0, 0, 0);
  CALL(prctl, PR_SET_SECUREBITS, SECBIT_KEEP_CAPS, 0, 0, 0);
  CALL(prctl, PR_SET_SECUREBITS, 1 << 20, 0, 0, 0);
  CALL(prctl, PR_GET_SECUREBITS, 0, 0, 0, 0);
}

/// Those that a program keeps which has none of its own.
static void ambient(void) {
  Header header = {_LINUX_CAPABILITY_VERSION_3, 0};
  Data data[2];
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0);
  CALL(capget, &header, data);
  data[0].inheritable |= 1u << CAP_CHOWN | 1u << CAP_KILL;
  CALL(capset, &header, data);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_CHOWN, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_FOWNER, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, CAP_KILL, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_KILL, 0, 0);
  data[0].inheritable = 0;
  CALL(capset, &header, data);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, CAP_CHOWN, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 1, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 64, 0, 0);
  CALL(prctl, PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 1, 0);
  CALL(prctl, PR_CAP_AMBIENT, 99, 0, 0, 0);
}

int main(void) {
  versions();
  arguments();
  SHOW(prctl(PR_CAPBSET_READ, 41, 0, 0, 0));
  SHOW(prctl(PR_CAPBSET_READ, 0x10000, 0, 0, 0));
  bounds();
  ambient();
  secure_bits();
  giving_up();
  CALL(prctl, PR_CAPBSET_DROP, 1, 0, 0, 0);
  CALL(prctl, PR_CAPBSET_READ, 1, 0, 0, 0);
  CALL(prctl, PR_SET_SECUREBITS, 0, 0, 0, 0);
  return 0;
}
