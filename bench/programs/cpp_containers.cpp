// C++ standard containers: map and unordered_map of strings, vectors, sort with lambdas, virtual
// calls through unique_ptr. Built without exceptions, which wasi-libc's libc++ does not have.
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "program.h"

namespace {

struct Visitor {
  virtual ~Visitor() = default;
  virtual void visit(const std::string& key, std::uint32_t value) = 0;
  std::uint64_t sum = 0;
};

struct KeyVisitor final : Visitor {
  void visit(const std::string& key, std::uint32_t) override {
    sum = mix(sum, key.size() * 31u + std::uint8_t(key.back()));
  }
};

struct ValueVisitor final : Visitor {
  void visit(const std::string&, std::uint32_t value) override { sum = mix(sum, value); }
};

struct Record {
  std::string name;
  std::uint32_t score;
};

std::string name_of(std::uint32_t n) { return "key-" + std::to_string(n % 5003); }

std::uint64_t one_round(Random& random) {
  std::map<std::string, std::uint32_t> ordered;
  std::unordered_map<std::uint32_t, std::uint32_t> counts;
  std::vector<Record> records;
  for (int i = 0; i < 4000; i++) {
    const std::uint32_t n = random_next(&random);
    ordered[name_of(n)] += n & 0xff;
    counts[n % 1021]++;
    records.push_back({name_of(n >> 7), n & 0xfff});
  }
  std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
    return a.score != b.score ? a.score > b.score : a.name < b.name;
  });
  std::vector<std::unique_ptr<Visitor>> visitors;
  visitors.push_back(std::make_unique<KeyVisitor>());
  visitors.push_back(std::make_unique<ValueVisitor>());
  for (const auto& [key, value] : ordered) {
    for (const auto& visitor : visitors) visitor->visit(key, value + counts[value % 1021]);
  }
  std::uint64_t sum = 0;
  for (const auto& visitor : visitors) sum = mix(sum, visitor->sum);
  for (std::size_t i = 0; i < records.size(); i += 13) sum = mix(sum, records[i].score);
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint32_t rounds = problem_size(argc, argv, 60);
  Random random = {31415926};
  std::uint64_t sum = 0;
  for (std::uint32_t r = 0; r < rounds; r++) sum = mix(sum, one_round(random));
  return report("cpp_containers", sum);
}
