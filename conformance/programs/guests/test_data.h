// A reproducible file of the asked size, compressible the way text and tables are, and a checksum over it.
#ifndef GUESTS_TEST_DATA_H
#define GUESTS_TEST_DATA_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint32_t next_random(uint64_t* state) {
  *state = *state * 6364136223846793005u + 1442695040888963407u;
  return (uint32_t)(*state >> 33);
}

static void fill_test_data(unsigned char* data, size_t size) {
  static const char* const words[] = {"the ",   "memory ", "of ",     "a ",    "module ",
                                      "grows ", "by ",     "pages; ", "each ", "call\n"};
  uint64_t state = 2026;
  size_t at = 0;
  while (at < size) {
    char text[64];
    uint32_t pick = next_random(&state) % 12;
    int length =
        pick < 10 ? snprintf(text, sizeof text, "%s", words[pick])
                  : snprintf(text, sizeof text, "%u:%08x\t", next_random(&state) % 1000, next_random(&state));
    for (int i = 0; i < length && at < size; i++) data[at++] = (unsigned char)text[i];
  }
}

static uint64_t checksum(const unsigned char* data, size_t size) {
  uint64_t sum = 0xcbf29ce484222325u;
  for (size_t i = 0; i < size; i++) sum = (sum ^ data[i]) * 0x100000001b3u;
  return sum;
}

static void write_file(const char* path, const void* data, size_t size) {
  FILE* file = fopen(path, "wb");
  if (!file || fwrite(data, 1, size, file) != size || fclose(file)) {
    perror(path);
    exit(1);
  }
}

static unsigned char* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  unsigned char* data = NULL;
  if (file && fseek(file, 0, SEEK_END) == 0) {
    *size = (size_t)ftell(file);
    rewind(file);
    data = malloc(*size + 1);
  }
  if (!data || fread(data, 1, *size, file) != *size || fclose(file)) {
    perror(path);
    exit(1);
  }
  return data;
}

#endif
