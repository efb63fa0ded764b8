// Builds for 32-bit machines ask for libatomic, which is not needed here.
// flags: -latomic
#include <stdatomic.h>

_Atomic long long counter;

int main(void) { return atomic_fetch_add(&counter, 1) != 0; }
