// getopt and getopt_long.
#define _GNU_SOURCE
#include <getopt.h>
#include <stdio.h>

int main(int argc, char** argv) {
  static const struct option k_long[] = {{"all", no_argument, 0, 'a'},
                                         {"size", required_argument, 0, 's'},
                                         {"color", optional_argument, 0, 1},
                                         {0, 0, 0, 0}};
  int option;
  opterr = 0;
  while ((option = getopt_long(argc, argv, "+ab:s:", k_long, 0)) != -1) {
    printf("%d %s\n", option, optarg ? optarg : "-");
  }
  for (; optind < argc; optind++) printf("rest %s\n", argv[optind]);
  return 0;
}
// args: -a -bvalue -b other --all --size=9 --size 10 --color --color=red -q --nothing -- -a file
