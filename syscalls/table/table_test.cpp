// The tables: unique keys, the exact list of WASI's functions with their wasm types, error numbers, and what
// an import outside the tables gets.

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "syscalls/imports.h"
#include "syscalls/table/syscalls.h"
#include "syscalls/testing/wasi_guest.h"

namespace lindvm {
namespace {

TEST(SyscallTable, NumbersAndNamesAreUnique) {
  std::set<uint16_t> numbers;
  std::set<std::string_view> names;
  for (const SyscallRow& row : syscall_rows()) {
    EXPECT_TRUE(numbers.insert(row.number).second) << row.name;
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
  }
  EXPECT_EQ(find_syscall("openat")->number, 56);
  EXPECT_EQ(find_syscall("nothing"), nullptr);
}

/// Parameters as letters, i for i32 and I for i64; all but proc_exit give an i32.
const std::map<std::string_view, std::string> k_preview1 = {
    {"args_get", "ii"},
    {"args_sizes_get", "ii"},
    {"environ_get", "ii"},
    {"environ_sizes_get", "ii"},
    {"clock_res_get", "ii"},
    {"clock_time_get", "iIi"},
    {"fd_advise", "iIIi"},
    {"fd_allocate", "iII"},
    {"fd_close", "i"},
    {"fd_datasync", "i"},
    {"fd_fdstat_get", "ii"},
    {"fd_fdstat_set_flags", "ii"},
    {"fd_fdstat_set_rights", "iII"},
    {"fd_filestat_get", "ii"},
    {"fd_filestat_set_size", "iI"},
    {"fd_filestat_set_times", "iIIi"},
    {"fd_pread", "iiiIi"},
    {"fd_prestat_get", "ii"},
    {"fd_prestat_dir_name", "iii"},
    {"fd_pwrite", "iiiIi"},
    {"fd_read", "iiii"},
    {"fd_readdir", "iiiIi"},
    {"fd_renumber", "ii"},
    {"fd_seek", "iIii"},
    {"fd_sync", "i"},
    {"fd_tell", "ii"},
    {"fd_write", "iiii"},
    {"path_create_directory", "iii"},
    {"path_filestat_get", "iiiii"},
    {"path_filestat_set_times", "iiiiIIi"},
    {"path_link", "iiiiiii"},
    {"path_open", "iiiiiIIii"},
    {"path_readlink", "iiiiii"},
    {"path_remove_directory", "iii"},
    {"path_rename", "iiiiii"},
    {"path_symlink", "iiiii"},
    {"path_unlink_file", "iii"},
    {"poll_oneoff", "iiii"},
    {"proc_exit", "i"},
    {"proc_raise", "i"},
    {"random_get", "ii"},
    {"sched_yield", ""},
    {"sock_accept", "iii"},
    {"sock_recv", "iiiiii"},
    {"sock_send", "iiiii"},
    {"sock_shutdown", "ii"},
};

TEST(WasiTable, HasEveryFunctionWithItsType) {
  const Personality* personality = find_personality("wasi_snapshot_preview1");
  ASSERT_NE(personality, nullptr);
  EXPECT_EQ(personality->rows.size(), k_preview1.size());
  for (const PersonalityRow& row : personality->rows) {
    ASSERT_TRUE(k_preview1.contains(row.name)) << row.name;
    FuncType expected;
    for (char letter : k_preview1.at(row.name)) expected.params.push_back(letter == 'I' ? k_i64 : k_i32);
    if (row.name != "proc_exit") expected.results = {k_i32};
    EXPECT_EQ(to_string(row.type()), to_string(expected)) << row.name;
    EXPECT_TRUE(row.call.empty() || find_syscall(row.call)) << row.name;
  }
  EXPECT_EQ(find_personality("wasi_unstable")->rows.size(), k_preview1.size() - 1);
  EXPECT_EQ(find_personality("env"), nullptr);
}

TEST(WasiTable, ErrorNumbers) {
  EXPECT_EQ(wasi_error(EPERM), 63);
  EXPECT_EQ(wasi_error(ENOENT), 44);
  EXPECT_EQ(wasi_error(EAGAIN), 6);
  EXPECT_EQ(wasi_error(ENOTCAPABLE), 76);
  EXPECT_EQ(wasi_error(EHWPOISON), 29) << "WASI has no such error: EIO";
  EXPECT_EQ(error_name(ENOENT), "ENOENT");
  EXPECT_EQ(error_name(EHWPOISON), "EHWPOISON");
}

TEST(Imports, UnknownFunctionsAnswerOrTrap) {
  WasiGuest guest;
  EXPECT_EQ(guest("thread_spawn_ex", 1, 2), 52u);
  EXPECT_EQ(guest.status, HostStatus::ok);
  const HostFunction* function = guest.imports().function("wasi_snapshot_preview1", "vanish", {{k_f64}, {}});
  ASSERT_NE(function, nullptr);
  EXPECT_EQ(to_string(function->type), to_string(FuncType{{k_f64}, {}}));
  InstanceContext caller;
  uint64_t slot = 0;
  HostCall call{guest.store().main_thread(), caller, &slot};
  EXPECT_EQ(function->call(call, function->data), HostStatus::trap);
  EXPECT_NE(guest.store().main_thread().trap.detail.find("vanish"), std::string::npos);
  EXPECT_EQ(guest.imports().function("env", "puts", {}), nullptr);
}

}  // namespace
}  // namespace lindvm
