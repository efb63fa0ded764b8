#include "memory/os/fault.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csetjmp>
#include <cstdlib>
#include <thread>
#include <vector>

#include "memory/os/fault_catcher.h"
#include "memory/os/fault_sites.h"
#include "memory/os/guarded_access.h"

namespace lindvm {
namespace {

struct Landing {
  jmp_buf buffer;
  uintptr_t misalignment = 1;
};
Landing g_landing;

[[noreturn]] void land(void* argument) {
  auto* landing = static_cast<Landing*>(argument);
  // As at any function's entry, so that the compiler's aligned spills work.
  alignas(16) volatile char aligned[16] = {};
  landing->misalignment = reinterpret_cast<uintptr_t>(&aligned) % 16;
  _longjmp(landing->buffer, 1);
}

/// Does a faulting load come out of land()?
[[gnu::noinline]] bool lands(const Reservation& range) {
  if (_setjmp(g_landing.buffer) != 0) return true;
  guarded_load<uint32_t>(range.base(), 4, &range, &range);
  return false;
}

TEST(Fault, RedirectCallsTheLandingOnAnAlignedStack) {
  install_fault_handlers();
  auto range = Reservation::reserve(host_page_size());
  set_guest_fault_callback([](FaultContext& context, const void*, const void*) {
    context.redirect(land, &g_landing);
    return true;
  });
  for (int i = 0; i < 100; ++i) {
    g_landing.misalignment = 1;
    EXPECT_TRUE(lands(*range));
    EXPECT_EQ(g_landing.misalignment, 0u);
  }
}

TEST(Fault, ManyThreadsFaultAtOnce) {
  FaultCatcher install;
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&wrong] {
      FaultCatcher catcher;
      auto range = Reservation::reserve(size_t{1} << 20);
      for (uint64_t i = 0; i < 1000; ++i) {
        auto* ip = reinterpret_cast<const void*>(i);
        CaughtFault fault =
            catcher.run([&] { guarded_store<uint64_t>(range->base(), i * 8, i, ip, range->base()); });
        if (fault.ip != ip || fault.fp != range->base() || fault.address != range->base() + i * 8) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Fault, TruncatedFileIsABusError) {
  int file = memfd_create("truncated", MFD_CLOEXEC);
  ASSERT_EQ(ftruncate(file, static_cast<off_t>(host_page_size())), 0);
  void* page = mmap(nullptr, host_page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  ASSERT_NE(page, MAP_FAILED);
  ASSERT_EQ(ftruncate(file, 0), 0);
  FaultCatcher catcher;
  CaughtFault fault = catcher.run([&] { guarded_load<uint8_t>(page, 16, page, page); });
  EXPECT_TRUE(fault.faulted);
  EXPECT_EQ(fault.signal, SIGBUS);
  munmap(page, host_page_size());
  close(file);
}

TEST(Fault, AltStackIsSetAndRestored) {
  std::thread([] {
    stack_t before{}, within{}, after{};
    sigaltstack(nullptr, &before);
    {
      AltStack stack;
      sigaltstack(nullptr, &within);
      EXPECT_GE(within.ss_size, size_t{64} * 1024);
      EXPECT_NE(within.ss_sp, before.ss_sp);
    }
    sigaltstack(nullptr, &after);
    EXPECT_EQ(after.ss_sp, before.ss_sp);
  }).join();
}

TEST(FaultSites, UnknownPcIsNoSite) {
  EXPECT_EQ(find_fault_site(reinterpret_cast<uintptr_t>(&install_fault_handlers)), nullptr);
}

// The rest ends the process. The child starts with handlers of its own, before ours are installed.
void no_core_file() {
  rlimit none{};
  setrlimit(RLIMIT_CORE, &none);
}

void crash() {
  static volatile int* nowhere = nullptr;
  *nowhere = 1;
}

using FaultDeathTest = testing::Test;

TEST(FaultDeathTest, OtherFaultsGoToThePreviousHandler) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        struct sigaction action{};
        action.sa_sigaction = [](int, siginfo_t* info, void*) { _exit(info->si_addr == nullptr ? 42 : 43); };
        action.sa_flags = SA_SIGINFO;
        sigaction(SIGSEGV, &action, nullptr);
        install_fault_handlers();
        crash();
      },
      testing::ExitedWithCode(42), "");
}

TEST(FaultDeathTest, OtherFaultsKillWithoutAHandler) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        no_core_file();
        signal(SIGSEGV, SIG_DFL);
        install_fault_handlers();
        crash();
      },
      testing::KilledBySignal(SIGSEGV), "");
}

TEST(FaultDeathTest, RefusedGuestFaultIsACrash) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        no_core_file();
        signal(SIGSEGV, SIG_DFL);
        install_fault_handlers();
        set_guest_fault_callback([](FaultContext&, const void*, const void*) { return false; });
        auto range = Reservation::reserve(host_page_size());
        guarded_load<uint8_t>(range->base(), 0, nullptr, nullptr);
      },
      testing::KilledBySignal(SIGSEGV), "");
}

TEST(FaultDeathTest, SentSignalTakesTheDefaultAction) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        no_core_file();
        signal(SIGSEGV, SIG_DFL);
        install_fault_handlers();
        kill(getpid(), SIGSEGV);
        for (;;) pause();
      },
      testing::KilledBySignal(SIGSEGV), "");
}

}  // namespace
}  // namespace lindvm
