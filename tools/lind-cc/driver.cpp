#include "tools/lind-cc/driver.h"

#include <unistd.h>

#include <cstdlib>
#include <string_view>

#include "tools/lind-cc/arguments.h"
#include "tools/lind-cc/linker_options.h"
#include "tools/lind-cc/sysroot.h"

namespace lind_cc {

namespace {

using Words = std::vector<std::string>;

// clang knows wasm32-linux-musl, but takes it for an ELF system: position-independent code by default, no
// wasm-ld, -pthread and -fwasm-exceptions without the instructions that they need. So the target is plain
// wasm32, and what makes it Linux is defined here: the macros that gcc has on a musl system, where
// __gnu_linux__ is not one of them.
constexpr const char* k_compiler_flags[] = {
    "--target=wasm32-unknown-unknown", "-Qunused-arguments", "--no-wasm-opt", "-D__linux__=1", "-D__linux=1",
    "-D__unix__=1", "-D__unix=1", "-matomics", "-mbulk-memory",
    // setjmp and C++ exceptions are WebAssembly exceptions, in the encoding of the standard (try_table).
    "-mllvm", "-wasm-enable-sjlj", "-mllvm", "-wasm-use-legacy-eh=false",
    // As on Linux, and not hidden, which is clang's default for WebAssembly.
    "-fvisibility=default"};

// ISO modes leave these names to the program.
constexpr const char* k_gnu_mode_flags[] = {"-Dlinux=1", "-Dunix=1"};

// A program of the linux ABI: the stack below the data, so that its overflow traps; room below the table's
// first entry, since 1 and 2 are no functions in signal handling; a memory that the VM creates; and what the
// VM needs to find.
constexpr const char* k_linker_flags[] = {"--stack-first",
                                          "-z",
                                          "stack-size=8388608",
                                          "--table-base=3",
                                          "--import-memory",
                                          "--shared-memory",
                                          "--max-memory=4294967296",
                                          "--export-table",
                                          "--growable-table",
                                          "--export=__stack_pointer",
                                          "--export=__tls_base",
                                          "--export=__heap_base",
                                          "--export=__data_end",
                                          "--export=__global_base",
                                          "--export-if-defined=__wasm_init_tls"};

constexpr const char* k_link_time_flags[] = {
    "-mllvm", "-wasm-enable-eh",           "-mllvm", "-wasm-enable-sjlj",
    "-mllvm", "-wasm-use-legacy-eh=false", "-mllvm", "-exception-model=wasm"};

constexpr const char* k_no_shared_libraries =
    "-shared: shared libraries are not supported yet; build static ones (configure --disable-shared, cmake "
    "-DBUILD_SHARED_LIBS=OFF)";

struct ProgramRow {
  const char* own_name;
  const char* program;
  std::string_view name;
};

constexpr ProgramRow k_programs[] = {
#define TOOL(own_name, program, name) {own_name, program, name},
#include "tools/lind-cc/tools.def"
#undef TOOL
};

/// Names of files that hold C++ without a -x that says so.
bool is_cxx_source(std::string_view name) {
  constexpr std::string_view k_suffixes[] = {".cc",  ".cp", ".cxx", ".cpp", ".CPP",
                                             ".c++", ".C",  ".ii",  ".mm"};
  for (const std::string_view suffix : k_suffixes) {
    if (name.ends_with(suffix)) return true;
  }
  return false;
}

bool is_cxx_language(std::string_view language) {
  return language.starts_with("c++") || language.starts_with("objective-c++");
}

void append(Words& words, std::string_view first, const std::string& second) {
  words.emplace_back(first);
  words.push_back(second);
}

template <size_t N>
void append_all(Words& words, const char* const (&more)[N]) {
  words.insert(words.end(), std::begin(more), std::end(more));
}

template <size_t N>
void append_for_linker(Words& words, const char* const (&more)[N]) {
  for (const char* word : more) append(words, "-Xlinker", word);
}

/// Reads the arguments in order and notes what the command is for; what clang gets of them collects in
/// passed.
class Driver {
 public:
  explicit Driver(bool cxx) : cxx_(cxx) {}

  Plan plan(const Words& words);

 private:
  void read(const Argument& argument);
  void read_linker_words(const Argument& argument);
  bool read_mode(const Argument& argument);
  [[nodiscard]] Plan answer(const std::string& sysroot) const;
  [[nodiscard]] std::optional<std::string> problem(const std::string& sysroot) const;
  [[nodiscard]] Words command(const std::string& sysroot) const;
  void add_compiler_flags(Words& words) const;
  void add_libraries(Words& words, const std::string& sysroot) const;
  [[nodiscard]] bool makes_program() const { return links_ && has_input_ && !relocatable_; }

  bool cxx_;              ///< called as lind-c++
  bool has_cxx_ = false;  ///< some input is C++
  bool has_input_ = false;
  bool links_ = true;
  bool shared_ = false;
  bool relocatable_ = false;
  bool start_files_ = true;
  bool libraries_ = true;
  bool cxx_library_ = true;
  bool link_time_ = false;
  bool gnu_mode_ = true;
  std::optional<bool> exceptions_;
  Effect question_ = Effect::Keep;
  std::string question_value_;
  std::optional<std::string> sysroot_;
  LinkerOptions linker_options_;
  Words passed_;
};

void Driver::read_linker_words(const Argument& argument) {
  has_input_ = true;
  if (argument.effect == Effect::LinkerKeyword) {
    has_input_ = false;
    linker_options_.add("-z");
    linker_options_.add(argument.value);
  } else if (argument.effect == Effect::ForLinkerValue) {
    linker_options_.add(argument.value);
  } else {
    std::string_view rest = argument.value;
    while (true) {
      const size_t comma = rest.find(',');
      linker_options_.add(std::string(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest.remove_prefix(comma + 1);
    }
  }
  for (const std::string& word : linker_options_.take()) append(passed_, "-Xlinker", word);
}

/// Options that say what the command is for and that clang does not get, or gets in other words. False for
/// others.
bool Driver::read_mode(const Argument& argument) {
  switch (argument.effect) {
    case Effect::Drop:
      return true;
    case Effect::Shared:
      return shared_ = true;
    case Effect::Relocatable:
      return relocatable_ = true;
    case Effect::Sysroot:
      sysroot_ = argument.value;
      return true;
    case Effect::Threads:
      passed_.emplace_back("-D_REENTRANT");
      return true;
    case Effect::Exceptions:
      exceptions_ = true;
      return true;
    case Effect::NoExceptions:
      exceptions_ = false;
      return true;
    case Effect::NoStandardLibraries:
      start_files_ = libraries_ = false;
      return true;
    case Effect::NoDefaultLibraries:
      libraries_ = false;
      return true;
    case Effect::NoStartFiles:
      start_files_ = false;
      return true;
    case Effect::NoCxxLibrary:
      cxx_library_ = false;
      return true;
    case Effect::AskTarget:
    case Effect::AskSysroot:
    case Effect::AskSearchDirs:
    case Effect::AskBuiltins:
    case Effect::AskFile:
    case Effect::AskProgram:
      question_ = argument.effect;
      question_value_ = argument.value;
      return true;
    default:
      return false;
  }
}

void Driver::read(const Argument& argument) {
  if (read_mode(argument)) return;
  switch (argument.effect) {
    case Effect::ForLinker:
    case Effect::ForLinkerValue:
    case Effect::LinkerKeyword:
      return read_linker_words(argument);
    case Effect::StopBeforeLink:
    case Effect::AskClang:
      links_ = false;
      break;
    case Effect::LinkTimeOptimization:
      link_time_ = true;
      break;
    case Effect::StrictStandard:
      gnu_mode_ = false;
      break;
    case Effect::Standard:
      gnu_mode_ = argument.value.starts_with("gnu");
      break;
    case Effect::Language:
      has_cxx_ |= is_cxx_language(argument.value);
      break;
    case Effect::Input:
      has_cxx_ |= is_cxx_source(argument.value);
      has_input_ = true;
      break;
    case Effect::Library:
      has_input_ = true;
      break;
    default:
      break;
  }
  passed_.insert(passed_.end(), argument.words.begin(), argument.words.end());
}

Plan Driver::answer(const std::string& sysroot) const {
  const std::string library = sysroot + "/lib/" + question_value_;
  switch (question_) {
    case Effect::AskSysroot:
      return {{}, sysroot, {}};
    case Effect::AskSearchDirs:
      return {{}, "install: " + sysroot + "\nprograms: =/usr/bin\nlibraries: =" + sysroot + "/lib", {}};
    case Effect::AskBuiltins:
      return {{}, sysroot + "/lib/libclang_rt.builtins.a", {}};
    case Effect::AskFile:
      return {{}, access(library.c_str(), F_OK) == 0 ? library : question_value_, {}};
    case Effect::AskProgram:
      for (const ProgramRow& row : k_programs) {
        if (row.name != question_value_) continue;
        std::string ours = find_beside(row.own_name);
        return {{}, ours.empty() ? row.program : ours, {}};
      }
      return {{}, question_value_, {}};
    default:
      return {{}, k_target, {}};
  }
}

std::optional<std::string> Driver::problem(const std::string& sysroot) const {
  if (shared_ && links_) return k_no_shared_libraries;
  if (sysroot.empty())
    return "no sysroot: run tools/dev sysroot, or name one with LINDVM_SYSROOT or --sysroot=FOLDER";
  if (cxx_ && makes_program() && libraries_ && cxx_library_ && !has_cxx_library(sysroot)) {
    return "no C++ library in " + sysroot + ": run tools/dev sysroot";
  }
  return std::nullopt;
}

void Driver::add_compiler_flags(Words& words) const {
  append_all(words, k_compiler_flags);
  if (gnu_mode_) append_all(words, k_gnu_mode_flags);
  if (cxx_ || has_cxx_) words.insert(words.end(), {"-stdlib=libc++", "-D_GNU_SOURCE=1"});
  if (exceptions_.value_or(cxx_ || has_cxx_)) {
    words.emplace_back("-fwasm-exceptions");
  } else if (exceptions_) {
    words.emplace_back("-fno-exceptions");
  }
}

void Driver::add_libraries(Words& words, const std::string& sysroot) const {
  if (start_files_) append(words, "-Xlinker", sysroot + "/lib/crt1.o");
  if (!libraries_) return;
  if (cxx_ && cxx_library_) {
    for (const char* library : {"-lc++", "-lc++abi", "-lunwind"}) append(words, "-Xlinker", library);
  }
  append(words, "-Xlinker", "-lc");
  append(words, "-Xlinker", sysroot + "/lib/libclang_rt.builtins.a");
}

Words Driver::command(const std::string& sysroot) const {
  const char* compiler = std::getenv("LINDVM_CLANG");
  Words words{compiler ? compiler : "clang-22"};
  if (cxx_) words.emplace_back("--driver-mode=g++");
  add_compiler_flags(words);
  words.push_back("--sysroot=" + sysroot);
  if (links_ && has_input_) words.emplace_back("-nostdlib");
  if (links_ && has_input_ && relocatable_) append(words, "-Xlinker", "-r");
  if (makes_program()) append_for_linker(words, k_linker_flags);
  if (makes_program() && link_time_) append_for_linker(words, k_link_time_flags);
  words.insert(words.end(), passed_.begin(), passed_.end());
  if (makes_program()) add_libraries(words, sysroot);
  return words;
}

Plan Driver::plan(const Words& words) {
  for (const Argument& argument : parse_arguments(words)) read(argument);
  const std::string sysroot = find_sysroot(sysroot_);
  if (question_ != Effect::Keep) return answer(sysroot);
  if (const auto error = problem(sysroot)) return {{}, {}, error};
  return {command(sysroot), {}, {}};
}

}  // namespace

Plan plan(const Words& words, bool cxx) { return Driver(cxx).plan(expand_response_files(words)); }

}  // namespace lind_cc
