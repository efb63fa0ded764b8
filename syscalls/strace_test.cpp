#include "syscalls/strace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <thread>

namespace lindvm {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

/// A file whose text can be looked at after the Strace that writes it is gone.
class StraceTest : public testing::Test {
 protected:
  static void finish(Strace& strace, const Strace::Call& call, std::string_view rest, SysResult result,
                     Returns returns = Returns::count) {
    TraceText text;
    text.raw(rest);
    text.result(result, returns);
    strace.finish(call, text.text(), result);
  }
  int descriptor() { return dup(file_); }
  std::string text() const {
    std::string text(static_cast<size_t>(lseek(file_, 0, SEEK_END)), '\0');
    EXPECT_EQ(pread(file_, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    return text;
  }
  ~StraceTest() override { close(file_); }

  int file_ = memfd_create("strace", MFD_CLOEXEC);
};

TEST_F(StraceTest, ResultsAsStraceWritesThem) {
  {
    Strace strace(descriptor());
    finish(strace, strace.start("read", "read(3, "), "\"ab\", 2)", SysResult(2), Returns::count);
    finish(strace, strace.start("brk", "brk(NULL"), ")", SysResult(0x20000), Returns::address);
    finish(strace, strace.start("close", "close(9"), ")", SysResult::error(EBADF), Returns::zero);
    finish(strace, strace.start("exit_group", "exit_group(3"), ")", SysResult::exit(), Returns::never);
    strace.line("+++ exited with 3 +++");
  }
  EXPECT_EQ(text(),
            "read(3, \"ab\", 2) = 2\n"
            "brk(NULL) = 0x20000\n"
            "close(9) = -1 EBADF (Bad file descriptor)\n"
            "exit_group(3) = ?\n"
            "+++ exited with 3 +++\n");
}

TEST_F(StraceTest, ThreadsInterruptEachOther) {
  {
    Strace strace(descriptor());
    Strace::Call wait = strace.start("read", "read(0, ");
    std::thread([&] {
      finish(strace, strace.start("getpid", "getpid("), ")", SysResult(7), Returns::count);
    }).join();
    finish(strace, wait, "\"\", 1)", SysResult(0), Returns::count);
  }
  EXPECT_THAT(text(), MatchesRegex("read\\(0,  <unfinished ...>\n"
                                   "\\[pid +[0-9]+\\] getpid\\(\\) = 7\n"
                                   "\\[pid +[0-9]+\\] <... read resumed>\"\", 1\\) = 0\n"));
}

TEST_F(StraceTest, Times) {
  {
    Strace strace(descriptor(), {.shows_times = true});
    finish(strace, strace.start("sync", "sync("), ")", SysResult(0), Returns::zero);
  }
  EXPECT_THAT(text(), MatchesRegex(" +[0-9]+[.][0-9]+ sync\\(\\) = 0 <[0-9]+[.][0-9]+>\n"));
}

TEST_F(StraceTest, SummaryAlone) {
  {
    Strace strace(descriptor(), {.shows_calls = false, .summarises = true});
    for (int i = 0; i < 3; ++i) {
      finish(strace, strace.start("open", "open("), ")", i ? SysResult(3) : SysResult::error(ENOENT),
             Returns::fdes);
    }
    strace.line("not shown");
  }
  EXPECT_THAT(text(), StartsWith("% time     seconds  usecs/call     calls    errors syscall\n------ "));
  EXPECT_THAT(text(), HasSubstr("         3         1 open\n"));
  EXPECT_THAT(text(), HasSubstr("         3         1 total\n"));
}

}  // namespace
}  // namespace lindvm
