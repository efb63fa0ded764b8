// The rows called by number, in the shape of Linux's 32-bit ABI: 32-bit slots, 64-bit arguments in two of
// them with the low half first, zero-terminated paths, results as negated error numbers. The same rows and
// handlers that WASI is mapped to serve it.

#include <fcntl.h>
#include <gtest/gtest.h>

#include <initializer_list>
#include <map>

#include "syscalls/table/trampoline.h"
#include "syscalls/testing/wasi_guest.h"

namespace lindvm {
namespace {

struct Generic32 {
  class Reader {
   public:
    explicit Reader(const HostCall& call) : call_(call) {}
    uint32_t u32() { return call_.arg<uint32_t>(next_++); }
    uint64_t u64() {
      uint64_t low = u32();
      return low | uint64_t{u32()} << 32;
    }

   private:
    const HostCall& call_;
    unsigned next_ = 0;
  };
  static constexpr bool k_counted_paths = false;
  static constexpr bool k_refuses_unknown_flags = false;
  static HostStatus finish(HostCall& call, SysResult result) {
    return call.ok<uint32_t>(static_cast<uint32_t>(result.raw()));
  }
};

struct GenericTime {
  int64_t seconds;
  int64_t nanoseconds;
};

struct GenericTimes {
  GenericTime access, modification;
};

}  // namespace

template <>
struct Layout<Generic32, timespec> {
  using Guest = GenericTime;
  static Guest to_guest(const timespec& time) { return {time.tv_sec, time.tv_nsec}; }
};

template <>
struct Layout<Generic32, FileTimes> {
  using Guest = GenericTimes;
  static FileTimes from_guest(const Guest& guest) {
    // The upper half of a 32-bit program's nanoseconds is padding.
    return {{guest.access.seconds, static_cast<int32_t>(guest.access.nanoseconds)},
            {guest.modification.seconds, static_cast<int32_t>(guest.modification.nanoseconds)}};
  }
};

template <>
struct Layout<Generic32, FileStatus> {
  using Guest = FileStatus;
  static Guest to_guest(const FileStatus& status) { return status; }
};

namespace {

const std::map<int, HostCallable> k_calls = {
#define ENTRY_Full(name, number, returns) \
  {number, Trampoline<Generic32, Returns::returns, &sys_##name, rows::name>::enter},
#define ENTRY_Partial ENTRY_Full
#define ENTRY_Core(name, number, returns)
#define ENTRY_None ENTRY_Core
#define SYS(name, number, traits, support, returns, ...) ENTRY_##support(name, number, returns)
#include "syscalls/table/syscalls.def"
};

class ByNumberTest : public testing::Test {
 protected:
  int call(int number, std::initializer_list<uint32_t> arguments) {
    auto found = k_calls.find(number);
    if (found == k_calls.end()) return -ENOSYS;
    uint64_t slots[8] = {};
    uint64_t* slot = slots + 7;
    for (uint32_t argument : arguments) *slot-- = argument;
    LinearMemory* memories[] = {&guest_.memory()};
    InstanceContext caller;
    caller.memories = memories;
    HostCall call{guest_.store().main_thread(), caller, slots + 7};
    CallBinding binding{&guest_.process(), nullptr, nullptr};
    status_ = found->second(call, &binding);
    return call.arg<int32_t>(0);
  }
  uint32_t string(const std::string& text, uint32_t at = WasiGuest::k_path) {
    guest_.put_path(text + '\0', at);
    return at;
  }

  WasiGuest guest_;
  HostStatus status_{};
  static constexpr uint32_t k_dir = WasiGuest::k_dir, k_data = WasiGuest::k_data,
                            k_result = WasiGuest::k_result;
};

TEST_F(ByNumberTest, FilesWork) {
  int fd = call(56, {k_dir, string("file"), 0102, 0644});
  ASSERT_EQ(fd, 4);
  uint32_t file = static_cast<uint32_t>(fd);
  EXPECT_EQ(call(64, {file, string("hello", k_data), 5}), 5);
  EXPECT_EQ(call(68, {file, k_data, 1, 4, 0}), 1);
  EXPECT_EQ(call(62, {file, 0, 1, k_result, 0}), 0);
  EXPECT_EQ(call(63, {file, k_data, 100}), 4);
  EXPECT_EQ(guest_.text(k_data, 4), "ellh");
  EXPECT_EQ(call(46, {file, 2, 1}), 0) << "4 GiB and 2 bytes";
  EXPECT_EQ(call(291, {k_dir, string("file"), 0, 0x7ff, k_data}), 0);
  EXPECT_EQ(guest_.peek<FileStatus>(k_data).stx_size, 0x1'0000'0002u);
  EXPECT_EQ(call(57, {file}), 0);
  EXPECT_EQ(call(57, {file}), -EBADF);
}

TEST_F(ByNumberTest, ErrorsAreLinuxs) {
  EXPECT_EQ(call(56, {k_dir, string("missing"), 0, 0}), -ENOENT);
  EXPECT_EQ(call(56, {k_dir, 0xffff'fff0, 0, 0}), -EFAULT);
  EXPECT_EQ(call(56, {77, string("missing"), 0, 0}), -EBADF);
  EXPECT_EQ(call(63, {77, 0xffff'fff0, 1}), -EBADF) << "the descriptor is looked at first";
  EXPECT_EQ(call(403, {99, k_data}), -EINVAL);
  EXPECT_EQ(call(9999, {}), -ENOSYS);
  EXPECT_EQ(call(412, {k_dir, string("missing"), 0xffff'0000, 0}), -EFAULT);
}

TEST_F(ByNumberTest, TimesAndEnd) {
  guest_.root.write("file", "");
  guest_.poke(k_data, GenericTimes{{5, 6}, {7, 0x7fff'0000'0000'0008}});
  EXPECT_EQ(call(412, {k_dir, string("file"), k_data, 0}), 0);
  EXPECT_EQ(call(291, {k_dir, string("file"), 0x100, 0x7ff, k_data}), 0);
  FileStatus status = guest_.peek<FileStatus>(k_data);
  EXPECT_EQ(status.stx_mtime.tv_sec, 7);
  EXPECT_EQ(status.stx_mtime.tv_nsec, 8u);
  EXPECT_EQ(call(403, {0, k_data}), 0);
  EXPECT_GT(guest_.peek<GenericTime>(k_data).seconds, 1'700'000'000);
  call(94, {7});
  EXPECT_EQ(status_, HostStatus::exit);
  EXPECT_EQ(guest_.store().main_thread().exit_code, 7u);
}

}  // namespace
}  // namespace lindvm
