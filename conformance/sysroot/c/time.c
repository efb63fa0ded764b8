// Calendar arithmetic and its formats, in UTC and in zones given by TZ.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void show(time_t when) {
  char text[256];
  struct tm fields;
  localtime_r(&when, &fields);
  strftime(text, sizeof text,
           "%Y-%m-%d %H:%M:%S %a %A %b %B %j %U %W %V %G %y %C %I %p %e %D %F %T %R %u %w %n%t%% %s",
           &fields);
  puts(text);
  strftime(text, sizeof text, "%Z %z", &fields);
  puts(text);
  printf("%d %lld\n", fields.tm_isdst, (long long)mktime(&fields) - (long long)when);
}

int main(void) {
  static const time_t k_times[] = {0,          1,          951782400, 1078012800, 1711846800,
                                   1729990800, 4102444800, -1,        -2208988800};
  static const char* const k_zones[] = {"UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "EST5EDT,M3.2.0,M11.1.0",
                                        "<+0530>-5:30"};
  for (size_t z = 0; z < 4; z++) {
    setenv("TZ", k_zones[z], 1);
    tzset();
    printf("%s %s %ld %d\n", tzname[0], daylight ? tzname[1] : "", timezone, daylight);
    for (size_t t = 0; t < sizeof k_times / sizeof *k_times; t++) show(k_times[t]);
  }
  setenv("TZ", "UTC0", 1);
  tzset();
  struct tm odd = {.tm_year = 124, .tm_mon = 13, .tm_mday = -5, .tm_hour = 50, .tm_sec = 4000};
  time_t normal = timegm(&odd);
  printf("%lld %s", (long long)normal, asctime(&odd));
  struct tm parsed = {0};
  const char* rest = strptime("2024-02-29 13:14:15 rest", "%Y-%m-%d %H:%M:%S", &parsed);
  printf("%d %d %d %d %s\n", parsed.tm_year, parsed.tm_mon, parsed.tm_mday, parsed.tm_sec, rest);
  printf("%s", ctime(&normal));
  printf("%g\n", difftime(10, 3));
  struct timespec now, resolution;
  printf("%d %d %d\n", clock_gettime(CLOCK_REALTIME, &now), clock_gettime(CLOCK_MONOTONIC, &now),
         clock_getres(CLOCK_MONOTONIC, &resolution));
  printf("%d\n", time(NULL) > 1700000000);
  return 0;
}
