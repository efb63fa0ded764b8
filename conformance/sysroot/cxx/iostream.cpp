// Streams: formats, states, files, string streams, manipulators, locale of the C++ library.
#include <fstream>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

struct Point {
  double x, y;
  friend std::ostream& operator<<(std::ostream& out, const Point& p) {
    return out << '(' << p.x << ", " << p.y << ')';
  }
  friend std::istream& operator>>(std::istream& in, Point& p) {
    char open, comma, close;
    return in >> open >> p.x >> comma >> p.y >> close;
  }
};

int main() {
  std::cout << "plain " << 42 << ' ' << 3.5 << ' ' << true << ' ' << std::boolalpha << false << '\n';
  std::cout << std::hex << std::showbase << 255 << ' ' << std::oct << 8 << std::dec << ' ' << std::setw(8)
            << std::setfill('*') << 7 << '\n';
  std::cout << std::fixed << std::setprecision(3) << 3.14159 << ' ' << std::scientific << 12345.678
            << std::defaultfloat << ' ' << 1e-10 << '\n';
  std::cout << std::left << std::setw(6) << "ab" << '|' << std::right << std::setw(6) << "cd" << '|'
            << std::internal << std::setw(6) << -5 << '\n';
  std::cout << std::quoted("say \"hi\"") << ' ' << std::numeric_limits<double>::max() << ' '
            << std::put_money("1234") << '\n';
  std::istringstream in("12 abc 3.5 (1.5,-2)");
  int number;
  std::string word;
  double real;
  Point point;
  in >> number >> word >> real >> point;
  std::cout << number << word << real << point << ' ' << in.eof() << in.fail() << '\n';
  in >> number;
  std::cout << in.fail() << '\n';
  {
    std::ofstream file("iostream.tmp");
    for (int i = 0; i < 100; i++) file << "line " << i << '\n';
  }
  std::ifstream file("iostream.tmp");
  std::string line;
  int lines = 0;
  while (std::getline(file, line)) lines++;
  std::cout << lines << ' ' << line << '\n';
  file.clear();
  file.seekg(5);
  file >> number;
  std::cout << number << ' ' << file.tellg() << '\n';
  std::remove("iostream.tmp");
  std::vector<int> values{std::istream_iterator<int>(std::cin), {}};
  for (int value : values) std::cout << value * 2 << ',';
  std::cout << std::endl;
  std::ostringstream out;
  out << std::setprecision(17) << 0.1;
  std::cout << out.str() << '\n';
  std::cerr << "error stream\n";
  std::wcout << L"wide" << std::endl;
}
// stdin: 1 2 3
// stdin: 40 x
