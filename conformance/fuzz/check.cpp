#include "conformance/fuzz/check.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>

#include "conformance/fuzz/run.h"
#include "conformance/sandbox/sandbox.h"
#include "vm/module/load.h"

namespace lindvm::fuzz {

using namespace sandbox;

namespace {

std::string fault_alone(const Finding& finding) {
  if (finding.has_hung) return "hangs";
  if (finding.signal) return fmt::format("crashes: {}", strsignal(finding.signal));
  if (finding.exit_status) return fmt::format("ends the process with status {}", finding.exit_status);
  if (finding.report.outcome == Outcome::rejected) return "is rejected";
  if (finding.report.outcome == Outcome::stillborn) return "is not instantiated";
  return "";
}

void judge(const Mode& mode, const Finding& reference, const Finding& finding, Verdict& verdict) {
  verdict.is_open |= finding.report.hit_limit;
  if (!verdict.fault.empty()) return;
  std::string fault = fault_alone(finding);
  bool differs = finding.report.digest != reference.report.digest && !verdict.is_open;
  if (fault.empty() && differs) fault = "answers otherwise";
  if (!fault.empty()) verdict.fault = fmt::format("{}: {}", mode.name, fault);
}

// Why the validator refuses it.
std::string load_error(const Bytes& bytes) {
  auto module = load_module(bytes);
  return module.ok() ? "" : module.error().message;
}

}  // namespace

std::vector<Verdict> check(const std::vector<Bytes>& modules) {
  std::vector<Verdict> verdicts(modules.size());
  std::vector<Finding> reference;
  for (const Mode& mode : k_modes) {
    SandboxOptions options;
    options.prepare = [&] { use_mode(mode); };
    auto findings = run_sandboxed(static_cast<uint32_t>(modules.size()), options,
                                  [&](uint32_t i, RunReport& one) { run_program(modules[i], one); });
    if (reference.empty()) reference = findings;
    for (size_t i = 0; i < modules.size(); i++) judge(mode, reference[i], findings[i], verdicts[i]);
  }
  for (size_t i = 0; i < modules.size(); i++)
    if (verdicts[i].fault.ends_with("rejected")) verdicts[i].fault += ": " + load_error(modules[i]);
  return verdicts;
}

namespace {

/// Takes parts out of a program as long as it keeps failing as it did.
class Shrinker {
 public:
  Shrinker(Program program, std::chrono::seconds limit)
      : program_(std::move(program)), end_(Clock::now() + limit), fault_(fault()) {}

  std::optional<Program> run() {
    if (fault_.empty()) return std::nullopt;
    do {
      has_shrunk_ = false;
      for (FunctionTree& function : program_.functions) shrink(function.body);
    } while (has_shrunk_ && has_time());
    return std::move(program_);
  }

 private:
  using Clock = std::chrono::steady_clock;

  bool has_time() const { return Clock::now() < end_; }

  std::string fault() const { return check({program_.bytes()})[0].fault; }

  bool still_fails() const { return has_time() && fault() == fault_; }

  // Halves, quarters and so on of the nodes; then what is within those that stay.
  void shrink(Nodes& nodes) {
    for (size_t run = nodes.size(); run > 0 && has_time(); run /= 2)
      for (size_t at = 0; at < nodes.size() && has_time();)
        if (!try_without(nodes, at, std::min(run, nodes.size() - at))) at += run;
    for (Node& node : nodes) shrink(node);
  }

  // Their results become zeros.
  bool try_without(Nodes& nodes, size_t at, size_t count) {
    Nodes before = nodes;
    auto first = nodes.begin() + static_cast<std::ptrdiff_t>(at),
         last = first + static_cast<std::ptrdiff_t>(count);
    Node zero;
    for (auto node = first; node != last; node++)
      zero.results.insert(zero.results.end(), node->results.begin(), node->results.end());
    zero.code = zeros(zero.results);
    bool is_zero_already =
        count == 1 && first->operands.empty() && first->arms.empty() && first->code == zero.code;
    if (is_zero_already) return false;
    auto hole = nodes.erase(first, last);
    if (!zero.results.empty()) nodes.insert(hole, std::move(zero));
    if (still_fails()) return has_shrunk_ = true;
    nodes = std::move(before);
    return false;
  }

  void shrink(Node& node) {
    shrink(node.operands);
    for (Arm& arm : node.arms) shrink(arm.body);
  }

  Program program_;
  Clock::time_point end_;
  std::string fault_;
  bool has_shrunk_ = false;
};

}  // namespace

std::optional<Program> shrink(const Program& program, std::chrono::seconds limit) {
  return Shrinker(program, limit).run();
}

}  // namespace lindvm::fuzz
