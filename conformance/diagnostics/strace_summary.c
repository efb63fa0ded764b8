// A table of the calls, and no lines.
// options: --strace-summary
// stderr: ^% time     seconds  usecs/call     calls    errors syscall
// stderr: \n +[0-9.]+ +[0-9.]+ +[0-9]+ +5 +5 close\n
// stderr: \n100.00 .* total\n$
#include <unistd.h>

int main(void) {
  for (int i = 0; i < 5; i++) close(1000 + i);
  return 0;
}
