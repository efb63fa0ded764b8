// Thread-local objects: initial values, alignment, zeroed ones, larger than the room that libc keeps ready.
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

static _Thread_local int number = 42;
static _Thread_local _Alignas(64) char aligned[64] = "aligned";
static _Thread_local char large[5000];
_Thread_local const char* text = "shared text";
extern _Thread_local const char* text;

static void destroy(void* value) { printf("destroyed %s\n", (char*)value); }

int main(void) {
  pthread_key_t key;
  printf("%d %s %s %d\n", number, aligned, text, (int)((uintptr_t)aligned % 64));
  number++;
  int sum = 0;
  for (int i = 0; i < 5000; i++) sum += large[i];
  large[4999] = 7;
  printf("%d %d %d\n", number, sum, large[4999]);
  printf("%d\n", pthread_key_create(&key, destroy));
  pthread_setspecific(key, "value");
  printf("%s\n", (char*)pthread_getspecific(key));
  errno = 77;
  printf("%d\n", errno);
  pthread_exit(0);
}
