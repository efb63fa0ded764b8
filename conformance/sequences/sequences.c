// Makes pseudorandom sequences of system calls and prints each call with its result: the same numbers native and in the
// VM. A sequence starts in an empty directory of its own, with descriptors 0 to 2 on a file there, so that nothing else is changed.
//
// usage: sequences FIRST_SEED SEEDS CALLS
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#ifdef __wasm__
#define NUMBER(guest, native) (guest)
enum { k_words_in_offset = 2 };  // low half first
#else
#define NUMBER(guest, native) (native)
enum { k_words_in_offset = 1 };
#endif

enum kind {
  k_at_fd, k_bytes_in, k_bytes_out, k_choice, k_entries_out, k_fd, k_fd_number, k_flags, k_mode, k_offset,
  k_offset_high_first, k_offset_in_two, k_offset_near, k_offset_place, k_optional_path, k_out_FdPair, k_out_FileStatus,
  k_out_int64_t, k_path_in, k_size, k_vectors_in, k_vectors_out, k_xattr_name,
};

struct argument {
  enum kind kind;
  unsigned always;          // bits that are set in any case
  const unsigned *values;   // of flags and choices
  unsigned value_count;
};

struct row {
  const char *name;
  long number;
  unsigned count;
  struct argument arguments[6];
};

static const struct row rows[] = {
#include "table.inc"
};

enum { k_fds = 14, k_buffer = 4096, k_parts = 3, k_own_fd = 100, k_far = 1 << 30, k_calls_kept = 1 << 20 };
static const char *const paths[] = {"a", "b", "c", "d", "d/a", "d/b", "d/e", "d/e/a", "l", "m", ".", "d/.", "a/", "d/", "l/a",
                                    "./a", "d//b", "", "a/b", "d/../a"};
static const unsigned modes[] = {0, 0644, 0755, 0400, 0200, 07777, 01777, 0100};
static const int64_t offsets[] = {0, 1, 10, 100, 4095, 4096, 70000, -1, -10, INT64_MAX};
static const unsigned sizes[] = {0, 1, 5, 30, 300, 4096};

// What a call writes, checked afterwards.
static struct {
  unsigned char bytes[k_buffer];
  struct iovec parts[k_parts];
  struct statx status;
  int64_t places[2], result;
  int pair[2];
  unsigned place_count;
  int has_bytes, has_entries, has_status, has_pair, has_result, has_bad_fd;
} made;

static char log_text[k_calls_kept];
static size_t log_used;
static uint64_t state;

static unsigned below(unsigned end) {
  state ^= state << 13, state ^= state >> 7, state ^= state << 17;
  return (unsigned)((state * 0x2545f4914f6cdd1du) >> 33) % end;
}
#define PICK(array) ((array)[below(sizeof(array) / sizeof *(array))])

__attribute__((format(printf, 1, 2))) static void tell(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(log_text + log_used, sizeof log_text - log_used, format, arguments);
  va_end(arguments);
  if (count > 0 && log_used + (size_t)count < sizeof log_text) log_used += (size_t)count;
}

static const char *pick_path(void) {
  static char too_long[NAME_MAX + 3];
  if (below(60) == 0) return memset(too_long, 'x', NAME_MAX + 1), too_long;
  return PICK(paths);
}

static unsigned pick_flags(const struct argument *argument) {
  unsigned bits = argument->always;
  for (unsigned more = below(4); more > 0 && argument->value_count; --more) bits |= argument->values[below(argument->value_count)];
  return bits;
}

static long *put_offset(long *word, int64_t offset, int words) {
  *word++ = (long)offset;
  if (words == 2) *word++ = (long)(sizeof(long) == 4 ? offset >> 32 : 0);
  return word;
}

static long *put_vectors(long *word) {
  unsigned count = below(k_parts + 1);
  for (unsigned i = 0; i < count; ++i) made.parts[i] = (struct iovec){made.bytes + 1000 * i, below(200)};
  *word++ = (long)made.parts, *word++ = count;
  tell("%u parts, ", count);
  return word;
}

static long *put_bytes(long *word) {
  unsigned size = PICK(sizes);
  *word++ = (long)made.bytes, *word++ = size;
  tell("%u bytes, ", size);
  return word;
}

// A place of an offset, or none.
static long *put_place(long *word) {
  if (below(3)) return *word++ = 0, tell("no offset, "), word;
  int64_t *place = &made.places[made.place_count++];
  *place = below(4) ? below(200) : PICK(offsets);
  tell("&%lld, ", (long long)*place);
  *word++ = (long)place;
  return word;
}

static long *put_number(long *word, long value) {
  tell("%ld, ", value);
  *word++ = value;
  return word;
}

// Mostly one that is open.
static long *put_fd(long *word) {
  long fd = below(40) ? (long)below(k_fds) : -1;
  for (int tries = 0; tries < 10 && below(20) && fcntl((int)fd, F_GETFD) < 0; ++tries) fd = below(k_fds);
  made.has_bad_fd |= fcntl((int)fd, F_GETFD) < 0;
  return put_number(word, fd);
}

static long *put_path(long *word) {
  const char *path = pick_path();
  tell("\"%.20s\", ", path);
  *word++ = (long)path;
  return word;
}

static long *put_offset_of_kind(long *word, enum kind kind) {
  int64_t offset = below(3) ? below(200) : PICK(offsets);
  if (kind == k_offset_near && offset > 1 << 20) offset = 1 << 16;
  tell("%lld, ", (long long)offset);
  if (kind == k_offset_high_first && sizeof(long) == 4) return *word++ = (long)(offset >> 32), *word++ = (long)offset, word;
  return put_offset(word, offset, kind == k_offset_in_two ? 2 : k_words_in_offset);
}

static long *put(long *word, const struct argument *argument) {
  switch (argument->kind) {
    case k_at_fd: return below(4) ? put_number(word, AT_FDCWD) : put_fd(word);
    case k_fd: return put_fd(word);
    case k_fd_number: return put_number(word, below(40) ? (long)below(k_fds) : -1);
    case k_flags: return put_number(word, pick_flags(argument));
    case k_choice: return put_number(word, argument->values[below(argument->value_count)]);
    case k_mode: return put_number(word, PICK(modes));
    case k_size: return put_number(word, PICK(sizes));
    case k_path_in:
    case k_optional_path: return put_path(word);
    case k_xattr_name: return *word++ = (long)(below(2) ? "user.one" : "user.two"), word;
    case k_bytes_in: return put_bytes(word);
    case k_bytes_out: return made.has_bytes = 1, put_bytes(word);
    case k_vectors_in: return put_vectors(word);
    case k_vectors_out: return made.has_bytes = 1, put_vectors(word);
    case k_entries_out: return made.has_entries = 1, *word++ = (long)made.bytes, *word++ = k_buffer, word;
    case k_out_FdPair: return made.has_pair = 1, *word++ = (long)made.pair, word;
    case k_out_FileStatus: return made.has_status = 1, *word++ = (long)&made.status, word;
    case k_out_int64_t:
      made.has_result = 1;
      if (sizeof(long) == 4) *word++ = (long)&made.result;
      return word;
    case k_offset_place: return put_place(word);
    default: return put_offset_of_kind(word, argument->kind);
  }
}

static unsigned sum(const unsigned char *bytes, size_t count) {
  unsigned hash = 2166136261u;
  while (count--) hash = (hash ^ *bytes++) * 16777619u;
  return hash;
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

// Their order is the file system's.
static void tell_entries(size_t used) {
  char *names[k_buffer / 24];
  size_t count = 0;
  for (size_t at = 0; at < used; at += *(uint16_t *)(made.bytes + at + 16)) names[count++] = (char *)made.bytes + at + 19;
  qsort(names, count, sizeof *names, compare);
  for (size_t i = 0; i < count; ++i) tell(" %s", names[i]);
}

static void tell_outputs(long long result) {
  for (unsigned i = 0; i < made.place_count; ++i) tell(" &%lld", (long long)made.places[i]);
  if (result < 0) return;
  if (made.has_bytes) tell(" sum %08x", sum(made.bytes, k_buffer));
  if (made.has_entries) tell_entries((size_t)result);
  if (made.has_pair) tell(" %d %d", made.pair[0], made.pair[1]);
  int is_file = S_ISREG(made.status.stx_mode);
  if (made.has_status)
    tell(" mode %o, %u links, owner %u, size %lld", made.status.stx_mode, made.status.stx_nlink, made.status.stx_uid,
         is_file ? (long long)made.status.stx_size : 0);
}

static void step(void) {
  const struct row *row = &rows[below(sizeof rows / sizeof *rows)];
  memset(&made, 0, sizeof made);
  for (unsigned i = 0; i < k_buffer; ++i) made.bytes[i] = (unsigned char)below(256);
  long words[8] = {0}, *word = words;
  tell("%s(", row->name);
  for (unsigned i = 0; i < row->count; ++i) word = put(word, &row->arguments[i]);
  long long result = syscall(row->number, words[0], words[1], words[2], words[3], words[4], words[5]);
  if (result == -1) result = -errno;
  if (made.has_result && result >= 0 && sizeof(long) == 4) result = made.result;
  int may_differ = made.has_bad_fd && result <= 0 && row->count > 1;
  if (may_differ) {
    tell(") = refused");
  } else if (made.has_result && result >= k_far) {
    tell(") = far");  // in a directory; a guest's positions there are its own
  } else {
    tell(") = %lld", result);
  }
  tell_outputs(result);
  tell("\n");
}

static void flush(int out) {
  for (size_t at = 0; at < log_used;) {
    ssize_t count = write(out, log_text + at, log_used - at);
    if (count <= 0) exit(2);
    at += (size_t)count;
  }
  log_used = 0;
}

static void sequence(unsigned seed, int calls, int top, int out) {
  char name[20];
  snprintf(name, sizeof name, "run-%u", seed);
  state = seed * 0x9e3779b97f4a7c15u + 1;
  for (int fd = 0; fd < k_own_fd; ++fd) close(fd);
  umask(022);
  if (mkdirat(top, name, 0755) || fchdir(top) || chdir(name)) exit(3);
  for (int fd = 0; fd < 3; ++fd)
    if (open("first", O_RDWR | O_CREAT, 0600) != fd) exit(4);
  tell("sequence %u\n", seed);
  for (int i = 0; i < calls; ++i) step();
  flush(out);
}

int main(int argc, char **argv) {
  if (argc != 4) return 1;
  signal(SIGPIPE, SIG_IGN);
  int top = fcntl(open(".", O_RDONLY | O_DIRECTORY), F_DUPFD, k_own_fd), out = fcntl(1, F_DUPFD, k_own_fd);
  unsigned first = (unsigned)atoi(argv[1]), seeds = (unsigned)atoi(argv[2]);
  for (unsigned seed = first; seed < first + seeds; ++seed) sequence(seed, atoi(argv[3]), top, out);
  return 0;
}
