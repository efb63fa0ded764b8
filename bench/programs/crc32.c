// Table-driven CRC-32 over a buffer: a load, a shift and an xor per byte, one long dependency.
#include "program.h"

enum { k_bytes = 1 << 16 };
static uint32_t table[256];
static uint8_t buffer[k_bytes];

static void make_table(void) {
  for (uint32_t n = 0; n < 256; n++) {
    uint32_t crc = n;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xedb88320u & -(crc & 1));
    table[n] = crc;
  }
}

static uint32_t crc32(uint32_t crc, const uint8_t* data, uint32_t size) {
  crc = ~crc;
  for (uint32_t i = 0; i < size; i++) crc = table[(crc ^ data[i]) & 0xff] ^ (crc >> 8);
  return ~crc;
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 1200);
  Random random = {12345};
  make_table();
  for (uint32_t i = 0; i < k_bytes; i++) buffer[i] = (uint8_t)random_next(&random);
  uint32_t crc = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    buffer[r % k_bytes] ^= (uint8_t)r;
    crc = crc32(crc, buffer, k_bytes);
  }
  return report("crc32", crc);
}
