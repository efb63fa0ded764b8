// lindvm-fuzz: generates valid modules and runs each interpreted, compiled, mixed, and all that with the
// guest stack cloned at every safepoint: results, traps, calls of the host, globals and memories must be the
// same.
//
//   lindvm-fuzz run COUNT SECONDS [SEED] [FOLDER...]  so many modules, or as many as the time allows; the
//   .wasm
//                                                     files in the folders first
//   lindvm-fuzz write SEED FILE                       one module as a file
//
// SEED is 0 or absent for a new one. Modules that fail are kept in files whose names are printed, in full and
// with all taken out that is not needed to fail. The last line counts: "N passed, N failed, N skipped".

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string_view>

#include "conformance/fuzz/body.h"
#include "conformance/fuzz/check.h"
#include "conformance/fuzz/generator.h"

namespace lindvm::fuzz {

namespace {

namespace fs = std::filesystem;

constexpr uint32_t k_batch = 50;     // modules that each process runs one after the other
constexpr uint32_t k_enough = 1000;  // modules that every opcode must occur in
constexpr std::chrono::seconds k_shrink_time{20};
constexpr uint32_t k_most_shrunk = 3;

struct Totals {
  uint32_t passed = 0, failed = 0, skipped = 0;
  std::bitset<k_op_count> used;
};

void save(const fs::path& file, const Bytes& bytes) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
}

Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void run_files(const char* folder, Totals& totals) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".wasm") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Bytes> modules;
  modules.reserve(files.size());
  for (const fs::path& file : files) modules.push_back(read(file));
  std::vector<Verdict> verdicts = check(modules);
  for (size_t i = 0; i < files.size(); i++) {
    bool is_good = verdicts[i].fault.empty();
    (is_good ? totals.passed : totals.failed)++;
    if (!is_good) fmt::print("{}: {}\n", files[i].string(), verdicts[i].fault);
  }
}

void keep(uint64_t seed, bool shrinks) {
  fs::path whole = fs::temp_directory_path() / fmt::format("lind-vm-fuzz-{}.wasm", seed);
  fs::path small = fs::temp_directory_path() / fmt::format("lind-vm-fuzz-{}-small.wasm", seed);
  Program program = generate(seed);
  save(whole, program.bytes());
  fmt::print("  {}\n", whole.string());
  if (!shrinks) return;
  if (std::optional<Program> shrunk = shrink(program, k_shrink_time)) {
    save(small, shrunk->bytes());
    fmt::print("  {}\n", small.string());
  } else {
    fmt::print("  which does not fail alone, but only after others of the batch\n");
  }
}

void run_batch(uint64_t seed, uint32_t count, Totals& totals) {
  std::vector<Bytes> modules;
  for (uint32_t i = 0; i < count; i++) {
    Program program = generate(seed + i);
    totals.used |= program.used;
    modules.push_back(program.bytes());
  }
  std::vector<Verdict> verdicts = check(modules);
  for (uint32_t i = 0; i < count; i++) {
    const Verdict& verdict = verdicts[i];
    if (verdict.fault.empty()) {
      (verdict.is_open ? totals.skipped : totals.passed)++;
      continue;
    }
    fmt::print("seed {}, in the batch of {} from {}: {}\n", seed + i, count, seed, verdict.fault);
    keep(seed + i, totals.failed++ < k_most_shrunk);
    std::fflush(stdout);
  }
}

// False if opcodes are missing that so many modules should have.
bool report_opcodes(const std::bitset<k_op_count>& used, uint32_t modules) {
  unsigned executable = 0, found = 0;
  for (Op op : all_ops()) {
    bool is_used = used.test(static_cast<size_t>(op));
    executable += is_executable(op);
    found += is_used;
    if (is_executable(op) && !is_used && modules >= k_enough)
      fmt::print("not generated: {}\n", op_info(op).id);
  }
  fmt::print("{} of {} executable opcodes occurred\n", found, executable);
  return found == executable || modules < k_enough;
}

int run(uint32_t count, double seconds, uint64_t seed, std::span<char*> folders) {
  auto start = std::chrono::steady_clock::now();
  if (seed == 0) seed = std::random_device()() + 1ull;
  fmt::print("seeds from {}\n", seed);
  std::fflush(stdout);  // known even if this run is killed
  Totals totals;
  for (const char* folder : folders) run_files(folder, totals);
  uint32_t done = 0;
  for (; done < count; done += std::min(k_batch, count - done)) {
    std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
    if (spent.count() > seconds) break;
    run_batch(seed + done, std::min(k_batch, count - done), totals);
  }
  if (totals.skipped)
    fmt::print("{} modules hit a limit of time or stack: nothing to compare\n", totals.skipped);
  totals.skipped += count - done;
  if (!report_opcodes(totals.used, done)) totals.failed++;
  fmt::print("{} passed, {} failed, {} skipped\n", totals.passed, totals.failed, totals.skipped);
  return totals.failed ? 1 : 0;
}

int main(std::span<char*> arguments) {
  std::string_view command = arguments.size() > 1 ? arguments[1] : "";
  if (command == "run" && arguments.size() >= 4) {
    uint64_t seed = arguments.size() > 4 ? std::stoull(arguments[4]) : 0;
    return run(static_cast<uint32_t>(std::stoul(arguments[2])), std::stod(arguments[3]), seed,
               arguments.subspan(std::min<size_t>(5, arguments.size())));
  }
  if (command == "write" && arguments.size() == 4) {
    save(arguments[3], generate(std::stoull(arguments[2])).bytes());
    return 0;
  }
  fmt::print(stderr, "usage: lindvm-fuzz run COUNT SECONDS [SEED] [FOLDER...] | write SEED FILE\n");
  return 2;
}

}  // namespace

}  // namespace lindvm::fuzz

int main(int argc, char** argv) { return lindvm::fuzz::main({argv, static_cast<size_t>(argc)}); }
