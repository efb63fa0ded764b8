#include "tools/lind-cc/linker_options.h"

#include <string_view>
#include <utility>

namespace lind_cc {

namespace {

enum class Shape { Alone, WithValue, Joined };

struct DroppedRow {
  std::string_view name;
  Shape shape;
};

constexpr DroppedRow k_dropped[] = {
#define LINKER_OPTION(name, shape) {name, Shape::shape},
#include "tools/lind-cc/linker_options.def"
#undef LINKER_OPTION
};

/// What an option is called: without its dashes and its value.
std::string_view name_of(std::string_view word) {
  word.remove_prefix(word.starts_with("--") ? 2 : 1);
  return word.substr(0, word.find('='));
}

const DroppedRow* find_exactly(std::string_view name) {
  for (const DroppedRow& row : k_dropped) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

/// Whether the word is a dropped option with its value right behind it, as in -R/usr/lib.
bool is_dropped_joined(std::string_view word) {
  if (word.starts_with("--")) return false;
  for (const DroppedRow& row : k_dropped) {
    if (row.shape == Shape::Joined && word.substr(1).starts_with(row.name)) return true;
  }
  return false;
}

/// -z's keywords are about ELF files, but for one.
bool is_for_wasm_ld(std::string_view keyword) { return keyword.starts_with("stack-size="); }

}  // namespace

void LinkerOptions::add(const std::string& word) {
  switch (std::exchange(pending_, Pending::Nothing)) {
    case Pending::DroppedValue:
      return;
    case Pending::Keyword:
      if (is_for_wasm_ld(word)) words_.insert(words_.end(), {"-z", word});
      return;
    case Pending::Nothing:
      break;
  }
  if (word == "-z") {
    pending_ = Pending::Keyword;
    return;
  }
  if (word.starts_with("-z") && word.size() > 2) {
    if (is_for_wasm_ld(word.substr(2))) words_.push_back(word);
    return;
  }
  const bool is_option = word.starts_with('-');
  const DroppedRow* row = is_option ? find_exactly(name_of(word)) : nullptr;
  if (row) {
    if (row->shape != Shape::Alone && word.find('=') == std::string::npos) pending_ = Pending::DroppedValue;
  } else if (!is_option || !is_dropped_joined(word)) {
    words_.push_back(word);
  }
}

std::vector<std::string> LinkerOptions::take() { return std::exchange(words_, {}); }

}  // namespace lind_cc
