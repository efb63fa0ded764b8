// Every conversion of printf, its flags, widths and precisions, and what the functions return.
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

static void integers(void) {
  static const char* const k_formats[] = {"[%d]",  "[%5d]",  "[%-5d]",  "[%05d]", "[%+d]",
                                          "[% d]", "[%.3d]", "[%8.3d]", "[%.0d]"};
  static const int k_values[] = {0, 1, -1, 42, -12345, INT_MAX, INT_MIN};
  for (size_t f = 0; f < sizeof k_formats / sizeof *k_formats; f++) {
    for (size_t v = 0; v < sizeof k_values / sizeof *k_values; v++) printf(k_formats[f], k_values[v]);
    putchar('\n');
  }
  printf("%u %x %X %o %#x %#o %#X\n", 3000000000u, 0xdeadbeefu, 0xdeadbeefu, 0777u, 255u, 8u, 0u);
  printf("%hhd %hd %ld %lld %jd %zd %td\n", 300, 70000, 1L, LLONG_MIN, INTMAX_MAX, (size_t)7, (ptrdiff_t)-7);
  printf("%" PRId8 " %" PRIu16 " %" PRIx32 " %" PRId64 " %" PRIuMAX "\n", (int8_t)-8, (uint16_t)65535,
         (uint32_t)0xabcd, (int64_t)-1234567890123, (uintmax_t)1 << 63);
  printf("%*d|%-*d|%.*d\n", 6, 42, 6, 42, 4, 42);
  printf("%2$s %1$s %3$*4$d\n", "first", "second", 9, 5);
}

static void floats(void) {
  static const char* const k_formats[] = {"%f ",    "%.0f ", "%#.0f ", "%.3e ",    "%E ",     "%g ",
                                          "%.10G ", "%#g ",  "%+.2f ", "%012.4f ", "%-12.2e|"};
  static const double k_values[] = {
      0.0, -0.0, 1.0, -1.5, 0.1, 123456789.125, 1e-7, 1e22, 5e-324, 1.7976931348623157e308, 2.5, 3.5};
  for (size_t f = 0; f < sizeof k_formats / sizeof *k_formats; f++) {
    for (size_t v = 0; v < sizeof k_values / sizeof *k_values; v++) printf(k_formats[f], k_values[v]);
    putchar('\n');
  }
  printf("%f %F %e %g %5.1f|%-8f|\n", INFINITY, -INFINITY, INFINITY, NAN, INFINITY, INFINITY);
  printf("%a %.2a %A\n", 1.0, 3.14159, 0.5);
  printf("%.50f\n%.40g\n", 0.1, 1.0 / 3);
  printf("%Lf %.3Le %Lg\n", 1.25L, 1e10L, 0.5L);
}

static void strings(void) {
  char buffer[16];
  printf("%s|%10s|%-10s|%.3s|%10.2s|%c|%%\n", "text", "right", "left", "cut off", "both", 'c');
  printf("%ls|%.2ls|%lc\n", L"wide", L"wide", (wint_t)L'w');
  printf("%p %d\n", (void*)0x1234, 7);
  printf("%d ", snprintf(buffer, sizeof buffer, "%s", "longer than the buffer"));
  printf("%s\n", buffer);
  printf("%d\n", snprintf(NULL, 0, "%d and %s", 12, "more"));
  int count = -1;
  printf("12345%n67\n", &count);
  printf("%d\n", count);
  memset(buffer, '#', sizeof buffer);
  snprintf(buffer, 1, "x");
  printf("%d\n", buffer[0]);
  dprintf(1, "%s\n", "through a descriptor") > 0 ? (void)0 : (void)puts("failed");
}

int main(void) {
  setvbuf(stdout, NULL, _IONBF, 0);
  integers();
  floats();
  strings();
  return fflush(stdout);
}
