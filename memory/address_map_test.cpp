#include "memory/address_map.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <thread>

#include "memory/guarded_bytes.h"
#include "memory/guest_access.h"
#include "memory/os/fault.h"
#include "memory/os/host_pages.h"

namespace lindvm {
namespace {

constexpr uint64_t k_page = k_guest_page;
constexpr uint64_t k_mib = 1 << 20;
constexpr uint32_t k_rw = PROT_READ | PROT_WRITE;
constexpr uint32_t k_anonymous = MAP_PRIVATE | MAP_ANONYMOUS;

std::shared_ptr<LinearMemory> mapped_memory(uint64_t pages = 65536) {
  install_fault_handlers();
  std::error_code error;
  return LinearMemory::create({.min_pages = 1, .max_pages = pages, .is_shared = true, .is_mapped = true}, 0,
                              error);
}

class AddressMapTest : public testing::Test {
 protected:
  explicit AddressMapTest(AddressLimits limits = {}) {
    AddressLayout layout{.image_bytes = 4 * k_page, .heap_start = 3 * k_page + 16, .traps_at_null = true};
    layout.stack_begin = 0;
    layout.stack_end = 2 * k_page;
    layout.image_name = "/bin/program";
    int error = 0;
    map_ = AddressMap::create(memory_, layout, limits, error);
    EXPECT_EQ(error, 0);
  }

  int64_t map(uint64_t address, uint64_t length, uint32_t prot = k_rw, uint32_t flags = k_anonymous) {
    return map_->map({.address = address, .length = length, .prot = prot, .flags = flags});
  }
  uint64_t map_anywhere(uint64_t length, uint32_t prot = k_rw) {
    int64_t begin = map(0, length, prot);
    EXPECT_GT(begin, 0);
    return static_cast<uint64_t>(begin);
  }
  int64_t map_file(int fd, uint64_t address, uint64_t length, uint32_t prot, uint32_t flags,
                   uint64_t offset = 0) {
    return map_->map({address, length, prot, flags, {fd, "/file"}, offset});
  }
  bool readable(uint64_t address) {
    uint8_t byte;
    return copy_in(&byte, *memory_, address, 1);
  }
  bool write(uint64_t address, uint8_t byte) { return copy_out(*memory_, address, &byte, 1); }
  int read(uint64_t address) {
    uint8_t byte;
    return copy_in(&byte, *memory_, address, 1) ? byte : -1;
  }
  /// As in /proc/self/maps: "begin-end rw-p offset name" in pages, one per line.
  std::string areas(uint64_t from = 0) {
    std::string text;
    for (const Area& area : map_->areas()) {
      if (area.begin < from) continue;
      text += std::to_string(area.begin / k_page) + '-' + std::to_string(area.end / k_page) + ' ';
      text += area.prot & PROT_READ ? 'r' : '-';
      text += area.prot & PROT_WRITE ? 'w' : '-';
      text += area.is_shared() ? 's' : 'p';
      if (area.has_file()) text += ' ' + std::to_string(area.offset / k_page);
      text += '\n';
    }
    return text;
  }

  std::shared_ptr<LinearMemory> memory_ = mapped_memory();
  std::unique_ptr<AddressMap> map_;
};

OwnedFd file_of(uint64_t pages) {
  OwnedFd file(memfd_create("test", MFD_CLOEXEC));
  EXPECT_EQ(ftruncate(file.get(), static_cast<off_t>(pages * k_page)), 0);
  for (uint64_t page = 0; page < pages; ++page) {
    auto byte = static_cast<uint8_t>(page + 1);
    EXPECT_EQ(pwrite(file.get(), &byte, 1, static_cast<off_t>(page * k_page)), 1);
  }
  return file;
}

TEST_F(AddressMapTest, MappedMemoryHasItsFinalSizeAtOnce) {
  EXPECT_EQ(memory_->size_pages(), 65536u);
  EXPECT_EQ(memory_->grow(0), 65536u);
  EXPECT_EQ(memory_->grow(1), LinearMemory::k_grow_failed);
}

TEST_F(AddressMapTest, OnlyTheImageIsThereAtFirst) {
  EXPECT_FALSE(readable(0));
  EXPECT_FALSE(readable(k_page - 1));
  EXPECT_TRUE(write(k_page, 1));
  EXPECT_TRUE(write(4 * k_page - 1, 1));
  EXPECT_FALSE(readable(4 * k_page));
  EXPECT_FALSE(readable(UINT32_MAX));
  auto areas = map_->areas();
  ASSERT_EQ(areas.size(), 2u);
  EXPECT_EQ(areas[0].backing->name, "[stack]");
  EXPECT_EQ(areas[1].backing->name, "/bin/program");
}

TEST_F(AddressMapTest, MapsFromTheTopDown) {
  EXPECT_EQ(map(0, 1), static_cast<int64_t>(AddressMap::k_end - k_page));
  EXPECT_EQ(map(0, 2 * k_page), static_cast<int64_t>(AddressMap::k_end - 3 * k_page));
  EXPECT_EQ(map_->unmap(AddressMap::k_end - k_page, k_page), 0);
  EXPECT_EQ(map(0, k_page), static_cast<int64_t>(AddressMap::k_end - k_page));
  EXPECT_EQ(areas(4 * k_page), "1048557-1048560 rwp\n");
}

TEST_F(AddressMapTest, MappingErrorsAreLinux) {
  EXPECT_EQ(map(0, 0), -EINVAL);
  EXPECT_EQ(map(0, UINT32_MAX), -ENOMEM);
  EXPECT_EQ(map(0, UINT64_MAX), -ENOMEM);
  EXPECT_EQ(map(0, k_page, k_rw, MAP_ANONYMOUS), -EINVAL);
  EXPECT_EQ(map(0, k_page, k_rw, MAP_ANONYMOUS | MAP_SHARED_VALIDATE), -EINVAL);
  EXPECT_EQ(map(5, k_page, k_rw, k_anonymous | MAP_FIXED), -EINVAL);
  EXPECT_EQ(map(0, k_page, k_rw, k_anonymous | MAP_FIXED), -EPERM);
  EXPECT_EQ(map(AddressMap::k_end, k_page, k_rw, k_anonymous | MAP_FIXED), -ENOMEM);
  EXPECT_EQ(map(2 * k_page, k_page, k_rw, k_anonymous | MAP_FIXED_NOREPLACE), -EEXIST);
  EXPECT_EQ(map_file(-1, 0, k_page, k_rw, MAP_PRIVATE), -EBADF);
  EXPECT_EQ(map_file(-1, 0, k_page, k_rw, MAP_PRIVATE, 5), -EINVAL);
  OwnedFd file = file_of(1);
  EXPECT_EQ(map_file(file.get(), 0, 2 * k_page, k_rw, MAP_PRIVATE, UINT64_MAX & ~(k_page - 1)), -EOVERFLOW);
  EXPECT_EQ(map_file(file.get(), 0, k_page, k_rw, MAP_SHARED_VALIDATE | MAP_SYNC), -EOPNOTSUPP);
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  EXPECT_EQ(map_file(ends[0], 0, k_page, PROT_READ, MAP_PRIVATE), -ENODEV);
  close(ends[0]);
  close(ends[1]);
}

TEST_F(AddressMapTest, HintsAreFollowedWhereFree) {
  constexpr int64_t k_hint = 100 * k_mib;
  EXPECT_EQ(map(k_hint + 5, k_page), k_hint);
  EXPECT_EQ(map(k_hint, k_page), static_cast<int64_t>(AddressMap::k_end - k_page));
  EXPECT_EQ(map(UINT32_MAX, k_page), static_cast<int64_t>(AddressMap::k_end - 2 * k_page));
  EXPECT_EQ(map(k_page - 1, k_page), static_cast<int64_t>(AddressMap::k_end - 3 * k_page));
}

TEST_F(AddressMapTest, FixedReplacesWhatWasThere) {
  uint64_t begin = map_anywhere(4 * k_page);
  for (uint64_t page = 0; page < 4; ++page) EXPECT_TRUE(write(begin + page * k_page, 7));
  EXPECT_EQ(map(begin + k_page, 2 * k_page, PROT_READ, k_anonymous | MAP_FIXED),
            static_cast<int64_t>(begin + k_page));
  EXPECT_EQ(read(begin), 7);
  EXPECT_EQ(read(begin + k_page), 0);
  EXPECT_FALSE(write(begin + k_page, 1));
  EXPECT_EQ(read(begin + 3 * k_page), 7);
}

TEST_F(AddressMapTest, UnmapSplits) {
  uint64_t begin = map_anywhere(5 * k_page);
  EXPECT_EQ(map_->unmap(begin + 1, k_page), -EINVAL);
  EXPECT_EQ(map_->unmap(begin, 0), -EINVAL);
  EXPECT_EQ(map_->unmap(AddressMap::k_end, k_page), -EINVAL);
  EXPECT_EQ(map_->unmap(begin + 2 * k_page, 1), 0);
  EXPECT_TRUE(readable(begin + 2 * k_page - 1));
  EXPECT_FALSE(readable(begin + 2 * k_page));
  EXPECT_TRUE(readable(begin + 3 * k_page));
  EXPECT_EQ(map_->unmap(begin + 2 * k_page, k_page), 0) << "holes may be unmapped";
  EXPECT_EQ(map_->areas().size(), 4u);
}

TEST_F(AddressMapTest, ProtectSplitsAndJoins) {
  uint64_t begin = map_anywhere(5 * k_page);
  size_t before = map_->host_mappings();
  EXPECT_EQ(map_->protect(begin + k_page, k_page, PROT_NONE), 0);
  EXPECT_FALSE(readable(begin + k_page));
  EXPECT_TRUE(readable(begin + 2 * k_page));
  EXPECT_EQ(map_->host_mappings(), before + 2);
  EXPECT_EQ(map_->protect(begin + k_page, k_page, k_rw), 0);
  EXPECT_EQ(map_->host_mappings(), before);
  EXPECT_EQ(map_->unmap(begin + 3 * k_page, k_page), 0);
  EXPECT_EQ(map_->protect(begin, 5 * k_page, PROT_READ), -ENOMEM);
  EXPECT_FALSE(write(begin, 1)) << "what is before the hole has changed";
  EXPECT_TRUE(write(begin + 4 * k_page, 1));
  EXPECT_EQ(map_->protect(begin + 1, k_page, PROT_READ), -EINVAL);
  EXPECT_EQ(map_->protect(begin, k_page, 0x40), -EINVAL);
  EXPECT_EQ(map_->protect(begin, k_page, PROT_READ | PROT_GROWSDOWN), -EINVAL);
  EXPECT_EQ(map_->protect(0, 0, PROT_READ), 0);
}

TEST_F(AddressMapTest, ExecutableIsRecordedOnly) {
  uint64_t begin = map_anywhere(k_page, PROT_READ | PROT_WRITE | PROT_EXEC);
  Area area;
  ASSERT_TRUE(map_->find(begin, area));
  EXPECT_TRUE(area.prot & PROT_EXEC);
  EXPECT_TRUE(write(begin, 1));
  EXPECT_EQ(map_->protect(begin, k_page, PROT_EXEC), 0);
  EXPECT_TRUE(readable(begin));
  EXPECT_FALSE(write(begin, 1));
}

TEST_F(AddressMapTest, SharedFilesAreShared) {
  OwnedFd file = file_of(4);
  uint64_t one = static_cast<uint64_t>(map_file(file.get(), 0, 2 * k_page, k_rw, MAP_SHARED, 2 * k_page));
  uint64_t other = static_cast<uint64_t>(map_file(file.get(), 0, 4 * k_page, k_rw, MAP_SHARED));
  uint64_t own = static_cast<uint64_t>(map_file(file.get(), 0, 4 * k_page, k_rw, MAP_PRIVATE));
  file = OwnedFd();
  EXPECT_EQ(read(one + k_page), 4);
  EXPECT_TRUE(write(own + 3 * k_page, 70));
  EXPECT_TRUE(write(one + k_page, 80));
  EXPECT_EQ(read(other + 3 * k_page), 80);
  EXPECT_EQ(read(own + 3 * k_page), 70);
}

TEST_F(AddressMapTest, FilesKeepTheirOpeningMode) {
  OwnedFd file = file_of(1);
  std::string path = "/proc/self/fd/" + std::to_string(file.get());
  OwnedFd reader(open(path.c_str(), O_RDONLY | O_CLOEXEC)), writer(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  EXPECT_EQ(map_file(writer.get(), 0, k_page, PROT_WRITE, MAP_SHARED), -EACCES);
  EXPECT_EQ(map_file(reader.get(), 0, k_page, k_rw, MAP_SHARED), -EACCES);
  int64_t shared = map_file(reader.get(), 0, k_page, PROT_READ, MAP_SHARED);
  ASSERT_GT(shared, 0);
  EXPECT_EQ(map_->protect(static_cast<uint64_t>(shared), k_page, k_rw), -EACCES);
  int64_t own = map_file(reader.get(), 0, k_page, k_rw, MAP_PRIVATE);
  ASSERT_GT(own, 0);
  EXPECT_TRUE(write(static_cast<uint64_t>(own), 9));
}

TEST_F(AddressMapTest, MappingsOfAFileShareADescriptor) {
  OwnedFd file = file_of(1);
  int before = dup(file.get());
  close(before);
  for (int i = 0; i < 50; ++i) EXPECT_GT(map_file(file.get(), 0, k_page, PROT_READ, MAP_SHARED), 0);
  int after = dup(file.get());
  close(after);
  EXPECT_EQ(after, before + 1);
}

TEST_F(AddressMapTest, BeyondATruncatedFileNothingIsAccessible) {
  OwnedFd file = file_of(2);
  uint64_t begin = static_cast<uint64_t>(map_file(file.get(), 0, 2 * k_page, k_rw, MAP_SHARED));
  EXPECT_TRUE(readable(begin + k_page));
  ASSERT_EQ(ftruncate(file.get(), k_page), 0);
  EXPECT_TRUE(readable(begin));
  EXPECT_FALSE(readable(begin + k_page));
  EXPECT_FALSE(write(begin + k_page, 1));
}

TEST_F(AddressMapTest, RemapShrinksGrowsAndMoves) {
  uint64_t begin = map_anywhere(4 * k_page);
  EXPECT_TRUE(write(begin, 5));
  EXPECT_EQ(map_->remap(begin, 4 * k_page, 2 * k_page, 0, 0), static_cast<int64_t>(begin));
  EXPECT_FALSE(readable(begin + 2 * k_page));
  EXPECT_EQ(map_->remap(begin, 2 * k_page, 3 * k_page, 0, 0), static_cast<int64_t>(begin));
  EXPECT_TRUE(write(begin + 2 * k_page, 6));
  EXPECT_EQ(map_->remap(begin, 3 * k_page, 5 * k_page, 0, 0), -ENOMEM) << "the top is in the way";
  int64_t moved = map_->remap(begin, 3 * k_page, 5 * k_page, MREMAP_MAYMOVE, 0);
  EXPECT_EQ(moved, static_cast<int64_t>(begin - 5 * k_page));
  uint64_t to = static_cast<uint64_t>(moved);
  EXPECT_FALSE(readable(begin));
  EXPECT_EQ(read(to), 5);
  EXPECT_EQ(read(to + 2 * k_page), 6);
  EXPECT_EQ(read(to + 4 * k_page), 0);
  EXPECT_EQ(map_->areas().size(), 3u);
}

TEST_F(AddressMapTest, RemapToAPlace) {
  uint64_t begin = map_anywhere(2 * k_page), to = 200 * k_mib;
  EXPECT_TRUE(write(begin + k_page, 5));
  uint32_t fixed = MREMAP_MAYMOVE | MREMAP_FIXED;
  EXPECT_EQ(map_->remap(begin, 2 * k_page, 2 * k_page, fixed, begin + k_page), -EINVAL);
  EXPECT_EQ(map_->remap(begin, 2 * k_page, 2 * k_page, MREMAP_FIXED, to), -EINVAL);
  EXPECT_EQ(map_->remap(begin, 2 * k_page, 0, fixed, to), -EINVAL);
  EXPECT_EQ(map_->remap(to, k_page, k_page, fixed, begin), -EFAULT);
  EXPECT_EQ(map_->remap(begin, 2 * k_page, 3 * k_page, fixed, to), static_cast<int64_t>(to));
  EXPECT_EQ(read(to + k_page), 5);
  EXPECT_EQ(read(to + 2 * k_page), 0);
  EXPECT_EQ(map_->remap(to, 3 * k_page, 3 * k_page, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0),
            static_cast<int64_t>(AddressMap::k_end - 3 * k_page));
  EXPECT_EQ(read(to + k_page), 0) << "still mapped, but the pages are gone";
  EXPECT_EQ(read(AddressMap::k_end - 2 * k_page), 5);
}

TEST_F(AddressMapTest, RemapOfNothingDuplicatesWhatIsShared) {
  int64_t begin = map(0, k_page, k_rw, MAP_SHARED | MAP_ANONYMOUS);
  ASSERT_GT(begin, 0);
  int64_t second = map_->remap(static_cast<uint64_t>(begin), 0, k_page, MREMAP_MAYMOVE, 0);
  ASSERT_GT(second, 0);
  EXPECT_TRUE(write(static_cast<uint64_t>(begin), 5));
  EXPECT_EQ(read(static_cast<uint64_t>(second)), 5);
  EXPECT_EQ(map_->remap(map_anywhere(k_page), 0, k_page, MREMAP_MAYMOVE, 0), -EINVAL);
}

TEST_F(AddressMapTest, BreakMovesByBytes) {
  uint64_t start = map_->set_break(0);
  EXPECT_EQ(start, 3 * k_page + 16);
  EXPECT_EQ(map_->set_break(start - 1), start);
  EXPECT_EQ(map_->set_break(4 * k_page), 4 * k_page);
  EXPECT_FALSE(readable(4 * k_page));
  EXPECT_EQ(map_->set_break(4 * k_page + 1), 4 * k_page + 1);
  EXPECT_TRUE(write(5 * k_page - 1, 5));
  EXPECT_FALSE(readable(5 * k_page));
  EXPECT_EQ(map_->set_break(10 * k_mib), 10 * k_mib);
  EXPECT_EQ(read(5 * k_page - 1), 5);
  EXPECT_EQ(map_->set_break(start), start);
  EXPECT_TRUE(readable(4 * k_page - 1));
  EXPECT_FALSE(readable(4 * k_page));
  EXPECT_EQ(map_->set_break(5 * k_page), 5 * k_page);
  EXPECT_EQ(read(5 * k_page - 1), 0);
  EXPECT_EQ(map_->set_break(UINT32_MAX), 5 * k_page);
}

TEST_F(AddressMapTest, BreakNeverCollides) {
  EXPECT_EQ(map(k_mib, k_page, k_rw, k_anonymous | MAP_FIXED), static_cast<int64_t>(k_mib));
  uint64_t start = map_->set_break(0);
  EXPECT_EQ(map_->set_break(k_mib), start) << "a page stays free";
  EXPECT_EQ(map_->set_break(k_mib - k_page), k_mib - k_page);
  EXPECT_EQ(map_->set_break(2 * k_mib), k_mib - k_page);
}

uint64_t megabytes(uint64_t count) { return count * k_mib; }

TEST_F(AddressMapTest, WhatIsGivenBackLeavesTheHost) {
  auto touch = [&](uint64_t begin, uint64_t bytes) {
    for (uint64_t at = begin; at < begin + bytes; at += k_page) ASSERT_TRUE(write(at, 1));
  };
  uint64_t heap = map_->set_break(0), bytes = megabytes(16);
  uint64_t before = map_->usage().resident;
  map_->set_break(heap + bytes);
  touch(heap, bytes);
  uint64_t begin = map_anywhere(bytes);
  touch(begin, bytes);
  EXPECT_GE(map_->usage().resident, before + 2 * bytes);
  map_->set_break(heap);
  EXPECT_LE(map_->usage().resident, before + bytes + k_mib);
  EXPECT_EQ(map_->advise(begin, bytes / 2, MADV_DONTNEED), 0);
  EXPECT_LE(map_->usage().resident, before + bytes / 2 + k_mib);
  EXPECT_EQ(read(begin), 0);
  EXPECT_EQ(map_->unmap(begin, bytes), 0);
  EXPECT_LE(map_->usage().resident, before + k_mib);
}

TEST_F(AddressMapTest, AdviceIsForAreasThatFit) {
  OwnedFd file = file_of(2);
  uint64_t shared = static_cast<uint64_t>(map_file(file.get(), 0, 2 * k_page, k_rw, MAP_SHARED));
  uint64_t own = static_cast<uint64_t>(map_file(file.get(), 0, 2 * k_page, k_rw, MAP_PRIVATE));
  EXPECT_TRUE(write(own, 70));
  EXPECT_EQ(map_->advise(own, k_page, MADV_DONTNEED), 0);
  EXPECT_EQ(read(own), 1) << "the file's page again";
  EXPECT_EQ(map_->advise(own, k_page, MADV_FREE), -EINVAL);
  EXPECT_EQ(map_->advise(shared, k_page, MADV_REMOVE), 0);
  EXPECT_EQ(read(shared), 0);
  EXPECT_EQ(map_->advise(own, k_page, MADV_REMOVE), -EACCES);
  EXPECT_EQ(map_->advise(own, k_page, 12345), -EINVAL);
  EXPECT_EQ(map_->advise(own + 1, k_page, MADV_NORMAL), -EINVAL);
  EXPECT_EQ(map_->advise(own, k_page, MADV_HWPOISON), -EPERM);
  EXPECT_EQ(map_->advise(own, 0, MADV_DONTNEED), 0);
  EXPECT_EQ(map_->advise(k_mib, k_page, MADV_DONTNEED), -ENOMEM);
  EXPECT_EQ(map_->advise(shared, k_page, MADV_WIPEONFORK), -EINVAL);
  EXPECT_EQ(map_->advise(shared, 2 * k_page, MADV_POPULATE_READ), 0);
  for (int advice : {MADV_WILLNEED, MADV_SEQUENTIAL, MADV_RANDOM, MADV_NORMAL, MADV_DONTFORK, MADV_DODUMP}) {
    EXPECT_EQ(map_->advise(shared, 2 * k_page, advice), 0) << advice;
  }
}

TEST_F(AddressMapTest, SyncAndResidencyRefuseHoles) {
  OwnedFd file = file_of(2);
  uint64_t begin = static_cast<uint64_t>(map_file(file.get(), 0, 2 * k_page, k_rw, MAP_SHARED));
  EXPECT_EQ(map_->sync(begin, 2 * k_page, MS_SYNC), 0);
  EXPECT_EQ(map_->sync(begin, 2 * k_page, MS_SYNC | MS_ASYNC), -EINVAL);
  EXPECT_EQ(map_->sync(begin, 2 * k_page, 0x80), -EINVAL);
  EXPECT_EQ(map_->sync(begin - k_page, 2 * k_page, MS_SYNC), -ENOMEM);
  std::vector<uint8_t> pages(3, 9);
  EXPECT_TRUE(readable(begin));
  EXPECT_EQ(map_->residency(begin, 2 * k_page, pages), 0);
  EXPECT_EQ(pages[0] & 1, 1);
  EXPECT_EQ(pages[2], 9);
  EXPECT_EQ(map_->residency(begin - k_page, 2 * k_page, pages), -ENOMEM);
}

TEST_F(AddressMapTest, EndsAreExactForPointersPassedToTheHost) {
  uint64_t begin = map_anywhere(k_page);
  EXPECT_EQ(map_->unmap(begin, k_page), 0);
  begin = map_anywhere(2 * k_page);
  EXPECT_EQ(map_->protect(begin + k_page, k_page, PROT_NONE), 0);
  int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(::read(zero, memory_->base() + begin + k_page - 8, 16), 8);
  EXPECT_EQ(::read(zero, memory_->base() + begin + k_page, 16), -1);
  EXPECT_EQ(errno, EFAULT);
  close(zero);
}

class LimitedAddressMapTest : public AddressMapTest {
 protected:
  LimitedAddressMapTest()
      : AddressMapTest({.address_space = k_mib, .data = k_mib / 2, .locked = 2 * k_page}) {}
};

TEST_F(LimitedAddressMapTest, LimitsHold) {
  EXPECT_EQ(map(0, 2 * k_mib, PROT_NONE), -ENOMEM);
  EXPECT_EQ(map(0, 3 * k_mib / 4), -ENOMEM);
  uint64_t begin = map_anywhere(3 * k_mib / 4, PROT_READ);
  EXPECT_EQ(map(0, k_mib / 2, PROT_NONE), -ENOMEM);
  EXPECT_EQ(map(begin, k_mib / 2, PROT_NONE, k_anonymous | MAP_FIXED), static_cast<int64_t>(begin))
      << "what is replaced does not count";
  EXPECT_EQ(map_->protect(begin, 3 * k_mib / 4, k_rw), -ENOMEM);
  EXPECT_EQ(map_->remap(begin, 3 * k_mib / 4, 2 * k_mib, MREMAP_MAYMOVE, 0), -EFAULT);
  EXPECT_EQ(map_->remap(begin, k_mib / 2, 2 * k_mib, MREMAP_MAYMOVE, 0), -ENOMEM);
  uint64_t start = map_->set_break(0);
  EXPECT_EQ(map_->set_break(start + k_mib / 2), start);
  EXPECT_NE(map_->set_break(start + k_mib / 8), start);
}

TEST_F(LimitedAddressMapTest, LockingIsLimited) {
  uint64_t begin = map_anywhere(4 * k_page);
  EXPECT_EQ(map_->lock(begin, 3 * k_page, 0), -ENOMEM);
  EXPECT_EQ(map_->lock(begin + 5, k_page, 0), 0) << "two pages";
  EXPECT_EQ(map_->usage().totals.locked, 2 * k_page);
  EXPECT_EQ(map_->lock(begin, 2 * k_page, 0), 0) << "again";
  EXPECT_EQ(map_->advise(begin, k_page, MADV_DONTNEED), -EINVAL);
  EXPECT_EQ(map(0, k_page, k_rw, k_anonymous | MAP_LOCKED), -EAGAIN);
  EXPECT_EQ(map_->unlock(begin, k_page), 0);
  EXPECT_EQ(map_->usage().totals.locked, k_page);
  EXPECT_EQ(map_->lock(begin, k_page, 2), -EINVAL);
  EXPECT_EQ(map_->lock(begin - k_page, k_page, 0), -ENOMEM);
  EXPECT_EQ(map_->lock_all(MCL_CURRENT), -ENOMEM);
  EXPECT_EQ(map_->lock_all(MCL_ONFAULT), -EINVAL);
  EXPECT_EQ(map_->lock_all(MCL_FUTURE), 0);
  map_anywhere(k_page);
  EXPECT_EQ(map_->usage().totals.locked, 2 * k_page);
  EXPECT_EQ(map_->unlock_all(), 0);
  EXPECT_EQ(map_->usage().totals.locked, 0u);
  map_->set_limits({.locked = 0});
  EXPECT_EQ(map_->lock(begin, k_page, 0), -EPERM);
  EXPECT_EQ(map(0, k_page, k_rw, k_anonymous | MAP_LOCKED), -EPERM);
}

TEST_F(AddressMapTest, LengthsThatGoAroundTheEnd) {
  constexpr uint64_t k_around = UINT32_MAX + 1 - 2 * k_page;
  uint64_t begin = map_anywhere(2 * k_page);
  EXPECT_EQ(map_->lock(begin, k_around, 0), -EINVAL);
  EXPECT_EQ(map_->unlock(begin, k_around), -EINVAL);
  EXPECT_EQ(map_->lock(begin, UINT32_MAX, 0), 0) << "rounded up, nothing";
  EXPECT_EQ(map_->unlock(begin, UINT32_MAX), 0);
  EXPECT_EQ(map_->remap(begin, k_around, k_page, MREMAP_MAYMOVE, 0), -EINVAL);
  EXPECT_EQ(map_->usage().totals.locked, 0u);
  EXPECT_EQ(map_->unmap(begin, 2 * k_page), 0);
}

TEST_F(AddressMapTest, RunsOutOfHostMappingsCleanly) {
  int64_t error = 0;
  uint64_t count = 0;
  for (uint64_t at = k_mib; at < AddressMap::k_end && error >= 0; at += 2 * k_page, ++count) {
    error = map(at, k_page, k_rw, k_anonymous | MAP_FIXED);
  }
  EXPECT_EQ(error, -ENOMEM);
  EXPECT_GT(count, 10'000u);
  EXPECT_EQ(map_->unmap(k_mib, megabytes(3000)), 0);
  EXPECT_GT(map(0, k_page), 0);
}

TEST_F(AddressMapTest, ThreadsMapAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        int64_t begin = map(0, 3 * k_page);
        if (begin <= 0) ++wrong;
        uint64_t at = static_cast<uint64_t>(begin);
        if (!write(at, static_cast<uint8_t>(t)) || read(at) != t) ++wrong;
        if (map_->unmap(at, 3 * k_page) != 0) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(AddressMapTest, OthersSeeNoHoleWhileAMappingIsReplaced) {
  uint64_t at = map_anywhere(4 * k_page);
  std::atomic<bool> is_done{false};
  std::atomic<int> faults{0};
  std::thread other([&] {
    while (!is_done) faults += !readable(at + k_page);
  });
  for (int i = 0; i < 5000; ++i) {
    EXPECT_EQ(map(at, 4 * k_page, k_rw, k_anonymous | MAP_FIXED), static_cast<int64_t>(at));
  }
  is_done = true;
  other.join();
  EXPECT_EQ(faults, 0);
}

TEST(AddressMap, SmallMaximaAreTheEnd) {
  auto memory = mapped_memory(16);
  int error = 0;
  auto map = AddressMap::create(memory, {.image_bytes = k_page, .heap_start = k_page}, {}, error);
  ASSERT_NE(map, nullptr);
  EXPECT_EQ(map->map({.length = k_page, .prot = k_rw, .flags = k_anonymous}), 15 * 65536 + 15 * 4096);
  EXPECT_EQ(map->map({.length = k_mib, .prot = k_rw, .flags = k_anonymous}), -ENOMEM);
}

TEST(AddressMap, MemoryIsReusedClean) {
  std::byte* base = nullptr;
  for (int round = 0; round < 2; ++round) {
    auto memory = mapped_memory();
    int error = 0;
    auto map = AddressMap::create(memory, {.image_bytes = k_page, .heap_start = k_page}, {}, error);
    if (round == 1) {
      EXPECT_EQ(memory->base(), base);
    }
    base = memory->base();
    uint64_t at = 3000 * k_mib;
    uint8_t byte = 1;
    EXPECT_FALSE(copy_in(&byte, *memory, at, 1));
    EXPECT_EQ(map->map({.address = at, .length = k_page, .prot = k_rw, .flags = k_anonymous | MAP_FIXED}),
              static_cast<int64_t>(at));
    EXPECT_TRUE(copy_in(&byte, *memory, at, 1));
    EXPECT_EQ(byte, 0);
    byte = 1;
    EXPECT_TRUE(copy_out(*memory, at, &byte, 1));
  }
}

}  // namespace
}  // namespace lindvm
