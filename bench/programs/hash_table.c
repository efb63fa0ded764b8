// Open-addressing hash table of 64-bit keys: insert, look up and delete in a random mix.
#include "program.h"

enum { k_slots = 1 << 16, k_mask = k_slots - 1 };

typedef struct {
  uint64_t key;  // 0 is an empty slot, 1 a deleted one
  uint32_t value;
} Slot;

static Slot slots[k_slots];

static uint32_t hash_of(uint64_t key) {
  key ^= key >> 33;
  key *= 0xff51afd7ed558ccdu;
  key ^= key >> 29;
  return (uint32_t)key & k_mask;
}

static Slot* find(uint64_t key) {
  for (uint32_t i = hash_of(key); slots[i].key != 0; i = (i + 1) & k_mask) {
    if (slots[i].key == key) return &slots[i];
  }
  return NULL;
}

static void insert(uint64_t key, uint32_t value) {
  Slot* found = find(key);
  if (found != NULL) {
    found->value += value;
    return;
  }
  uint32_t i = hash_of(key);
  while (slots[i].key > 1) i = (i + 1) & k_mask;
  slots[i] = (Slot){key, value};
}

int main(int argc, char** argv) {
  const uint32_t operations = problem_size(argc, argv, 6000000);
  Random random = {2463534242u};
  uint64_t sum = 0;
  for (uint32_t n = 0; n < operations; n++) {
    const uint32_t bits = random_next(&random);
    const uint64_t key = (uint64_t)(bits & 0x7fff) * 0x10001u + 2;
    switch (bits >> 30) {
      case 0:
      case 1:
        insert(key, n);
        break;
      case 2: {
        const Slot* slot = find(key);
        sum = mix(sum, slot == NULL ? 7 : slot->value);
        break;
      }
      case 3: {
        Slot* slot = find(key);
        if (slot != NULL && (bits & 0x100000)) slot->key = 1;
        break;
      }
    }
    // Deleted slots lengthen every probe; starting over now and then keeps the work linear.
    if ((n & 0x1ffff) == 0) {
      for (uint32_t i = 0; i < k_slots; i++) slots[i].key = 0;
    }
  }
  return report("hash_table", sum);
}
