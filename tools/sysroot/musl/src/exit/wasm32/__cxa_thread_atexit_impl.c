// Destructors of C++'s thread_local objects: the last one registered runs first, at the end of the thread or, for the
// thread that ends the process, in exit before all else.
#include <pthread.h>
#include <stdlib.h>
#include "libc.h"

struct destructor {
	void (*run)(void *);
	void *object;
	struct destructor *next;
};

static _Thread_local struct destructor *registered;
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

void __end_thread_objects(void)
{
	while (registered) {
		struct destructor *last = registered;
		registered = last->next;
		last->run(last->object);
		free(last);
	}
}

static void at_thread_end(void *ignored) { __end_thread_objects(); }
static void make_key(void) { pthread_key_create(&key, at_thread_end); }

int __cxa_thread_atexit_impl(void (*run)(void *), void *object, void *dso)
{
	struct destructor *new = malloc(sizeof *new);
	if (!new) return -1;
	*new = (struct destructor){run, object, registered};
	registered = new;
	pthread_once(&once, make_key);
	return pthread_setspecific(key, new) ? -1 : 0;
}
