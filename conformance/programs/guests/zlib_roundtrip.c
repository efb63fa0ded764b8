// Writes a file of the given number of KiB, compresses it to a .gz file, reads both back, compares checksums.
#include <string.h>
#include <zlib.h>

#include "test_data.h"

static void compress_file(const char* from, const char* to, const char* mode) {
  size_t size;
  unsigned char* data = read_file(from, &size);
  gzFile out = gzopen(to, mode);
  if (!out || gzwrite(out, data, (unsigned)size) != (int)size || gzclose(out) != Z_OK) {
    fprintf(stderr, "cannot compress to %s\n", to);
    exit(1);
  }
  free(data);
}

static size_t expand_file(const char* from, unsigned char* to, size_t size) {
  gzFile in = gzopen(from, "rb");
  size_t got = 0;
  int n = 0;
  while (in && got < size && (n = gzread(in, to + got, 65536)) > 0) got += (size_t)n;
  if (!in || n < 0 || gzclose(in) != Z_OK) exit(1);
  return got;
}

int main(int argc, char** argv) {
  size_t size = (size_t)(argc > 1 ? atoi(argv[1]) : 100) << 10;
  unsigned char *data = malloc(size), *back = malloc(size + 65536);
  fill_test_data(data, size);
  write_file("original.bin", data, size);
  printf("original %zu bytes, crc32 %08lx, adler32 %08lx\n", size, crc32(0, data, size),
         adler32(1, data, size));
  static const char* const modes[] = {"wb1", "wb6"};
  for (int i = 0; i < 2; i++) {
    size_t packed;
    compress_file("original.bin", "packed.gz", modes[i]);
    unsigned char* gz = read_file("packed.gz", &packed);
    size_t got = expand_file("packed.gz", back, size + 1);
    printf("%s: %zu bytes, checksum %016llx, expanded %zu, %s\n", modes[i], packed,
           (unsigned long long)checksum(gz + 10, packed - 10), got,
           got == size && crc32(0, back, got) == crc32(0, data, size) && !memcmp(data, back, size)
               ? "equal"
               : "DIFFERS");
    free(gz);
  }
  return 0;
}
