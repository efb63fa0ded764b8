// Compiles and links; threads themselves come with another issue.
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

static void* run(void* argument) { return argument; }

int main(void) {
  pthread_t thread;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  sem_t semaphore;
  sem_init(&semaphore, 0, 1);
  pthread_mutex_lock(&mutex);
  int error = pthread_create(&thread, 0, run, 0);
  pthread_mutex_unlock(&mutex);
  return error ? 0 : pthread_join(thread, 0);
}
