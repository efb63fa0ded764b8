// Sorting with a comparator callback, ours (quicksort + insertion sort) and the C library's qsort.
#include <string.h>

#include "program.h"

typedef int (*Compare)(uint32_t, uint32_t);

static int ascending(uint32_t a, uint32_t b) { return (a > b) - (a < b); }
static int by_low_half(uint32_t a, uint32_t b) {
  const int low = ascending(a & 0xffff, b & 0xffff);
  return low != 0 ? low : ascending(a, b);
}

static void insertion_sort(uint32_t* first, uint32_t n, Compare compare) {
  for (uint32_t i = 1; i < n; i++) {
    const uint32_t value = first[i];
    uint32_t j = i;
    for (; j > 0 && compare(first[j - 1], value) > 0; j--) first[j] = first[j - 1];
    first[j] = value;
  }
}

static void quicksort(uint32_t* first, uint32_t n, Compare compare) {
  while (n > 12) {
    const uint32_t pivot = first[n / 2];
    int64_t i = -1, j = n;
    for (;;) {
      do i++;
      while (compare(first[i], pivot) < 0);
      do j--;
      while (compare(first[j], pivot) > 0);
      if (i >= j) break;
      const uint32_t swap = first[i];
      first[i] = first[j];
      first[j] = swap;
    }
    quicksort(first, (uint32_t)j + 1, compare);
    first += j + 1;
    n -= (uint32_t)j + 1;
  }
  insertion_sort(first, n, compare);
}

static int compare_words(const void* a, const void* b) {
  return ascending(*(const uint32_t*)a, *(const uint32_t*)b);
}

int main(int argc, char** argv) {
  enum { k_count = 20000 };
  static uint32_t data[k_count], copy[k_count];
  static Compare const compares[] = {ascending, by_low_half};
  const uint32_t rounds = problem_size(argc, argv, 50);
  Random random = {909};
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    for (uint32_t i = 0; i < k_count; i++) data[i] = random_next(&random);
    memcpy(copy, data, sizeof data);
    quicksort(data, k_count, compares[r % 2]);
    if (r % 2 == 0) {
      qsort(copy, k_count, sizeof *copy, compare_words);
      if (memcmp(data, copy, sizeof data) != 0) return 1;
    }
    for (uint32_t i = 0; i < k_count; i += 97) sum = mix(sum, data[i]);
  }
  return report("quicksort", sum);
}
