// One instruction, as at most places that call this.
#include <string.h>

void *memset(void *to, int value, size_t n) { return __builtin_memset(to, value, n); }
