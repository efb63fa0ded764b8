// Run-time types, static initialisation and destruction, thread_local objects.
#include <any>
#include <cstdio>
#include <memory>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <variant>

struct Left {
  virtual ~Left() = default;
  int left = 1;
};
struct Right {
  virtual ~Right() = default;
  virtual const char* name() const { return "right"; }
  int right = 2;
};
struct Both : Left, Right {
  const char* name() const override { return "both"; }
};
struct Virtual : virtual Right {};
struct Diamond : Virtual, virtual Right {};

struct Logged {
  explicit Logged(const char* text) : text_(text) { std::printf("make %s\n", text); }
  ~Logged() { std::printf("end %s\n", text_); }
  const char* text_;
};

Logged global("global");
static std::string filled = std::string(100, 'x') + "y";
thread_local Logged per_thread("thread");

Logged& on_first_use() {
  static Logged object("on first use");
  return object;
}

int main() {
  Both both;
  Left* left = &both;
  std::printf("%s %d %d\n", dynamic_cast<Right*>(left)->name(), dynamic_cast<Right*>(left)->right,
              typeid(*left) == typeid(Both));
  Right plain;
  std::printf("%d\n", dynamic_cast<Both*>(&plain) == nullptr);
  try {
    (void)dynamic_cast<Both&>(plain);
  } catch (const std::bad_cast&) {
    std::puts("bad_cast");
  }
  Diamond diamond;
  std::printf("%s %s\n", static_cast<Right&>(diamond).name(), typeid(Both).name());
  std::printf("%zu %d\n", filled.size(), std::type_index(typeid(int)) == std::type_index(typeid(int)));
  std::printf("%s\n", per_thread.text_);
  on_first_use();
  on_first_use();
  std::any any = 5;
  std::printf("%d %d\n", std::any_cast<int>(any), any.type() == typeid(int));
  std::variant<int, std::string> variant = "text";
  std::printf("%zu\n", std::get<std::string>(variant).size());
  std::shared_ptr<Right> shared = std::make_shared<Both>();
  std::printf("%d\n", std::dynamic_pointer_cast<Both>(shared) != nullptr);
}
