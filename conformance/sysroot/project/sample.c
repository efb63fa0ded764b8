#include "sample.h"

#include <math.h>
#include <stdio.h>

#include "sample_config.h"

int sample_text(char* out, size_t size) {
  return snprintf(out, size, "sample %d %d %d %d %d %d %.1f", HAVE_GETRANDOM, HAVE_NO_SUCH_FUNCTION,
                  HAVE_EPOLL, HAVE_CLOEXEC, POINTER_SIZE, OFFSET_SIZE, sqrt(6.25));
}
