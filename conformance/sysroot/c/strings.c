// <string.h>, <strings.h> and <ctype.h>, checked against slow definitions where that is possible.
#define _GNU_SOURCE
#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static int moves_are_right(void) {
  static unsigned char a[300], b[300];
  for (size_t from = 0; from < 20; from++) {
    for (size_t to = 0; to < 20; to++) {
      for (size_t n = 0; n < 70; n += 3) {
        for (size_t i = 0; i < 300; i++) a[i] = b[i] = (unsigned char)(i * 7);
        memmove(a + to, a + from, n);
        unsigned char copy[70];
        for (size_t i = 0; i < n; i++) copy[i] = b[from + i];
        for (size_t i = 0; i < n; i++) b[to + i] = copy[i];
        if (memcmp(a, b, 300)) return 0;
      }
    }
  }
  return 1;
}

int main(void) {
  printf("%d\n", moves_are_right());
  char text[64] = "one two,three";
  printf("%zu %zu %s %s\n", strlen(text), strnlen(text, 5), strchr(text, 't'), strrchr(text, 't'));
  printf("%s %s %zu %zu\n", strstr(text, "two"), strpbrk(text, ",;"), strspn(text, "eno"),
         strcspn(text, " "));
  char* save = NULL;
  for (char* part = strtok_r(text, " ,", &save); part; part = strtok_r(NULL, " ,", &save))
    printf("<%s>", part);
  char joined[32];
  strcpy(joined, "abc");
  strcat(joined, "def");
  strncat(joined, "ghijkl", 3);
  printf("%s %s %d %d\n", joined, strncpy((char[8]){0}, "xyz", 7), strcmp("a", "b") < 0,
         strncmp("abcd", "abce", 3));
  printf("%d %d %s %s\n", strcasecmp("ABC", "abc"), strncasecmp("abX", "ABy", 2),
         strcasestr("Hello World", "WORLD"), (char*)memmem("haystack", 8, "st", 2));
  printf("%s %s %s\n", stpcpy(joined, "end") - 3, strchrnul("abc", 'z') - 3, (char*)memchr("find", 'n', 4));
  printf("%s %s %d\n", strsep(&(char*){joined}, "n"), basename("/usr/lib/x.so"), ffs(40));
  printf("%d %d\n", strverscmp("file9", "file10") < 0, memcmp("ab", "ac", 2) < 0);
  for (int c = 0; c < 128; c++) {
    putchar('a' + (isalpha(c) != 0) + 2 * (isdigit(c) != 0) + 4 * (isspace(c) != 0) + 8 * (ispunct(c) != 0));
  }
  printf("\n%c%c %d\n", toupper('q'), tolower('Q'), isxdigit('g'));
  printf("%d %ld %lld %d\n", abs(-4), labs(-5L), llabs(-6LL), div(17, 5).rem);
  explicit_bzero(text, sizeof text);
  printf("%d\n", text[0]);
  char* line = NULL;
  printf("%d %s\n", asprintf(&line, "%s-%d", "made", 5), line);
  free(line);
  uint32_t state = 0;
  srand(1);
  for (int i = 0; i < 100; i++) state |= (uint32_t)rand() <= RAND_MAX ? 1 : 2;
  printf("%u %s\n", state, strerror(0) ? "text" : "none");
  return 0;
}
