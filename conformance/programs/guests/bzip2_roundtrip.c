// Writes a file of the given number of KiB, compresses it to a .bz2 file, reads both back, compares
// checksums.
#include <bzlib.h>
#include <string.h>

#include "test_data.h"

static void compress_file(const char* from, const char* to, int level) {
  size_t size;
  unsigned char* data = read_file(from, &size);
  char mode[] = {'w', (char)('0' + level), 0};
  BZFILE* out = BZ2_bzopen(to, mode);
  if (!out || BZ2_bzwrite(out, data, (int)size) != (int)size) {
    fprintf(stderr, "cannot compress to %s\n", to);
    exit(1);
  }
  BZ2_bzclose(out);
  free(data);
}

static size_t expand_file(const char* from, unsigned char* to, size_t size) {
  BZFILE* in = BZ2_bzopen(from, "r");
  size_t got = 0;
  int n = 0;
  while (in && got < size && (n = BZ2_bzread(in, to + got, 65536)) > 0) got += (size_t)n;
  if (!in || n < 0) exit(1);
  BZ2_bzclose(in);
  return got;
}

int main(int argc, char** argv) {
  size_t size = (size_t)(argc > 1 ? atoi(argv[1]) : 100) << 10;
  unsigned char *data = malloc(size), *back = malloc(size + 65536);
  fill_test_data(data, size);
  write_file("original.bin", data, size);
  printf("original %zu bytes, checksum %016llx\n", size, (unsigned long long)checksum(data, size));
  size_t packed;
  compress_file("original.bin", "packed.bz2", 9);
  unsigned char* bz = read_file("packed.bz2", &packed);
  size_t got = expand_file("packed.bz2", back, size + 1);
  printf("packed %zu bytes, checksum %016llx, expanded %zu, %s\n", packed,
         (unsigned long long)checksum(bz, packed), got,
         got == size && !memcmp(data, back, size) ? "equal" : "DIFFERS");
  return 0;
}
