// scanf's conversions, and the strto* functions at their limits.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void scan(void) {
  int a = 0, b = 0, n = 0;
  unsigned x = 0;
  long long big = 0;
  double d = 0;
  float f = 0;
  char word[16] = "", set[16] = "", chars[4] = "";
  printf("%d ", sscanf("12 -34 0x1f", "%d %i %x", &a, &b, &x));
  printf("%d %d %x\n", a, b, x);
  printf("%d ", sscanf("9223372036854775807 3.25e2 1.5", "%lld %lf %f", &big, &d, &f));
  printf("%lld %g %g\n", big, d, f);
  printf("%d ", sscanf("word abc123 xyz!", "%15s %15[a-z]%d %3c", word, set, &a, chars));
  printf("%s %s %d %.3s\n", word, set, a, chars);
  printf("%d ", sscanf("12,34", "%d,%d%n", &a, &b, &n));
  printf("%d %d %d\n", a, b, n);
  printf("%d %d %d\n", sscanf("", "%d", &a), sscanf("x", "%d", &a), sscanf("5", "%*d"));
  printf("%d ", sscanf("0777 077 77", "%i %o %3d", &a, &x, &b));
  printf("%d %o %d\n", a, x, b);
  printf("%d ", sscanf("inf nan 0x1p-3", "%lf %f %lf", &d, &f, &d));
  printf("%g\n", d);
  char* allocated = NULL;
  printf("%d ", sscanf("allocated", "%ms", &allocated));
  printf("%s\n", allocated);
  free(allocated);
}

static void convert(void) {
  static const char* const k_texts[] = {
      "0", "-1", "2147483648", "9223372036854775808", "-9223372036854775809", "0x7fffffff", "0777", "  42z",
      "",  "z",  "+9"};
  for (size_t i = 0; i < sizeof k_texts / sizeof *k_texts; i++) {
    char* end = NULL;
    errno = 0;
    long long value = strtoll(k_texts[i], &end, 0);
    printf("%lld %d %d", value, (int)(end - k_texts[i]), errno == ERANGE);
    errno = 0;
    unsigned long long plain = strtoull(k_texts[i], &end, 16);
    printf(" %llu %d %d\n", plain, (int)(end - k_texts[i]), errno == ERANGE);
  }
  static const char* const k_reals[] = {
      "1e400", "-1e400", "1e-400",   "0x1.8p1", "1.7976931348623157e308",
      ".5",    "1e",     "infinity", "nan(7)",  "123456789012345678901234567890"};
  for (size_t i = 0; i < sizeof k_reals / sizeof *k_reals; i++) {
    char* end = NULL;
    errno = 0;
    double value = strtod(k_reals[i], &end);
    printf("%.17g %d %d %.9g\n", value, (int)(end - k_reals[i]), errno == ERANGE, strtof(k_reals[i], NULL));
  }
  printf("%d %ld %g\n", atoi("12x"), atol("-7"), atof("2.5"));
}

int main(void) {
  scan();
  convert();
  char line[64];
  while (fgets(line, sizeof line, stdin)) printf("<%s>", line);
  printf("%d %d\n", feof(stdin) != 0, ferror(stdin));
  return 0;
}
// stdin: one line
// stdin: and another, longer than the buffer by a good deal, so that it comes in two parts
