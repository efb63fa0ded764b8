// Substring search with Horspool's shift table and with a naive scan, over random text.
#include <string.h>

#include "program.h"

enum { k_text = 1 << 18 };
static char text[k_text];

static uint32_t horspool(const char* needle, uint32_t length) {
  uint32_t shift[256], hits = 0;
  for (int i = 0; i < 256; i++) shift[i] = length;
  for (uint32_t i = 0; i + 1 < length; i++) shift[(uint8_t)needle[i]] = length - 1 - i;
  for (uint32_t at = 0; at + length <= k_text;) {
    const char last = text[at + length - 1];
    if (last == needle[length - 1] && memcmp(text + at, needle, length) == 0) hits++;
    at += shift[(uint8_t)last];
  }
  return hits;
}

static uint32_t naive(const char* needle, uint32_t length) {
  uint32_t hits = 0;
  for (uint32_t at = 0; at + length <= k_text; at++) {
    uint32_t n = 0;
    while (n < length && text[at + n] == needle[n]) n++;
    hits += n == length;
  }
  return hits;
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 150);
  Random random = {424242};
  for (uint32_t i = 0; i < k_text; i++) text[i] = (char)('a' + (random_next(&random) >> 9) % 6);
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    const uint32_t length = 3 + r % 14;
    const char* needle = text + random_next(&random) % (k_text - length);
    const uint32_t hits = horspool(needle, length);
    if (naive(needle, length) < hits) return 1;
    sum = mix(sum, hits);
  }
  return report("string_search", sum);
}
