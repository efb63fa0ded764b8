// Times of calls, with the lines.
// options: --strace=TRACE --strace-time
// trace:  +[0-9]+\.[0-9]{6} close\(77\) = -1 EBADF \(Bad file descriptor\) <[0-9]+\.[0-9]{6}>
#include <unistd.h>

int main(void) {
  close(77);
  return 0;
}
