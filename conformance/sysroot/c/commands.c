// What starts other programs comes back, whether there are any or not; and open without the mode that it should have.
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536];

static int child(void *argument) { return argument != NULL; }

int main(void) {
  char *arguments[] = {"true", NULL};
  pid_t pid;
  if (system("true") == -1) perror("system");
  puts("system came back");
  FILE *pipe = popen("true", "r");
  if (pipe) pclose(pipe);
  puts("popen came back");
  if (posix_spawnp(&pid, "true", NULL, NULL, arguments, NULL) == 0) waitpid(pid, NULL, 0);
  puts("posix_spawnp came back");
  pid = clone(child, stack + sizeof stack, SIGCHLD, NULL);
  if (pid > 0) waitpid(pid, NULL, 0);
  puts("clone came back");
  int (*open_it)(const char *, int, ...) = open;
  int file = open_it("modeless", O_WRONLY | O_CREAT);
  printf("open: %s\n", file >= 0 ? "works" : "fails");
  return unlink("modeless");
}
