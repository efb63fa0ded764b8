// Lines and fields counted sixteen bytes at a time by compare, bit mask and population count.
#include "program.h"
#include "simd.h"

enum { k_text = 1 << 18 };
static uint8_t text[k_text];

static uint64_t scan(void) {
  const U8x16 newline = splat_u8x16('\n'), comma = splat_u8x16(',');
  uint32_t lines = 0, fields = 0, longest = 0, line_start = 0;
  for (uint32_t at = 0; at < k_text; at += 16) {
    const U8x16 bytes = load_u8x16(text + at);
    uint32_t ends = equal_mask_u8x16(bytes, newline);
    fields += (uint32_t)__builtin_popcount(equal_mask_u8x16(bytes, comma));
    for (; ends != 0; ends &= ends - 1) {
      const uint32_t end = at + (uint32_t)__builtin_ctz(ends);
      if (end - line_start > longest) longest = end - line_start;
      line_start = end + 1;
      lines++;
    }
  }
  return mix(mix(lines, fields), longest);
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 6000);
  Random random = {271828};
  for (uint32_t i = 0; i < k_text; i++) {
    const uint32_t bits = random_next(&random) >> 7;
    text[i] = (bits & 63) == 0 ? '\n' : (bits & 7) == 1 ? ',' : (uint8_t)('a' + bits % 26);
  }
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    text[(r * 40503u) % k_text] ^= 1;
    sum = mix(sum, scan());
  }
  return report("simd_scan", sum);
}
