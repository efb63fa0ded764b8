#include "tools/lind-cc/arguments.h"

#include <fstream>
#include <iterator>

namespace lind_cc {

namespace {

enum class Shape { Flag, Value, Joined, JoinedOrValue };

struct OptionRow {
  std::string_view spelling;
  Shape shape;
  Effect effect;
};

constexpr OptionRow k_options[] = {
#define OPTION(spelling, shape, effect) {spelling, Shape::shape, Effect::effect},
#include "tools/lind-cc/options.def"
#undef OPTION
};

constexpr int k_deepest_response_file = 16;

bool matches(const OptionRow& row, std::string_view word) {
  const bool exact = row.shape == Shape::Flag || row.shape == Shape::Value;
  return exact ? word == row.spelling : word.starts_with(row.spelling);
}

/// The row for a word: the longest spelling that fits, since -MF also begins like -M and -include like -i.
const OptionRow* find_option(std::string_view word) {
  const OptionRow* best = nullptr;
  for (const OptionRow& row : k_options) {
    if (matches(row, word) && (!best || row.spelling.size() > best->spelling.size())) best = &row;
  }
  return best;
}

/// Splits a response file's text at white space; quotes and backslashes protect, as in GNU's and LLVM's
/// tools.
std::vector<std::string> split_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); i++) {
    const char c = text[i];
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
    if (!quote && space) {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
      continue;
    }
    in_word = true;
    if (c == '\\' && i + 1 < text.size()) {
      word += text[++i];
    } else if (quote ? c == quote : (c == '"' || c == '\'')) {
      quote = quote ? 0 : c;
    } else {
      word += c;
    }
  }
  if (in_word) words.push_back(std::move(word));
  return words;
}

void expand_into(const std::vector<std::string>& words, int depth, std::vector<std::string>& expanded) {
  for (const std::string& word : words) {
    std::ifstream file;
    if (word.size() > 1 && word[0] == '@' && depth < k_deepest_response_file) file.open(word.substr(1));
    if (!file.is_open()) {
      expanded.push_back(word);
      continue;
    }
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    expand_into(split_words(text), depth + 1, expanded);
  }
}

}  // namespace

std::vector<std::string> expand_response_files(const std::vector<std::string>& words) {
  std::vector<std::string> expanded;
  expand_into(words, 0, expanded);
  return expanded;
}

std::vector<Argument> parse_arguments(const std::vector<std::string>& words) {
  std::vector<Argument> arguments;
  for (size_t i = 0; i < words.size(); i++) {
    const std::string& word = words[i];
    if (word == "-" || !word.starts_with('-')) {
      arguments.push_back({Effect::Input, {word}, word});
      continue;
    }
    const OptionRow* row = find_option(word);
    if (!row) {
      arguments.push_back({Effect::Keep, {word}, {}});
      continue;
    }
    Argument argument{row->effect, {word}, word.substr(row->spelling.size())};
    const bool separate =
        row->shape == Shape::Value || (row->shape == Shape::JoinedOrValue && argument.value.empty());
    if (separate && i + 1 < words.size()) {
      argument.value = words[++i];
      argument.words.push_back(argument.value);
    }
    arguments.push_back(std::move(argument));
  }
  return arguments;
}

}  // namespace lind_cc
