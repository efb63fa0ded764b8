// System calls of the linux personality: what one costs from the guest's call to its result, and the same
// call made natively. `each` is the time of one; a call that is passed to the host costs the difference more
// than native.

#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "bench/micro/count_each.h"
#include "bench/micro/modules.h"
#include "syscalls/imports.h"
#include "syscalls/linux.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/engine.h"

namespace lindvm::bench {
namespace {

constexpr uint32_t k_iterations = 10'000;

struct HostFiles {
  int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
  int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
};

const HostFiles& host_files() {
  static const HostFiles files;
  return files;
}

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "system-call benchmarks: %s\n", what.c_str());
  std::exit(1);
}

/// The kernels instance in a process whose descriptors are host_files().
class LinuxGuest {
 public:
  LinuxGuest() : process_(make()), imports_(store_, *process_), linker_(store_) {
    linker_.set_fallback(
        [this](const Module& module, const Import& import) { return imports_.resolve(module, import); });
    auto module = compile(read_bench_file("syscall_kernels.wasm"));
    if (!module) give_up(module.error().message);
    auto instance = linker_.instantiate(std::move(module).value());
    if (!instance) give_up(instance.error().message);
    instance_ = *instance;
  }

  void run(const std::string& kernel, uint32_t iterations) {
    const External* found = instance_->find_export(kernel);
    if (!found) give_up("no kernel " + kernel);
    const Value argument = Value::of(k_i32, iterations);
    Value result;
    if (invoke(store_.main_thread(), *found->function, {&argument, 1}, {&result, 1}) !=
        Completion::returned) {
      give_up("kernel " + kernel + " did not return");
    }
  }

 private:
  static std::unique_ptr<Process> make() {
    const HostFiles& files = host_files();
    LinuxConfig config;
    config.stdio = {files.zero, files.null, files.file};
    auto process = make_linux_process(config);
    if (!process) give_up(process.error().message);
    return std::move(process).value();
  }

  std::unique_ptr<Process> process_;
  Store store_;
  ProcessImports imports_;
  Linker linker_;
  Instance* instance_ = nullptr;
};

void guest_call(benchmark::State& state, const char* kernel) {
  static LinuxGuest guest;
  guest.run(kernel, 1);  // translates
  for (auto _ : state) guest.run(kernel, k_iterations);
  count_each(state, k_iterations);
}
BENCHMARK_CAPTURE(guest_call, getpid, "getpid");
BENCHMARK_CAPTURE(guest_call, get_descriptor_flags, "get_descriptor_flags");
BENCHMARK_CAPTURE(guest_call, read_byte, "read_byte");
BENCHMARK_CAPTURE(guest_call, write_byte, "write_byte");
BENCHMARK_CAPTURE(guest_call, writev_byte, "writev_byte");
BENCHMARK_CAPTURE(guest_call, seek, "seek");

template <class Call>
void native_call(benchmark::State& state, Call call) {
  for (auto _ : state) {
    for (uint32_t i = 0; i < k_iterations; ++i) benchmark::DoNotOptimize(call());
  }
  count_each(state, k_iterations);
}
char g_byte;
iovec g_vector{&g_byte, 1};
BENCHMARK_CAPTURE(native_call, read_byte, [] { return syscall(SYS_read, host_files().zero, &g_byte, 1); });
BENCHMARK_CAPTURE(native_call, write_byte, [] { return syscall(SYS_write, host_files().null, &g_byte, 1); });
BENCHMARK_CAPTURE(native_call, writev_byte,
                  [] { return syscall(SYS_writev, host_files().null, &g_vector, 1); });
BENCHMARK_CAPTURE(native_call, seek, [] { return syscall(SYS_lseek, host_files().file, 0, SEEK_CUR); });

}  // namespace
}  // namespace lindvm::bench
