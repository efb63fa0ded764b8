// Blocks that have a mapping of their own, which malloc.c, whose part this is, gives its large ones. Freed ones are kept
// for the next requests, up to a share of those in use: a program that allocates and frees large blocks in turn would
// spend its time in mmap, munmap and page faults.

enum {
	k_kept_count = 64,
	k_kept_bytes = 1 << 20,  // may always be kept
	k_kept_share = 5,        // and one of so many bytes in use
};

struct mapped_block {
	char *base;
	size_t bytes;
};

static struct {
	struct mapped_block kept[k_kept_count];  // oldest first, without gaps
	size_t count;
	size_t kept_bytes;
	size_t used_bytes;
} mapped;  // under mal.split_merge_lock

// The word at the base, which no chunk uses, tells whether the block has been used before: a fresh one has zeroes.
static size_t *mark_of_use(char *base)
{
	return (size_t *)base;
}

static int is_fresh_block(struct chunk *c)
{
	return !*mark_of_use((char *)c - c->psize);
}

static struct mapped_block take_kept(size_t i)
{
	struct mapped_block taken = mapped.kept[i];
	mapped.kept_bytes -= taken.bytes;
	memmove(mapped.kept + i, mapped.kept + i + 1, (--mapped.count - i) * sizeof *mapped.kept);
	return taken;
}

static void keep(char *base, size_t bytes)
{
	mapped.kept[mapped.count++] = (struct mapped_block){base, bytes};
	mapped.kept_bytes += bytes;
}

static int keeps_too_much(void)
{
	return mapped.count == k_kept_count || mapped.kept_bytes > k_kept_bytes + mapped.used_bytes / k_kept_share;
}

// Gives the oldest back while there is too much, or all.
static void release_kept(int all)
{
	for (;;) {
		struct mapped_block old = {0};
		lock(mal.split_merge_lock);
		if (mapped.count && (all || keeps_too_much())) old = take_kept(0);
		unlock(mal.split_merge_lock);
		if (!old.base) return;
		__munmap(old.base, old.bytes);
	}
}

// The smallest that will do.
static struct mapped_block find_kept(size_t bytes)
{
	size_t best = k_kept_count;
	for (size_t i = 0; i < mapped.count; ++i) {
		if (mapped.kept[i].bytes < bytes) continue;
		if (best == k_kept_count || mapped.kept[i].bytes < mapped.kept[best].bytes) best = i;
	}
	return best == k_kept_count ? (struct mapped_block){0} : take_kept(best);
}

static char *map_fresh(size_t bytes)
{
	char *base = __mmap(0, bytes, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
	if (base != MAP_FAILED) return base;
	release_kept(1);
	return __mmap(0, bytes, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
}

static void count_used(size_t more)
{
	lock(mal.split_merge_lock);
	mapped.used_bytes += more;
	unlock(mal.split_merge_lock);
}

// A block of *bytes, whole pages; what comes may be a quarter larger. MAP_FAILED if there is none.
static char *map_block(size_t *bytes)
{
	size_t asked = *bytes;
	lock(mal.split_merge_lock);
	struct mapped_block found = find_kept(asked);
	unlock(mal.split_merge_lock);
	if (!found.base) {
		found = (struct mapped_block){map_fresh(asked), asked};
		if (found.base == MAP_FAILED) return MAP_FAILED;
	} else {
		*mark_of_use(found.base) = 1;
	}
	if (found.bytes > asked + asked / 4) {
		__munmap(found.base + asked, found.bytes - asked);
		found.bytes = asked;
	}
	count_used(found.bytes);
	*bytes = found.bytes;
	return found.base;
}

static char *resize_block(char *base, size_t old_bytes, size_t bytes)
{
	base = __mremap(base, old_bytes, bytes, MREMAP_MAYMOVE);
	if (base != MAP_FAILED) count_used(bytes - old_bytes);
	return base;
}

static void unmap_block(char *base, size_t bytes)
{
	lock(mal.split_merge_lock);
	mapped.used_bytes -= bytes;
	keep(base, bytes);
	unlock(mal.split_merge_lock);
	release_kept(0);
}
