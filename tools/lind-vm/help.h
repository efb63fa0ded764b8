#pragma once
// How --help looks, for all sub-commands.

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>

namespace lindvm {

class HelpFormatter : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(30); }

  /// A flag that may have a value shows it as --flag[=TYPE].
  std::string make_option_name(const CLI::Option* option, bool is_positional) const override {
    std::string name = CLI::Formatter::make_option_name(option, is_positional);
    size_t brace = name.find('{');
    if (brace == std::string::npos) return name;
    return name.substr(0, brace) + "[=" + option->get_type_name() + "]";
  }

  /// Only what the command gave as the type, without remarks on repetition and requirement.
  std::string make_option_opts(const CLI::Option* option) const override {
    std::string type = option->get_type_name();
    bool is_plain = type.empty() || type == "TEXT" || option->get_expected_min() == 0;
    return is_plain ? std::string() : " " + type;
  }
};

}  // namespace lindvm
