// qsort, bsearch, the search trees and hash tables of <search.h>.
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_ints(const void* a, const void* b) {
  int x = *(const int*)a, y = *(const int*)b;
  return (x > y) - (x < y);
}

static int compare_texts(const void* a, const void* b) { return strcmp(*(char* const*)a, *(char* const*)b); }

static int compare_keys(const void* a, const void* b) { return strcmp(a, b); }

static int compare_with(const void* a, const void* b, void* factor) {
  return compare_ints(a, b) * *(int*)factor;
}

static void show(const void* node, VISIT order, int level) {
  if (order == postorder || order == leaf) printf("%s ", *(char* const*)node);
  (void)level;
}

int main(void) {
  static int numbers[20000];
  uint32_t state = 1;
  for (size_t i = 0; i < 20000; i++) numbers[i] = (int)(state = state * 1103515245 + 12345);
  qsort(numbers, 20000, sizeof *numbers, compare_ints);
  int sorted = 1;
  for (size_t i = 1; i < 20000; i++) sorted &= numbers[i - 1] <= numbers[i];
  int* found = bsearch(&numbers[777], numbers, 20000, sizeof *numbers, compare_ints);
  printf("%d %d %d\n", sorted, found && *found == numbers[777], numbers[0]);
  int factor = -1;
  qsort_r(numbers, 100, sizeof *numbers, compare_with, &factor);
  printf("%d\n", numbers[0] >= numbers[99]);
  char* words[] = {"pear", "apple", "fig", "cherry", "banana"};
  qsort(words, 5, sizeof *words, compare_texts);
  void* root = NULL;
  for (int i = 0; i < 5; i++) tsearch(words[(i * 3) % 5], &root, compare_keys);
  twalk(root, show);
  printf("%d\n", tfind("kiwi", &root, compare_keys) == NULL);
  hcreate(16);
  for (intptr_t i = 0; i < 5; i++) hsearch((ENTRY){words[i], (void*)i}, ENTER);
  ENTRY* entry = hsearch((ENTRY){"fig", NULL}, FIND);
  printf("%s %d\n", entry->key, (int)(intptr_t)entry->data);
  hdestroy();
  size_t count = 5;
  printf("%d\n", lfind(&words[2], words, &count, sizeof *words, compare_texts) == &words[2]);
  return 0;
}
