// main with three parameters.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char** environ;

int main(int argc, char** argv, char** envp) {
  printf("%d %s %s %d\n", argc, argv[1], argv[2], argv[argc] == NULL);
  printf("%d\n", envp == environ);
  setenv("NEW", "value", 1);
  printf("%s\n", getenv("NEW"));
  setenv("NEW", "kept", 0);
  printf("%s\n", getenv("NEW"));
  putenv("PUT=x");
  unsetenv("NEW");
  printf("%s %d\n", getenv("PUT"), getenv("NEW") == NULL);
  clearenv();
  printf("%d\n", environ == NULL || environ[0] == NULL);
  return strlen(argv[2]);
}
// args: one three
