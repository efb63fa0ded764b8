// Every implemented row of the call table, called with arguments that make no sense: wild addresses, lengths,
// descriptors and flags, chosen by the rows' argument kinds. Whatever a guest passes, it gets a value or one
// of Linux's error numbers; the VM goes on. Rows that end or signal processes are left out by their trait.
// Each row is called in a process of its own, since calls may change that process's limits and identity, and
// in namespaces of its own where the host allows that, so that it finds no process and no object but its own.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "syscalls/linux/abi.h"
#include "syscalls/linux/layout_paths.h"
#include "syscalls/linux/layout_process.h"
#include "syscalls/testing/number_guest.h"

namespace lindvm {
namespace {

constexpr int k_total_calls = 100'000;
constexpr unsigned k_seconds_per_row = 60;
constexpr size_t k_slots = 6;

enum class Slot : uint8_t { other, descriptor };

/// Counts what a kind reads.
class CountingReader {
 public:
  uint32_t u32() { return ++count_, 0; }
  uint64_t u64() { return count_ += 2, 0; }
  size_t count() const { return count_; }

 private:
  size_t count_ = 0;
};

/// The slots that a row's arguments take.
template <class... Columns>
std::vector<Slot> slots_of(Arguments<Columns...>) {
  Process nobody({}, {});
  Thread no_thread(nobody, nullptr);
  std::vector<Slot> slots;
  [[maybe_unused]] auto add = [&]<class Kind>(Kind* kind) {
    CountingReader reader;
    (void)kind->template load<linux_abi::Abi>(reader, CallSpace{no_thread});
    bool is_descriptor =
        std::is_base_of_v<Fd, Kind> || std::is_base_of_v<AtFd, Kind> || std::is_base_of_v<FdNumber, Kind>;
    slots.insert(slots.end(), reader.count(), is_descriptor ? Slot::descriptor : Slot::other);
  };
  (add(std::make_unique<typename Columns::Kind>().get()), ...);
  return slots;
}

struct Row {
  std::string_view name;
  uint32_t number;
  std::vector<Slot> slots;
};

std::vector<Row> rows_to_call() {
  std::vector<Row> rows;
#define SYS(name, number, row_traits, support, returns, ...)                                   \
  if (linux_abi::handler_of_number(number) && !(find_syscall(#name)->traits & traits::ends)) { \
    rows.push_back({#name, number, slots_of(lindvm::rows::name())});                           \
  }
#include "syscalls/table/syscalls.def"
  return rows;
}

class WildValues {
 public:
  explicit WildValues(uint32_t seed) : random_(seed) {}

  uint32_t next(Slot slot) { return slot == Slot::descriptor ? descriptor() : other(); }

 private:
  uint32_t descriptor() {
    constexpr uint32_t k_odd[] = {0xffff'ffff, 0xffff'ff9c, 0x7fff'ffff, 0x8000'0000, 1000, 1u << 20};
    return below(8) == 0 ? pick(k_odd) : below(24);
  }
  uint32_t other() {
    constexpr uint32_t k_end = NumberGuest::k_memory_bytes;
    constexpr uint32_t k_edges[] = {0,           1,           k_end - 1,   k_end - 8,
                                    k_end,       k_end + 1,   0x7fff'ffff, 0x8000'0000,
                                    0xffff'f000, 0xffff'fff8, 0xffff'ffff, 0x1'0000};
    switch (below(6)) {
      case 0:
        return pick(k_edges);
      case 1:
        return static_cast<uint32_t>(random_());
      case 2:
        return below(40);
      case 3:
        return uint32_t{1} << below(32);
      case 4:
        return NumberGuest::k_path;
      default:
        return below(k_end);
    }
  }
  template <size_t N>
  uint32_t pick(const uint32_t (&values)[N]) {
    return values[below(N)];
  }
  uint32_t below(uint32_t end) { return static_cast<uint32_t>(random_() % end); }

  std::mt19937 random_;
};

/// Ends the waits of a guest thread again and again.
class Kicker {
 public:
  explicit Kicker(ThreadContext& context) : thread_([this, &context] { run(context); }) {}
  ~Kicker() {
    is_over_ = true;
    thread_.join();
  }

 private:
  void run(ThreadContext& context) {
    while (!is_over_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      context.request_interrupt(k_interrupt_stop);
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      context.clear_interrupt(k_interrupt_stop);
    }
  }

  std::atomic<bool> is_over_{false};
  std::thread thread_;
};

/// What wild calls may hit, of each kind of file.
void open_files(NumberGuest& guest) {
  guest.root.write("file", "some text");
  guest.open("file", O_RDWR);
  guest.open(".", O_DIRECTORY);
  guest.pipe(O_NONBLOCK);
  guest.sys("eventfd2", 1, O_NONBLOCK);
  guest.sys("epoll_create1", 0);
}

int check(const Row& row, int32_t result, HostStatus status) {
  bool is_answer = result >= 0 || result < -4095 || !error_name(-result).empty();
  if (is_answer && status == HostStatus::ok) return 0;
  std::fprintf(stderr, "%s answered %d, status %d\n", row.name.data(), result, static_cast<int>(status));
  return 1;
}

/// In a process of its own: its exit status.
int call_wildly(const Row& row, int calls) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlimit file_size{1 << 24, 1 << 24};
  setrlimit(RLIMIT_FSIZE, &file_size);
  signal(SIGXFSZ, SIG_IGN);
  WasiConfig config;
  // Of the guest's own: what it does to a device's mode and owner would stay.
  int file = memfd_create("stdio", MFD_CLOEXEC);
  config.stdio = {file, file, file};
  NumberGuest guest(config);
  Kicker kicker(guest.store().main_thread());
  WildValues values(row.number);
  int failures = 0;
  for (int i = 0; i < calls && failures < 5; ++i) {
    if (i % 64 == 0) open_files(guest), guest.put("file");
    uint32_t arguments[k_slots] = {};
    for (size_t slot = 0; slot < row.slots.size(); ++slot) arguments[slot] = values.next(row.slots[slot]);
    int32_t result = guest.call(
        row.number, {arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]});
    failures += check(row, result, guest.status);
  }
  return failures;
}

/// Becomes the parent of the process that makes the calls, and its exit status.
[[noreturn]] void call_contained(const Row& row, int calls) {
  constexpr int k_lost = 99;
  alarm(k_seconds_per_row);
  (void)unshare(CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS);
  pid_t child = fork();
  if (child == 0) _exit(call_wildly(row, calls));
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) _exit(k_lost);
  _exit(WEXITSTATUS(status));
}

TEST(WildCalls, AnswerValuesAndErrors) {
  std::vector<Row> rows = rows_to_call();
  ASSERT_GT(rows.size(), 30u);
  int calls = k_total_calls / static_cast<int>(rows.size()) + 1;
  for (const Row& row : rows) {
    ASSERT_LE(row.slots.size(), k_slots) << row.name;
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) call_contained(row, calls);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << row.name << ": wait status " << status;
  }
}

}  // namespace
}  // namespace lindvm
