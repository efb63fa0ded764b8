// A byte image blurred with rounding averages and sharpened with saturating differences, sixteen
// pixels at a time, and its histogram by scalar bytes.
#include "program.h"
#include "simd.h"

enum { k_width = 512, k_height = 256, k_pad = 16, k_stride = k_width + 2 * k_pad };
static uint8_t image[k_height + 2][k_stride], blurred[k_height + 2][k_stride];

static void blur(void) {
  for (int y = 1; y <= k_height; y++) {
    for (int x = k_pad; x < k_pad + k_width; x += 16) {
      const U8x16 sides = average_u8x16(load_u8x16(&image[y][x - 1]), load_u8x16(&image[y][x + 1]));
      const U8x16 ends = average_u8x16(load_u8x16(&image[y - 1][x]), load_u8x16(&image[y + 1][x]));
      const U8x16 centre = load_u8x16(&image[y][x]);
      store_u8x16(&blurred[y][x], average_u8x16(average_u8x16(sides, ends), centre));
    }
  }
}

static void sharpen(uint8_t noise) {
  const U8x16 bias = splat_u8x16(noise);
  for (int y = 1; y <= k_height; y++) {
    for (int x = k_pad; x < k_pad + k_width; x += 16) {
      const U8x16 before = load_u8x16(&image[y][x]), after = load_u8x16(&blurred[y][x]);
      const U8x16 up = saturating_subtract_u8x16(before, after);
      const U8x16 down = saturating_subtract_u8x16(after, before);
      store_u8x16(&image[y][x], (after ^ bias) + (up & ~down));
    }
  }
}

static uint64_t histogram(uint64_t sum) {
  uint32_t bins[256] = {0};
  for (int y = 1; y <= k_height; y += 8) {
    for (int x = 0; x < k_stride; x++) bins[image[y][x]]++;
  }
  for (int i = 0; i < 256; i++) sum = mix(sum, bins[i]);
  return sum;
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 3500);
  Random random = {640480};
  for (int y = 1; y <= k_height; y++) {
    for (int x = 0; x < k_stride; x++) image[y][x] = (uint8_t)(random_next(&random) >> 12);
  }
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    blur();
    sharpen((uint8_t)(r * 29));
    sum = histogram(sum);
  }
  return report("simd_blur", sum);
}
