#include <unistd.h>

extern char **__environ;
int main(int argc, char **argv, char **envp);

int __main_argc_argv(int argc, char **argv) { return main(argc, argv, __environ); }
