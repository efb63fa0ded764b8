// Word count: split generated text, count words in a chained hash table, sort by count and name.
#include <string.h>

#include "program.h"

enum { k_buckets = 4096, k_text = 1 << 19 };

typedef struct Word {
  struct Word* next;
  uint32_t count;
  char text[20];
} Word;

static char text[k_text + 1];
static Word* buckets[k_buckets];

static uint32_t make_text(Random* random) {
  uint32_t at = 0;
  while (at + 24 < k_text) {
    uint32_t seed = random_next(random) & random_next(random) & 0x7ff;
    const uint32_t length = 2 + seed % 13;
    for (uint32_t i = 0; i < length; i++, seed = seed * 69069 + 1) {
      text[at++] = (char)('a' + (seed >> 7) % 26);
    }
    text[at++] = (seed & 64) ? ' ' : '\n';
  }
  text[at] = 0;
  return at;
}

static void count(const char* word, uint32_t length) {
  uint32_t hash = 2166136261u;
  for (uint32_t i = 0; i < length; i++) hash = (hash ^ (uint8_t)word[i]) * 16777619u;
  Word** bucket = &buckets[hash % k_buckets];
  for (Word* w = *bucket; w != NULL; w = w->next) {
    if (strncmp(w->text, word, length) == 0 && w->text[length] == 0) {
      w->count++;
      return;
    }
  }
  Word* w = calloc(1, sizeof *w);
  memcpy(w->text, word, length);
  w->count = 1;
  w->next = *bucket;
  *bucket = w;
}

static int compare(const void* a, const void* b) {
  const Word* x = *(Word* const*)a;
  const Word* y = *(Word* const*)b;
  if (x->count != y->count) return x->count < y->count ? 1 : -1;
  return strcmp(x->text, y->text);
}

static uint64_t rank_and_clear(uint64_t sum) {
  static Word* words[8192];
  uint32_t n = 0;
  for (uint32_t b = 0; b < k_buckets; b++) {
    for (Word* w = buckets[b]; w != NULL; w = w->next) words[n++] = w;
    buckets[b] = NULL;
  }
  qsort(words, n, sizeof *words, compare);
  for (uint32_t i = 0; i < n; i++) {
    sum = mix(sum, words[i]->count * 256u + (uint8_t)words[i]->text[1]);
    free(words[i]);
  }
  return sum;
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 45);
  Random random = {1000003};
  uint64_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    const uint32_t size = make_text(&random);
    for (uint32_t at = 0; at < size;) {
      const uint32_t length = (uint32_t)strcspn(text + at, " \n");
      if (length > 0) count(text + at, length);
      at += length + 1;
    }
    sum = rank_and_clear(sum);
  }
  return report("word_count", sum);
}
