// lindvm-hostile: feeds the engine modules that are meant to break it. Each must be rejected with an error
// value or run to a normal end, trap or time limit; loading takes at most 1 s and 500 MB.
//
//   lindvm-hostile modules [baseline]                the hostile modules
//   lindvm-hostile mutations COUNT [SEED-PATH...]   damaged copies of the seeds: files, folders of *.wasm;
//                                                   without seeds, of our own small modules
//   lindvm-hostile tiers COUNT [SEED-PATH...]       the same, interpreted, compiled and mixed: all must give
//   the
//                                                   same answers
//   lindvm-hostile run FILE                         one module in this process, for a debugger
//   lindvm-hostile write FOLDER                     the hostile modules as files, e.g. as seeds for fuzzing
//
// Inputs that fail are written to ./hostile-failures. The last line counts: "N passed, N failed, N skipped".

#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "conformance/hostile/hostile_modules.h"
#include "conformance/hostile/mutator.h"
#include "conformance/hostile/run_module.h"
#include "conformance/sandbox/sandbox.h"
#include "vm/module/load.h"

namespace lindvm::hostile {

using namespace sandbox;

namespace {

namespace fs = std::filesystem;
using testing::Bytes;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LINDVM_HOSTILE_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LINDVM_HOSTILE_SANITIZED 1
#endif
#endif
#ifdef LINDVM_HOSTILE_SANITIZED
constexpr double k_allowance = 10;  // sanitizers cost time and memory
#else
constexpr double k_allowance = 1;
#endif

constexpr double k_max_load_seconds = 1 * k_allowance;
constexpr double k_max_load_bytes = 500e6 * k_allowance;
constexpr uintmax_t k_largest_seed = 1 << 20;

std::string fault_of(const Finding& finding) {
  const RunReport& report = finding.report;
  if (finding.has_hung) return "hangs";
  if (finding.signal) return fmt::format("crashes: {}", strsignal(finding.signal));
  if (finding.exit_status) return fmt::format("ends the process with status {}", finding.exit_status);
  if (report.load_seconds > k_max_load_seconds)
    return fmt::format("takes {:.2f} s to load", report.load_seconds);
  if (static_cast<double>(report.load_bytes) > k_max_load_bytes)
    return fmt::format("takes {} MB to load", report.load_bytes / 1'000'000);
  if (finding.differs) return "answers otherwise than in the interpreter";
  return report.outcome == Outcome::not_run ? "was not run" : "";
}

void save(const fs::path& file, const Bytes& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<long>(bytes.size()));
}

// Reports on all inputs; `name_of` and `bytes_of` are asked for those that fail.
int report(const std::vector<Finding>& findings, auto name_of, auto bytes_of) {
  size_t failed = 0, outcomes[4] = {};
  RunReport worst;
  for (uint32_t i = 0; i < findings.size(); i++) {
    const RunReport& one = findings[i].report;
    outcomes[static_cast<int>(one.outcome)]++;
    worst.load_seconds = std::max(worst.load_seconds, one.load_seconds);
    worst.load_bytes = std::max(worst.load_bytes, one.load_bytes);
    std::string fault = fault_of(findings[i]);
    if (fault.empty()) continue;
    failed++;
    fs::path file = fs::path("hostile-failures") / fmt::format("{}.wasm", i);
    save(file, bytes_of(i));
    fmt::print("{}: {} ({})\n", name_of(i), fault, file.string());
  }
  fmt::print("{} rejected, {} not instantiated, {} ran; slowest load {:.3f} s, greatest {} MB\n",
             outcomes[static_cast<int>(Outcome::rejected)], outcomes[static_cast<int>(Outcome::stillborn)],
             outcomes[static_cast<int>(Outcome::ran)], worst.load_seconds, worst.load_bytes / 1'000'000);
  fmt::print("{} passed, {} failed, 0 skipped\n", findings.size() - failed, failed);
  return failed ? 1 : 0;
}

int run_modules(TierChoice tier) {
  HostileModules modules = all_hostile_modules();
  SandboxOptions options;
  options.inputs_per_worker = 1;
  options.prepare = [tier] { use_tier(tier); };
  auto findings = run_sandboxed(static_cast<uint32_t>(modules.size()), options,
                                [&](uint32_t i, RunReport& one) { run_module(modules[i].bytes, one); });
  return report(
      findings, [&](uint32_t i) { return modules[i].name; }, [&](uint32_t i) { return modules[i].bytes; });
}

void add_seed(const fs::path& path, std::vector<Bytes>& seeds) {
  if (path.extension() != ".wasm" || fs::file_size(path) > k_largest_seed) return;
  auto module = load_module_file(path.string());  // what is invalid already teaches little
  if (!module.ok()) return;
  std::span<const uint8_t> bytes = module.value()->bytes();
  seeds.emplace_back(bytes.begin(), bytes.end());
}

std::vector<Bytes> seeds_of(std::span<char*> paths) {
  std::vector<Bytes> seeds;
  std::vector<fs::path> files;
  for (const char* path : paths) {
    if (fs::is_regular_file(path)) files.emplace_back(path);
    if (!fs::is_directory(path)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(path))
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) add_seed(file, seeds);
  if (!seeds.empty()) return seeds;
  for (HostileModule& module : all_hostile_modules())
    if (module.bytes.size() < 1000) seeds.push_back(std::move(module.bytes));
  return seeds;
}

// What one tier makes of the mutations, with what differs from the interpreter.
std::vector<Finding> run_in_tier(TierChoice tier, uint32_t count, Mutator& mutator,
                                 const std::vector<Finding>& interpreted) {
  SandboxOptions options;
  options.prepare = [tier] { use_tier(tier); };
  auto findings =
      run_sandboxed(count, options, [&](uint32_t i, RunReport& one) { run_module(mutator.mutate(i), one); });
  for (uint32_t i = 0; i < count && !interpreted.empty(); i++) {
    const RunReport &one = findings[i].report, &other = interpreted[i].report;
    bool is_same = one.outcome == other.outcome && one.digest == other.digest;
    findings[i].differs = !is_same && !one.hit_limit && !other.hit_limit;
  }
  return findings;
}

int run_mutations(uint32_t count, std::span<char*> paths) {
  std::vector<Bytes> seeds = seeds_of(paths);
  fmt::print("{} mutations of {} modules\n", count, seeds.size());
  Mutator mutator(seeds);
  return report(
      run_in_tier(TierChoice::interp, count, mutator, {}),
      [](uint32_t i) { return fmt::format("mutation {}", i); },
      [&](uint32_t i) { return mutator.mutate(i); });
}

int compare_tiers(uint32_t count, std::span<char*> paths) {
  std::vector<Bytes> seeds = seeds_of(paths);
  fmt::print("{} mutations of {} modules in three tiers\n", count, seeds.size());
  Mutator mutator(seeds);
  std::vector<Finding> interpreted = run_in_tier(TierChoice::interp, count, mutator, {});
  std::vector<Finding> all = run_in_tier(TierChoice::baseline, count, mutator, interpreted);
  std::vector<Finding> mixed = run_in_tier(TierChoice::automatic, count, mutator, interpreted);
  all.insert(all.end(), mixed.begin(), mixed.end());
  return report(
      all,
      [&](uint32_t i) { return fmt::format("{}, mutation {}", i < count ? "compiled" : "mixed", i % count); },
      [&](uint32_t i) { return mutator.mutate(i % count); });
}

int run_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  Bytes bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  RunReport one;
  run_module(bytes, one);
  return one.outcome == Outcome::rejected;
}

int write_modules(const char* folder) {
  HostileModules modules = all_hostile_modules();
  for (size_t i = 0; i < modules.size(); i++)
    save(fs::path(folder) / fmt::format("{}.wasm", i), modules[i].bytes);
  return 0;
}

int main(std::span<char*> arguments) {
  std::string_view command = arguments.size() > 1 ? arguments[1] : "";
  if (command == "modules" && arguments.size() == 2) return run_modules(TierChoice::interp);
  if (command == "modules" && arguments.size() == 3 && std::string_view(arguments[2]) == "baseline")
    return run_modules(TierChoice::baseline);
  if (command == "tiers" && arguments.size() >= 3)
    return compare_tiers(static_cast<uint32_t>(std::stoul(arguments[2])), arguments.subspan(3));
  if (command == "mutations" && arguments.size() >= 3)
    return run_mutations(static_cast<uint32_t>(std::stoul(arguments[2])), arguments.subspan(3));
  if (command == "run" && arguments.size() == 3) return run_file(arguments[2]);
  if (command == "write" && arguments.size() == 3) return write_modules(arguments[2]);
  fmt::print(stderr,
             "usage: lindvm-hostile modules [baseline] | mutations COUNT [SEED-PATH...] | tiers COUNT "
             "[SEED-PATH...] | run FILE | write FOLDER\n");
  return 2;
}

}  // namespace

}  // namespace lindvm::hostile

int main(int argc, char** argv) { return lindvm::hostile::main({argv, static_cast<size_t>(argc)}); }
