// lind-vm spec: runs spec scripts and prints what failed and the totals.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "tools/lind-vm/command.h"
#include "tools/lind-vm/spec/known_failures.h"
#include "tools/lind-vm/spec/suite.h"
#include "tools/lind-vm/spec/worker.h"
#include "vm/interp/interpreter.h"

namespace lindvm {
namespace {

using spec::FileReport;
using spec::KnownFailures;
using spec::Suite;

struct SpecOptions {
  std::vector<std::string> paths;
  std::string known_failures;
  spec::WorkerOptions worker;
  uint32_t verify_every = 0;
  bool verbose = false;
};

struct Totals {
  uint64_t files = 0;
  uint64_t assertions = 0;
  uint64_t passed = 0;
  uint64_t failed = 0;
  uint64_t known = 0;
  uint64_t skipped = 0;

  void add(const Totals& other) {
    files += other.files;
    assertions += other.assertions;
    passed += other.passed;
    failed += other.failed;
    known += other.known;
    skipped += other.skipped;
  }
};

void declare_options(CLI::App& app, SpecOptions& options) {
  app.add_option("PATH", options.paths, "JSON scripts, or folders that hold some")->required();
  app.add_option("--known-failures", options.known_failures, "list of assertions that are known to fail")
      ->type_name("FILE");
  app.add_option("--jobs,-j", options.worker.jobs, "files to run at a time (default: one per processor)")
      ->type_name("N");
  app.add_option("--timeout", options.worker.time_limit, "time limit per file (default 60, 0 for none)")
      ->type_name("SECONDS");
  declare_tier_options(app, options.worker.tier);
  app.add_flag("--validate-only", options.worker.validate_only, "load modules, run nothing");
  app.add_flag("--verify-stack{1}", options.verify_every,
               "clone the guest stack at every host call and Nth safepoint, as a check")
      ->type_name("N");
  app.add_flag("--verbose,-v", options.verbose, "a table of all groups and what is skipped");
}

/// Prints the failures that are not excused.
Totals judge(const FileReport& report, KnownFailures& known) {
  Totals totals{1, report.assertions, report.passed, 0, 0, report.skipped};
  for (const spec::Failure& failure : report.failures) {
    if (known.excuses(report.source, failure.line, failure.detail)) {
      ++totals.known;
    } else {
      ++totals.failed;
      fmt::print("{}:{}{}\n", report.source, failure.line, failure.detail);
    }
  }
  for (const spec::KnownFailure* entry : known.unused(report.source)) {
    ++totals.failed;
    fmt::print("{}:{} passes, but is listed as a known failure: {}\n", entry->file, entry->line.value_or(0),
               entry->reason);
  }
  return totals;
}

void print_row(const std::string& name, const Totals& totals) {
  fmt::print("{:<22} {:>5} {:>10} {:>8} {:>7} {:>7} {:>8}\n", name, totals.files, totals.assertions,
             totals.passed, totals.failed, totals.known, totals.skipped);
}

void print_groups(const std::map<std::string, Totals>& groups, const Suite& suite) {
  fmt::print("{:<22} {:>5} {:>10} {:>8} {:>7} {:>7} {:>8}\n", "group", "files", "assertions", "passed",
             "failed", "known", "skipped");
  for (const auto& [name, totals] : groups) print_row(name, totals);
  for (const spec::SkippedFile& file : suite.skipped)
    fmt::print("not run: {}: {}\n", file.source, file.reason);
}

KnownFailures read_known_failures(const std::string& file) {
  try {
    return KnownFailures::read(file);
  } catch (const std::exception& error) {
    throw CommandError(k_exit_cannot_run, fmt::format("{}: {}", file, error.what()));
  }
}

int run_suite(const SpecOptions& options) {
  Suite suite = spec::find_suite({options.paths.begin(), options.paths.end()});
  KnownFailures known;
  if (!options.known_failures.empty()) known = read_known_failures(options.known_failures);
  set_interpreter_options({options.verify_every});
  check(options.worker.tier);

  std::map<std::string, Totals> groups;
  Totals all;
  for (const FileReport& report : spec::run_files(suite.files, options.worker)) {
    Totals totals = judge(report, known);
    groups[suite.group_of(report.source)].add(totals);
    all.add(totals);
  }
  for (const spec::SkippedFile& file : suite.skipped) all.skipped += file.assertions;
  if (options.verbose) print_groups(groups, suite);
  fmt::print("{} files, {} assertions, {} files not run, {} known failures (counted as skipped)\n", all.files,
             all.assertions, suite.skipped.size(), all.known);
  fmt::print("{} passed, {} failed, {} skipped\n", all.passed, all.failed, all.skipped + all.known);
  return all.failed == 0 ? 0 : 1;
}

}  // namespace

int spec_command(int argc, char** argv) {
  CLI::App app("Runs scripts of the WebAssembly specification test suite, converted to JSON.",
               "lind-vm spec");
  SpecOptions options;
  options.worker.jobs = std::max(1u, std::thread::hardware_concurrency());
  declare_options(app, options);
  return with_parsed_options(app, argc, argv, [&] { return run_suite(options); });
}

}  // namespace lindvm
