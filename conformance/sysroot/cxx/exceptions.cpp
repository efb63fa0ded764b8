// C++ exceptions: types, hierarchies, rethrow, nesting, cleanups, through C frames, from constructors,
// exception_ptr.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

struct Noisy {
  explicit Noisy(const char* name) : name_(name) { std::printf("+%s ", name_); }
  ~Noisy() { std::printf("-%s ", name_); }
  const char* name_;
};

struct Base : std::exception {
  const char* what() const noexcept override { return "base"; }
};
struct Derived : Base {
  const char* what() const noexcept override { return "derived"; }
};

int fail(int kind) {
  Noisy noisy("fail");
  switch (kind) {
    case 0:
      throw 42;
    case 1:
      throw Derived();
    case 2:
      throw std::runtime_error("runtime");
    case 3:
      throw std::string("text");
    case 4:
      return std::vector<int>().at(7);
    case 5:
      throw std::system_error(std::make_error_code(std::errc::no_such_file_or_directory), "system");
    default:
      return kind;
  }
}

void caught(int kind) {
  try {
    Noisy outer("outer");
    std::printf("%d ", fail(kind));
  } catch (int value) {
    std::printf("int %d", value);
  } catch (const Base& base) {
    std::printf("%s", base.what());
  } catch (const std::system_error& error) {
    std::printf("code %d", error.code().value());
  } catch (const std::out_of_range&) {
    std::printf("out of range");
  } catch (const std::exception& error) {
    std::printf("exception %s", error.what());
  } catch (...) {
    std::printf("other");
  }
  std::putchar('\n');
}

int compare(const void* a, const void* b) {
  if (*static_cast<const int*>(a) == 3 || *static_cast<const int*>(b) == 3) throw "out of qsort";
  return 0;
}

struct Member {
  Member() { throw std::logic_error("member"); }
};
struct Whole {
  Noisy first{"first"};
  Member second;
};

void nested() {
  try {
    try {
      fail(2);
    } catch (...) {
      std::throw_with_nested(std::logic_error("wrapped"));
    }
  } catch (const std::exception& error) {
    std::printf("%s around ", error.what());
    try {
      std::rethrow_if_nested(error);
    } catch (const std::exception& inner) {
      std::printf("%s\n", inner.what());
    }
  }
}

}  // namespace

int main() {
  for (int kind = 0; kind < 7; kind++) caught(kind);
  int numbers[] = {1, 3, 2};
  try {
    std::qsort(numbers, 3, sizeof *numbers, compare);
  } catch (const char* text) {
    std::puts(text);
  }
  try {
    auto whole = std::make_unique<Whole>();
  } catch (const std::logic_error& error) {
    std::puts(error.what());
  }
  nested();
  std::exception_ptr kept;
  try {
    fail(1);
  } catch (...) {
    kept = std::current_exception();
  }
  try {
    std::rethrow_exception(kept);
  } catch (const Derived&) {
    std::printf("kept %d\n", std::uncaught_exceptions());
  }
  try {
    std::vector<int> huge(static_cast<std::size_t>(-1) / 8);
  } catch (const std::exception&) {
    std::puts("too long or no memory");
  }
  for (int i = 0; i < 10000; i++) {
    try {
      throw i;
    } catch (int value) {
      if (value != i) return 1;
    }
  }
  std::set_terminate([] {
    std::puts("terminate");
    std::fflush(stdout);
    std::_Exit(9);
  });
  [&]() noexcept { throw 1; }();
}
