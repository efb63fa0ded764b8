// The kinds of work that embedded benchmarks mix, in one loop with a CRC over every result: a
// linked list searched, reversed and merge-sorted, small integer matrices, a number scanner.
#include "program.h"

static uint16_t crc16(uint16_t crc, uint16_t value) {
  for (int bit = 0; bit < 16; bit++, value >>= 1) {
    const uint16_t carry = (crc ^ value) & 1;
    crc = (uint16_t)(crc >> 1 ^ (carry ? 0xa001 : 0));
  }
  return crc;
}

typedef struct Item {
  struct Item* next;
  int16_t value, index;
} Item;

enum { k_items = 120, k_side = 10, k_scanned = 256 };
static Item items[k_items];

static Item* reverse(Item* list) {
  Item* reversed = NULL;
  while (list != NULL) {
    Item* next = list->next;
    list->next = reversed;
    reversed = list;
    list = next;
  }
  return reversed;
}

static const Item* search(const Item* list, int16_t value) {
  while (list != NULL && list->value != value) list = list->next;
  return list;
}

typedef int (*Order)(const Item*, const Item*);
static int by_value(const Item* a, const Item* b) { return a->value - b->value; }
static int by_index(const Item* a, const Item* b) { return a->index - b->index; }

static Item* merge(Item* a, Item* b, Order order) {
  Item* head = NULL;
  Item** tail = &head;
  while (a != NULL && b != NULL) {
    Item** least = order(a, b) <= 0 ? &a : &b;
    *tail = *least;
    tail = &(*least)->next;
    *least = *tail;
  }
  *tail = a != NULL ? a : b;
  return head;
}

static Item* merge_sort(Item* list, Order order) {
  if (list == NULL || list->next == NULL) return list;
  Item* middle = list;
  for (Item* fast = list->next; fast != NULL && fast->next != NULL; fast = fast->next->next) {
    middle = middle->next;
  }
  Item* second = middle->next;
  middle->next = NULL;
  return merge(merge_sort(list, order), merge_sort(second, order), order);
}

static uint16_t list_work(Random* random, uint16_t crc) {
  for (int i = 0; i < k_items; i++) {
    items[i] =
        (Item){i + 1 < k_items ? &items[i + 1] : NULL, (int16_t)(random_next(random) & 0x3ff), (int16_t)i};
  }
  Item* list = reverse(items);
  for (int16_t v = 0; v < 24; v++) {
    const Item* found = search(list, (int16_t)(v * 43));
    crc = crc16(crc, found != NULL ? (uint16_t)found->index : 0xffff);
  }
  list = merge_sort(list, by_value);
  crc = crc16(crc, (uint16_t)list->value);
  list = merge_sort(list, by_index);
  return crc16(crc, (uint16_t)list->next->value);
}

static uint16_t matrix_work(Random* random, uint16_t crc) {
  static int16_t a[k_side][k_side], b[k_side][k_side];
  static int32_t c[k_side][k_side];
  for (int i = 0; i < k_side * k_side; i++) {
    a[i / k_side][i % k_side] = (int16_t)random_next(random);
    b[i % k_side][i / k_side] = (int16_t)random_next(random);
  }
  for (int i = 0; i < k_side; i++) {
    for (int j = 0; j < k_side; j++) {
      uint32_t sum = 0;
      for (int k = 0; k < k_side; k++) sum += (uint32_t)((a[i][k] & 0xfff) * (b[k][j] >> 4));
      c[i][j] = (int32_t)sum;
    }
    crc = crc16(crc, (uint16_t)(c[i][i] >> 3));
  }
  return crc;
}

typedef enum { Start, Sign, Whole, Fraction, Exponent, Power, Bad, k_states } State;

static State step(State state, char c) {
  const int digit = c >= '0' && c <= '9';
  switch (state) {
    case Start:
      return digit ? Whole : c == '-' || c == '+' ? Sign : c == '.' ? Fraction : Bad;
    case Sign:
      return digit ? Whole : c == '.' ? Fraction : Bad;
    case Whole:
      return digit ? Whole : c == '.' ? Fraction : c == 'e' ? Exponent : Bad;
    case Fraction:
      return digit ? Fraction : c == 'e' ? Exponent : Bad;
    case Exponent:
      return digit || c == '-' ? Power : Bad;
    case Power:
      return digit ? Power : Bad;
    case Bad:
    case k_states:
      break;
  }
  return Bad;
}

static uint16_t scanner_work(Random* random, uint16_t crc) {
  static const char alphabet[] = "0123456789012345678901234.e-+,,,";
  uint32_t finals[k_states] = {0};
  State state = Start;
  for (int i = 0; i < k_scanned; i++) {
    const char c = alphabet[(random_next(random) >> 11) & 31];
    if (c == ',') {
      finals[state]++;
      state = Start;
    } else {
      state = step(state, c);
    }
  }
  for (int s = 0; s < k_states; s++) crc = crc16(crc, (uint16_t)finals[s]);
  return crc;
}

int main(int argc, char** argv) {
  const uint32_t rounds = problem_size(argc, argv, 10000);
  Random random = {0x3415};
  uint16_t crc = 0xffff;
  for (uint32_t r = 0; r < rounds; r++) {
    crc = list_work(&random, crc);
    crc = matrix_work(&random, crc);
    crc = scanner_work(&random, crc);
  }
  return report("embedded_mix", crc);
}
