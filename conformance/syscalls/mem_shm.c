// System V shared memory.
#include "check.h"

#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

#define PAGE 4096

static void show_status(int id) {
  struct shmid_ds status;
  memset(&status, 0, sizeof status);
  SHOW(shmctl(id, IPC_STAT, &status));
  printf("size %lu attached %lu mode %o times %d %d %d pids %d %d\n", (unsigned long)status.shm_segsz,
         (unsigned long)status.shm_nattch, status.shm_perm.mode, status.shm_atime != 0, status.shm_dtime != 0,
         status.shm_ctime != 0, status.shm_cpid != 0, status.shm_lpid == status.shm_cpid);
}

static void private_segments(void) {
  SHOW(shmget(IPC_PRIVATE, 0, 0600));
  int id = shmget(IPC_PRIVATE, 3 * PAGE - 5, 0640);
  NEED(id >= 0);
  show_status(id);
  char *one = shmat(id, 0, 0);
  char *two = shmat(id, 0, SHM_RDONLY);
  NEED(one != (void *)-1 && two != (void *)-1);
  show_status(id);
  one[2 * PAGE] = 5;
  printf("%d %d\n", two[2 * PAGE], two[0]);
  SHOW(shmat(id, one, 0));
  SHOW(shmat(id, one + 5, 0));
  SHOW(shmat(id, 0, SHM_REMAP));
  SHOW(shmdt(one + PAGE));
  SHOW(munmap(one + PAGE, PAGE));
  show_status(id);
  SHOW(shmdt(one));
  SHOW(shmdt(one));
  show_status(id);
  SHOW(shmctl(id, IPC_RMID, 0));
  show_status(id);
  printf("%d\n", two[2 * PAGE]);
  SHOW(shmdt(two));
  SHOW(shmctl(id, IPC_STAT, &(struct shmid_ds){0}));
  SHOW(shmctl(id, IPC_RMID, 0));
  SHOW(shmat(id, 0, 0));
  SHOW(shmctl(-1, IPC_RMID, 0));
}

static void keys(void) {
  key_t key = 0x4c000000 + getpid();
  SHOW(shmget(key, PAGE, 0600));
  int id = shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600);
  NEED(id >= 0);
  SHOW(shmget(key, PAGE, IPC_CREAT | IPC_EXCL | 0600));
  SHOW(shmget(key, PAGE, IPC_CREAT | 0600) == id);
  SHOW(shmget(key, 0, 0) == id);
  SHOW(shmget(key, PAGE + 1, 0600));
  char *at = mmap(0, 4 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  SHOW(shmat(id, at + 5, SHM_RND));
  SHOW(shmat(id, at + PAGE + 5, SHM_RND | SHM_REMAP) == at + PAGE);
  munmap(at, PAGE);
  SHOW(shmat(id, at + 5, SHM_RND) == at);
  at[PAGE + 1] = 6;
  printf("%d\n", at[1]);
  struct shmid_ds status;
  NEED(shmctl(id, IPC_STAT, &status) == 0);
  status.shm_perm.mode = 0444;
  SHOW(shmctl(id, IPC_SET, &status));
  show_status(id);
  SHOW(shmctl(id, 99, 0));
  SHOW(shmctl(id, IPC_RMID, 0));
  SHOW(shmget(key, PAGE, 0600));
  SHOW(shmdt(at));
  SHOW(shmdt(at + PAGE));
  SHOW(shmctl(id, IPC_STAT, &status));
}

int main(void) {
  private_segments();
  keys();
  return 0;
}
