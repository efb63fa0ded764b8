// Containers, algorithms, strings, numbers as text, random numbers, regular expressions, chrono.
#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <deque>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <numeric>
#include <optional>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

int main() {
  std::mt19937 random(7);
  std::vector<unsigned> numbers(1000);
  std::generate(numbers.begin(), numbers.end(), std::ref(random));
  std::sort(numbers.begin(), numbers.end(), std::greater<>());
  std::cout << numbers.front() << ' ' << std::accumulate(numbers.begin(), numbers.end(), 0ULL) << '\n';
  std::map<std::string, std::vector<int>> groups;
  for (int i = 0; i < 50; i++) groups[std::to_string(i % 7)].push_back(i);
  for (const auto& [key, members] : groups) std::cout << key << ':' << members.size() << ' ';
  std::unordered_map<std::string, int> counts;
  for (std::string_view word : {"a", "b", "a", "c", "a"}) counts[std::string(word)]++;
  std::cout << counts["a"] << counts["c"] << '\n';
  std::set<int> left{1, 3, 5, 7}, right{3, 4, 5};
  std::set_intersection(left.begin(), left.end(), right.begin(), right.end(),
                        std::ostream_iterator<int>(std::cout, " "));
  for (int square : std::views::iota(1, 8) | std::views::filter([](int i) { return i % 2; }) |
                        std::views::transform([](int i) { return i * i; }))
    std::cout << square << ' ';
  std::cout << '\n';
  std::priority_queue<int> queue;
  for (int i : {3, 9, 2}) queue.push(i);
  std::list<int> list{3, 1, 2};
  list.sort();
  std::deque<int> deque(list.begin(), list.end());
  deque.push_front(0);
  std::cout << queue.top() << list.back() << deque.size() << std::bitset<8>(0xa5) << '\n';
  char digits[64];
  auto end = std::to_chars(digits, digits + 64, 0.1 + 0.2).ptr;
  std::cout << std::string_view(digits, end - digits) << ' ';
  double value = 0;
  std::from_chars("2.5e3x", "2.5e3x" + 6, value);
  std::cout << value << ' ' << std::stoi("77") << ' ' << std::stod("1.25") << '\n';
  std::smatch found;
  const std::string text = "key=value; other=thing";
  if (std::regex_search(text, found, std::regex(R"((\w+)=(\w+);)")))
    std::cout << found[1] << '/' << found[2] << '\n';
  std::cout << std::regex_replace(text, std::regex("[aeiou]"), "_") << '\n';
  using namespace std::chrono;
  std::cout << duration_cast<minutes>(hours(2) + 30min).count() << ' '
            << (year_month_day(2024y / February / last).day() == 29d) << '\n';
  std::cout << (steady_clock::now().time_since_epoch().count() > 0) << '\n';
  std::optional<std::tuple<int, char>> pair = std::make_tuple(5, 'x');
  std::cout << std::get<1>(*pair) << std::hash<int>()(5) << '\n';
  std::function<int(int)> factorial = [&](int n) { return n < 2 ? 1 : n * factorial(n - 1); };
  std::cout << factorial(10) << '\n';
}
// flags: -std=c++20
