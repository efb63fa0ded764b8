// Users and groups, sessions and process groups: with root's privileges, if the test has them, and without.
#include "calls.h"

#include <grp.h>

static void show_users(void) {
  uid_t real = 0, effective = 0, saved = 0;
  CALL(getresuid, &real, &effective, &saved);
  printf("user %d %d %d\n", real, effective, saved);
}

static void show_groups(void) {
  gid_t real = 0, effective = 0, saved = 0;
  CALL(getresgid, &real, &effective, &saved);
  printf("group %d %d %d\n", real, effective, saved);
}

static void pointers(void) {
  unsigned one, other;
  CALL(getresuid, nowhere, &one, &other);
  CALL(getresuid, &one, nowhere, &other);
  CALL(getresuid, &one, &other, nowhere);
  CALL(getresgid, nowhere, &one, &other);
  CALL(getresgid, &one, nowhere, &other);
  CALL(getresgid, &one, &other, NULL);
}

static void supplementary(void) {
  gid_t list[4] = {9, 7, 8}, found[4] = {0};
  CALL(setgroups, 3, list);
  CALL_OK(getgroups, 0, NULL);
  CALL(getgroups, 3, found);
  printf("%d %d %d\n", found[0], found[1], found[2]);
  CALL(getgroups, 2, found);
  CALL(getgroups, -1, found);
  CALL(getgroups, 3, nowhere);
  CALL(getgroups, 3, page_end() - 8);
  CALL(setgroups, -1, list);
  CALL(setgroups, 65537, list);
  CALL(setgroups, 3, nowhere);
  CALL(setgroups, 0, nowhere);
  CALL(getgroups, 3, nowhere);
}

static void change_groups(void) {
  CALL(setgid, -1);
  CALL(setfsgid, 4321);
  CALL(setfsgid, -1);
  CALL(setregid, 5, 6);
  show_groups();
  CALL(setfsgid, -1);
  CALL(setregid, -1, 5);
  show_groups();
  CALL(setresgid, -1, 7, 8);
  show_groups();
  CALL(setgid, 9);
  show_groups();
}

static void change_users(void) {
  CALL(setuid, -1);
  CALL(setfsuid, 4321);
  CALL(setfsuid, 0);
  CALL(setfsuid, -1);
  CALL(setreuid, -1, -1);
  CALL(setresuid, -1, -1, 12);
  show_users();
  CALL(setresuid, 10, 11, -1);
  show_users();
}

static void without_privileges(void) {
  gid_t list[1] = {0};
  CALL(setuid, 99);
  CALL(setuid, 12);
  show_users();
  CALL(setreuid, 99, -1);
  CALL(setreuid, -1, 99);
  CALL(setreuid, 12, 10);
  show_users();
  CALL(setresuid, 99, -1, -1);
  CALL(setresuid, -1, 99, -1);
  CALL(setresuid, -1, -1, 99);
  CALL(setfsuid, 99);
  CALL(setfsuid, -1);
  CALL(setgid, 99);
  CALL(setregid, 99, -1);
  CALL(setregid, -1, 99);
  CALL(setresgid, 99, -1, -1);
  CALL(setfsgid, 99);
  CALL(setfsgid, -1);
  show_groups();
  CALL(setgroups, 1, list);
}

static void sessions(void) {
  CALL(getsid, NOBODY);
  CALL(getpgid, NOBODY);
  CALL(getsid, -1);
  CALL(getpgid, -1);
  CALL(setpgid, 0, -1);
  CALL(setpgid, -1, 0);
  CALL(setpgid, NOBODY, 0);
  CALL(setpgid, 0, NOBODY);
  CALL_OK(setsid);
  printf("leader %d %d\n", getsid(0) == getpid(), getpgid(0) == getpid());
  CALL(setsid);
  CALL(setpgid, 0, 0);
  printf("numbers %d %d\n", syscall(SYS_gettid) == getpid(), getppid() > 0);
}

int main(void) {
  pointers();
  supplementary();
  change_groups();
  sessions();
  change_users();
  without_privileges();
  return 0;
}
