// An LZ77-style compressor with hash chains, and its decompressor: byte loads, short matches,
// unpredictable branches. The round trip is checked.
#include <string.h>

#include "program.h"

enum {
  k_input = 1 << 18,
  k_hash_bits = 13,
  k_window = 1 << 15,
  k_min_match = 4,
  k_max_match = 255 + k_min_match,
  k_chain = 12,
};

static uint8_t input[k_input], packed[2 * k_input], restored[k_input];
static int32_t head[1 << k_hash_bits], previous[k_window];

static uint32_t hash4(const uint8_t* p) {
  const uint32_t v = p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
  return (v * 2654435761u) >> (32 - k_hash_bits);
}

static uint32_t match_length(const uint8_t* a, const uint8_t* b, uint32_t limit) {
  uint32_t n = 0;
  while (n < limit && a[n] == b[n]) n++;
  return n;
}

static uint32_t find_match(uint32_t at, uint32_t size, uint32_t* distance) {
  const uint32_t limit = size - at < k_max_match ? size - at : k_max_match;
  uint32_t best = 0;
  int32_t candidate = head[hash4(input + at)];
  for (int chain = 0; chain < k_chain && candidate >= 0; chain++) {
    if (at - (uint32_t)candidate >= k_window) break;
    const uint32_t length = match_length(input + candidate, input + at, limit);
    if (length > best) {
      best = length;
      *distance = at - (uint32_t)candidate;
    }
    candidate = previous[candidate % k_window];
  }
  return best;
}

static void remember(uint32_t at) {
  const uint32_t h = hash4(input + at);
  previous[at % k_window] = head[h];
  head[h] = (int32_t)at;
}

// Tokens: 0 and a byte, or 1, length - k_min_match, and the distance in two bytes.
static uint32_t compress(uint32_t size) {
  uint32_t out = 0;
  memset(head, 0xff, sizeof head);
  for (uint32_t at = 0; at < size;) {
    uint32_t distance = 0;
    const uint32_t length = at + k_min_match <= size ? find_match(at, size, &distance) : 0;
    if (length < k_min_match) {
      packed[out++] = 0;
      packed[out++] = input[at];
      if (at + k_min_match <= size) remember(at);
      at++;
      continue;
    }
    packed[out++] = 1;
    packed[out++] = (uint8_t)(length - k_min_match);
    packed[out++] = (uint8_t)distance;
    packed[out++] = (uint8_t)(distance >> 8);
    for (const uint32_t end = at + length; at < end; at++) {
      if (at + k_min_match <= size) remember(at);
    }
  }
  return out;
}

static uint32_t decompress(uint32_t packed_size) {
  uint32_t out = 0;
  for (uint32_t in = 0; in < packed_size;) {
    if (packed[in] == 0) {
      restored[out++] = packed[in + 1];
      in += 2;
      continue;
    }
    const uint32_t length = packed[in + 1] + k_min_match;
    const uint32_t distance = packed[in + 2] | packed[in + 3] << 8;
    for (uint32_t i = 0; i < length; i++, out++) restored[out] = restored[out - distance];
    in += 4;
  }
  return out;
}

// Text-like data: words drawn from a small random vocabulary.
static void make_input(Random* random) {
  static uint8_t words[256][12];
  for (int w = 0; w < 256; w++) {
    for (int i = 0; i < 12; i++) words[w][i] = (uint8_t)('a' + random_next(random) % 26);
  }
  for (uint32_t at = 0; at < k_input;) {
    const uint32_t w = (random_next(random) >> 8) & random_next(random) & 0xff;
    for (uint32_t i = 0; i < 3 + w % 9 && at < k_input; i++) input[at++] = words[w][i];
    if (at < k_input) input[at++] = ' ';
  }
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 14);
  Random random = {88172645};
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    make_input(&random);
    const uint32_t packed_size = compress(k_input);
    const uint32_t size = decompress(packed_size);
    if (size != k_input || memcmp(input, restored, k_input) != 0) return 1;
    sum = mix(sum, packed_size);
  }
  return report("lz", sum);
}
