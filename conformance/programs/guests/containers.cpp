// libc++ at work: streams, ordered and hashed maps, sorting, strings, shared pointers, closures.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};
struct Circle final : Shape {
  explicit Circle(double r) : radius(r) {}
  double area() const override { return 3.25 * radius * radius; }
  double radius;
};
struct Box final : Shape {
  Box(double w, double h) : width(w), height(h) {}
  double area() const override { return width * height; }
  double width, height;
};

void sort_numbers(int count) {
  std::mt19937_64 random(42);
  std::vector<std::uint64_t> numbers(count);
  std::generate(numbers.begin(), numbers.end(), random);
  auto stable = numbers;
  std::sort(numbers.begin(), numbers.end());
  std::stable_sort(stable.begin(), stable.end(), [](auto a, auto b) { return a % 1000 < b % 1000; });
  std::uint64_t mixed = 0;
  for (int i = 0; i < count; i++) mixed = mixed * 31 + (numbers[i] ^ stable[i]);
  std::cout << "sorted " << count << ": " << std::hex << mixed << std::dec << '\n';
}

void count_words(int count) {
  std::map<std::string, int> ordered;
  std::unordered_map<std::string, int> hashed;
  std::minstd_rand random(7);
  for (int i = 0; i < count; i++) {
    std::ostringstream word;
    word << "word" << random() % 997;
    ordered[word.str()]++;
    hashed[word.str()]++;
  }
  auto busiest = std::max_element(ordered.begin(), ordered.end(),
                                  [](const auto& a, const auto& b) { return a.second < b.second; });
  std::cout << ordered.size() << " words, most often " << busiest->first << ' ' << std::setw(6)
            << busiest->second << ", maps agree: " << std::boolalpha
            << std::all_of(ordered.begin(), ordered.end(),
                           [&](const auto& entry) { return hashed.at(entry.first) == entry.second; })
            << '\n';
}

void sum_shapes(int count) {
  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 0; i < count; i++) {
    if (i % 3 == 0)
      shapes.push_back(std::make_unique<Circle>(i % 17));
    else
      shapes.push_back(std::make_unique<Box>(i % 5, i % 11));
  }
  double sum = std::accumulate(shapes.begin(), shapes.end(), 0.0,
                               [](double total, const auto& shape) { return total + shape->area(); });
  std::cout << "area " << std::fixed << std::setprecision(3) << sum << '\n';
}

void parse_numbers() {
  std::istringstream input("12 -7 3.5 0x1f end");
  int a = 0, b = 0;
  double c = 0;
  std::string hex, last;
  input >> a >> b >> c >> hex >> last;
  std::cout << a + b << ' ' << c << ' ' << std::strtol(hex.c_str(), nullptr, 16) << ' ' << last << '\n';
}

std::function<int(int)> compose(std::vector<std::function<int(int)>> steps) {
  return [steps = std::move(steps)](int value) {
    for (const auto& step : steps) value = step(value);
    return value;
  };
}

}  // namespace

int main(int argc, char** argv) {
  const int size = argc > 1 ? std::atoi(argv[1]) : 10000;
  sort_numbers(size);
  count_words(size / 2);
  sum_shapes(size);
  parse_numbers();
  std::cout << "composed " << compose({[](int v) { return v + 3; }, [](int v) { return v * 5; }})(4) << '\n';
  std::multiset<std::string> seen;
  for (std::string line; std::getline(std::cin, line);) seen.insert(line);
  for (const auto& line : seen) std::cout << "line: " << std::quoted(line) << '\n';
}
