// POSIX regular expressions, fnmatch, glob patterns.
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>

static void match(const char* pattern, const char* text, int flags) {
  regex_t compiled;
  regmatch_t at[4];
  int error = regcomp(&compiled, pattern, flags);
  if (error) {
    printf("%s: error\n", pattern);
    return;
  }
  int result = regexec(&compiled, text, 4, at, 0);
  printf("%s on %s: %d", pattern, text, result);
  for (size_t i = 0; result == 0 && i < 4 && i <= compiled.re_nsub; i++)
    printf(" %d-%d", (int)at[i].rm_so, (int)at[i].rm_eo);
  putchar('\n');
  regfree(&compiled);
}

int main(void) {
  match("a.c", "xabcx", REG_EXTENDED);
  match("^(a+)(b*)$", "aaabb", REG_EXTENDED);
  match("(foo|bar)+", "a foobarfoo", REG_EXTENDED);
  match("[[:alpha:]]+[[:digit:]]{2,3}", "..abc1234", REG_EXTENDED);
  match("HELLO", "say hello", REG_ICASE);
  match("\\(ab\\)\\1", "xababx", 0);
  match("a{3}", "aa", REG_EXTENDED);
  match("(unclosed", "x", REG_EXTENDED);
  match("[^a-c]+$", "abcxyz", REG_EXTENDED);
  match("line$", "line\nnext", REG_EXTENDED | REG_NEWLINE);
  match("", "anything", REG_EXTENDED);
  match("x*", "aaa", REG_EXTENDED);
  printf("%d %d %d %d\n", fnmatch("*.c", "a.c", 0), fnmatch("*.c", "a.h", 0), fnmatch("a?[x-z]", "abz", 0),
         fnmatch("*", ".hidden", FNM_PERIOD));
  printf("%d %d\n", fnmatch("a/*", "a/b/c", FNM_PATHNAME), fnmatch("a/*", "a/b/c", 0));
  return 0;
}
