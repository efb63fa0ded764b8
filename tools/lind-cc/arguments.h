#pragma once
// The command line as lind-cc reads it: response files are expanded, and each argument is matched with the
// table of options. Plain values; main thread only.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lind_cc {

/// What an option means to lind-cc; see options.def.
enum class Effect {
  Keep,
  Drop,
  StopBeforeLink,
  AskTarget,
  AskSysroot,
  AskSearchDirs,
  AskBuiltins,
  AskFile,
  AskProgram,
  AskClang,
  ForLinker,
  ForLinkerValue,
  LinkerKeyword,
  Shared,
  Relocatable,
  NoStandardLibraries,
  NoDefaultLibraries,
  NoStartFiles,
  NoCxxLibrary,
  LinkTimeOptimization,
  Library,
  Sysroot,
  Threads,
  StrictStandard,
  Standard,
  Exceptions,
  NoExceptions,
  Language,
  Input,  ///< not an option: a file, or - for the standard input
};

/// One option with its value, or one input.
struct Argument {
  Effect effect = Effect::Keep;
  std::vector<std::string> words;  ///< as written: one or two
  std::string value;               ///< of an option that takes one; of an input its name
};

/// The words of a command line with every @FILE replaced by the words in it. A file that cannot be read stays
/// as it is.
std::vector<std::string> expand_response_files(const std::vector<std::string>& words);

/// Matches the words with the table.
std::vector<Argument> parse_arguments(const std::vector<std::string>& words);

}  // namespace lind_cc
