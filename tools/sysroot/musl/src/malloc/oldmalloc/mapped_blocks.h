// Blocks that have a mapping of their own, which malloc.c, whose part this is, gives its large ones. Freed ones are kept
// for the next requests as long as there is not more of them than is in use: a program that allocates and frees large
// blocks in turn would spend its time in mmap, munmap and page faults. What is kept is spans, whatever blocks they were;
// a request is cut off the smallest that is long enough, and where none is, the longest is lengthened, since the kernel
// moves pages for less than it makes new ones.

enum {
	k_grain = 1 << 16,            // of all lengths, so that no slivers are left; wastes addresses, not memory
	k_kept_count = 256,
	k_always_kept = 32 << 20,     // bytes, however few are in use
	k_released_share = 8,         // of what may be kept, at once: each munmap costs all processors their cached page tables
	k_least_released = 1 << 20,   // shorter spans are not worth a munmap
	k_least_lengthened_share = 8, // of the bytes asked
};

struct span {
	char *base;
	size_t bytes;
};

static struct {
	struct span kept[k_kept_count];  // by the time they were freed, without gaps
	size_t count;
	size_t kept_bytes;
	size_t used_bytes;
} mapped;  // under mal.split_merge_lock, with fewer than k_kept_count spans whenever that is free

// The word at the base, which no chunk uses, tells whether the block has been used before: a fresh one has zeroes.
static size_t *mark_of_use(char *base)
{
	return (size_t *)base;
}

static int is_fresh_block(struct chunk *c)
{
	return !*mark_of_use((char *)c - c->psize);
}

static size_t whole_grains(size_t bytes)
{
	return bytes + k_grain-1 & -k_grain;
}

// The lower end of a kept span, or all of it: the block can grow into the rest.
static struct span take_kept(size_t i, size_t bytes)
{
	struct span *from = &mapped.kept[i];
	struct span taken = {from->base, bytes};
	mapped.kept_bytes -= bytes;
	from->base += bytes;
	from->bytes -= bytes;
	if (!from->bytes) memmove(from, from + 1, (--mapped.count - i) * sizeof *from);
	return taken;
}

// Adds a span, joined with those that it touches.
static void keep(struct span freed)
{
	for (size_t i = mapped.count; i-- > 0;) {
		struct span other = mapped.kept[i];
		if (other.base + other.bytes == freed.base) freed.base = other.base;
		else if (freed.base + freed.bytes != other.base) continue;
		freed.bytes += other.bytes;
		take_kept(i, other.bytes);
	}
	mapped.kept[mapped.count++] = freed;
	mapped.kept_bytes += freed.bytes;
}

// The span that has been kept longest, of those that are worth a munmap if there is one.
static size_t oldest_kept(void)
{
	for (size_t i = 0; i < mapped.count; ++i) {
		if (mapped.kept[i].bytes >= k_least_released) return i;
	}
	return 0;
}

// What is to be given back next, if there are too many spans or too many bytes in them.
static struct span take_excess(void)
{
	size_t most = k_always_kept + mapped.used_bytes, i = oldest_kept(), excess = 0;
	if (mapped.kept_bytes > most) excess = whole_grains(mapped.kept_bytes - most + most / k_released_share);
	if (mapped.count == k_kept_count || excess > mapped.kept[i].bytes) excess = mapped.kept[i].bytes;
	return excess ? take_kept(i, excess) : (struct span){0};
}

static void keep_or_release(struct span freed, size_t used_bytes)
{
	lock(mal.split_merge_lock);
	mapped.used_bytes -= used_bytes;
	keep(freed);
	for (;;) {
		struct span excess = take_excess();
		unlock(mal.split_merge_lock);
		if (!excess.bytes) return;
		__munmap(excess.base, excess.bytes);
		lock(mal.split_merge_lock);
	}
}

static void unmap_block(char *base, size_t bytes)
{
	keep_or_release((struct span){base, bytes}, bytes);
}

static void release_all(void)
{
	lock(mal.split_merge_lock);
	while (mapped.count) {
		struct span old = take_kept(0, mapped.kept[0].bytes);
		__munmap(old.base, old.bytes);
	}
	unlock(mal.split_merge_lock);
}

static void count_used(size_t more)
{
	lock(mal.split_merge_lock);
	mapped.used_bytes += more;
	unlock(mal.split_merge_lock);
}

static char *map_fresh(size_t bytes)
{
	char *base = __mmap(0, bytes, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
	if (base != MAP_FAILED) return base;
	release_all();
	return __mmap(0, bytes, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0);
}

// The smallest that is long enough, or else the longest.
static size_t best_kept(size_t bytes)
{
	size_t best = 0;
	for (size_t i = 1; i < mapped.count; ++i) {
		size_t here = mapped.kept[i].bytes, there = mapped.kept[best].bytes;
		if (there < bytes ? here > there : here >= bytes && here < there) best = i;
	}
	return best;
}

// A span of so many bytes, which count as used now, or a shorter one that is worth lengthening, or none.
static struct span reuse(size_t bytes)
{
	struct span found = {0};
	lock(mal.split_merge_lock);
	mapped.used_bytes += bytes;
	if (mapped.count) {
		size_t best = best_kept(bytes), whole = mapped.kept[best].bytes;
		if (whole >= bytes / k_least_lengthened_share) found = take_kept(best, whole < bytes ? whole : bytes);
	}
	unlock(mal.split_merge_lock);
	return found;
}

static char *lengthen(struct span found, size_t bytes)
{
	char *base = __mremap(found.base, found.bytes, bytes, MREMAP_MAYMOVE);
	if (base == MAP_FAILED) keep_or_release(found, 0);
	return base;
}

// A block of *bytes, which is rounded up. MAP_FAILED if there is none.
static char *map_block(size_t *bytes)
{
	*bytes = whole_grains(*bytes);
	struct span found = reuse(*bytes);
	char *base = MAP_FAILED;
	if (found.bytes) base = found.bytes == *bytes ? found.base : lengthen(found, *bytes);
	if (base != MAP_FAILED) {
		*mark_of_use(base) = 1;
		return base;
	}
	base = map_fresh(*bytes);
	if (base == MAP_FAILED) count_used(-*bytes);
	return base;
}

// Takes the bytes that follow a block from what is kept, if they are.
static int grow_into_kept(char *end, size_t more)
{
	int grows = 0;
	lock(mal.split_merge_lock);
	for (size_t i = 0; i < mapped.count && !grows; ++i) {
		if (mapped.kept[i].base != end || mapped.kept[i].bytes < more) continue;
		take_kept(i, more);
		mapped.used_bytes += more;
		grows = 1;
	}
	unlock(mal.split_merge_lock);
	return grows;
}

// Is there a place that has been used before, and is there less to copy than would be new otherwise?
static int is_better_copied(size_t old_bytes, size_t bytes)
{
	int is_kept = 0;
	if (old_bytes > bytes - old_bytes) return 0;
	lock(mal.split_merge_lock);
	if (mapped.count) is_kept = mapped.kept[best_kept(bytes)].bytes >= bytes;
	unlock(mal.split_merge_lock);
	return is_kept;
}

// Both lengths are whole grains. MAP_FAILED if the caller is to copy.
static char *resize_block(char *base, size_t old_bytes, size_t bytes)
{
	if (bytes < old_bytes) {
		unmap_block(base + bytes, old_bytes - bytes);
		return base;
	}
	if (grow_into_kept(base + old_bytes, bytes - old_bytes)) return base;
	if (is_better_copied(old_bytes, bytes)) return MAP_FAILED;
	base = __mremap(base, old_bytes, bytes, MREMAP_MAYMOVE);
	if (base != MAP_FAILED) count_used(bytes - old_bytes);
	return base;
}
