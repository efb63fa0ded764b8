// SHA-256 of a buffer hashed again and again: rotates, adds and logic on 32-bit values.
#include <string.h>

#include "program.h"

static uint32_t round_constants[64];
static uint32_t initial_state[8];

// The constants are the fractions of the square and cube roots of the first primes, found here by
// binary search in integers rather than typed in.
static uint32_t root_fraction(uint64_t prime, int power) {
  uint64_t low = 0, high = (uint64_t)1 << 36;
  while (high - low > 1) {
    const uint64_t guess = low + (high - low) / 2;
    const unsigned __int128 square = (unsigned __int128)guess * guess;
    const int too_big = power == 2 ? square > ((unsigned __int128)prime << 64)
                                   : square * guess > ((unsigned __int128)prime << 96);
    if (too_big)
      high = guess;
    else
      low = guess;
  }
  return (uint32_t)low;
}

static void make_constants(void) {
  uint32_t found = 0;
  for (uint32_t n = 2; found < 64; n++) {
    int prime = 1;
    for (uint32_t d = 2; d * d <= n; d++) prime &= n % d != 0;
    if (!prime) continue;
    if (found < 8) initial_state[found] = root_fraction(n, 2);
    round_constants[found++] = root_fraction(n, 3);
  }
}

static uint32_t rotate(uint32_t x, int n) { return (x >> n) | (x << (32 - n)); }

static void compress(uint32_t* state, const uint8_t* block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) {
    w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
           block[4 * i + 3];
  }
  for (int i = 16; i < 64; i++) {
    const uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3);
    const uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10);
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (int i = 0; i < 64; i++) {
    const uint32_t s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + round_constants[i] + w[i];
    const uint32_t s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1;
    d = c, c = b, b = a, a = t1 + t2;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

int main(int argc, char** argv) {
  const uint32_t blocks = problem_size(argc, argv, 900000);
  make_constants();
  uint32_t state[8];
  memcpy(state, initial_state, sizeof state);
  uint8_t block[64];
  for (int i = 0; i < 64; i++) block[i] = (uint8_t)(i * 37);
  for (uint32_t n = 0; n < blocks; n++) {
    block[n % 64] ^= (uint8_t)(state[n % 8] >> 11);
    compress(state, block);
  }
  uint64_t sum = 0;
  for (int i = 0; i < 8; i++) sum = mix(sum, state[i]);
  return report("sha256", sum);
}
