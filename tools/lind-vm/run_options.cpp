#include "tools/lind-vm/run_options.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "tools/lind-vm/command.h"
#include "tools/lind-vm/help.h"

namespace lindvm {
namespace {

CommandError bad_value(std::string_view option, std::string_view text, std::string_view form) {
  return {k_exit_usage, fmt::format("{} {}: expected {}", option, text, form)};
}

Preload parse_preload(const std::string& text) {
  size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos) throw bad_value("--preload", text, "NAME=FILE");
  return {text.substr(0, equals), text.substr(equals + 1)};
}

DirectoryGrant parse_root(const std::string& text) {
  DirectoryGrant grant = parse_directory_grant(text);
  if (grant.guest != grant.host) throw bad_value("--root", text, "HOST[:ro]");
  grant.guest = "/";
  return grant;
}

/// NAME alone takes the value from lind-vm's own environment, and is nothing if it has none.
void add_variable(std::vector<std::string>& environment, const std::string& text) {
  if (text.empty() || text[0] == '=') throw bad_value("--env", text, "NAME[=VALUE]");
  if (text.find('=') != std::string::npos) {
    environment.push_back(text);
  } else if (const char* value = std::getenv(text.c_str())) {
    environment.push_back(text + "=" + value);
  }
}

double parse_seconds(const std::string& text) {
  char* end = nullptr;
  double seconds = std::strtod(text.c_str(), &end);
  if (*end != '\0' || !(seconds > 0 && seconds < 1e9))
    throw bad_value("--timeout", text, "a number of seconds");
  return seconds;
}

bool parse_backtrace(const std::string& text) {
  if (text != "full" && text != "none") throw bad_value("--backtrace", text, "full or none");
  return text == "full";
}

/// Option values that need more than CLI11's own conversion.
struct RawOptions {
  std::vector<std::string> directories;
  std::string root;
  std::vector<std::string> environment;
  std::vector<std::string> preloads;
  std::string backtrace = "full";
  std::string max_memory;
  std::string max_stack;
  std::string timeout;
  std::string strace;
  std::string strace_summary;
};

void declare_guest_options(CLI::App& app, RunOptions& options, RawOptions& raw) {
  app.add_option("--dir", raw.directories, "let the guest use a directory (may be repeated)")
      ->type_name("HOST[::GUEST][:ro]")
      ->allow_extra_args(false);
  app.add_option("--root", raw.root, "the guest's whole file tree (linux programs)")->type_name("HOST[:ro]");
  app.add_option("--cwd", options.working_directory, "where the guest starts (linux programs)")
      ->type_name("GUESTDIR");
  app.add_option("--env", raw.environment, "set or inherit a variable (may be repeated)")
      ->type_name("NAME[=VALUE]")
      ->allow_extra_args(false);
  app.add_flag("--net,!--no-net", options.allows_network,
               "let the guest use internet sockets (the default) or not");
  app.add_option("--argv0", options.argv0, "what the guest sees as its own name")->type_name("NAME");
  app.add_option("--invoke", options.invoke, "call this export with the arguments, and print the results")
      ->type_name("FUNC");
  app.add_option("--preload", raw.preloads, "link a module that PROGRAM imports as NAME (may be repeated)")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
}

void declare_engine_options(CLI::App& app, RunOptions& options, RawOptions& raw) {
  app.add_option("--max-memory", raw.max_memory, "limit of each linear memory, e.g. 64M")->type_name("SIZE");
  app.add_option("--max-stack", raw.max_stack, "size of the guest's control stack, e.g. 1M")
      ->type_name("SIZE");
  app.add_option("--timeout", raw.timeout, "stop the guest after this time, with status 142")
      ->type_name("SECONDS");
  declare_tier_options(app, options.tier);
  options.tier.uses_cache = true;
  app.add_flag("--cache,!--no-cache", options.tier.uses_cache,
               "keep compiled code for the next run (the default, but with --dump-asm and --perf) or not");
  app.add_flag("--strace{-}", raw.strace, "print system calls, to stderr or a file")->type_name("FILE");
  app.add_flag("--strace-time", options.strace.shows_times,
               "with --strace: seconds since the previous call, and the time each took");
  app.add_flag("--strace-summary{-}", raw.strace_summary,
               "print a table of system calls at the end, to stderr or a file")
      ->type_name("FILE");
  app.add_flag("--lenient-calls", options.lenient_calls,
               "adapt the arguments of calls through pointers of another function type");
  app.add_flag("--stats", options.print_stats, "print times and sizes to stderr at the end");
  app.add_option("--backtrace", raw.backtrace, "of traps: full (the default) or none")->type_name("KIND");
  app.add_flag("--verify-stack{1}", options.verify_every,
               "clone the guest stack at every host call and Nth safepoint, as a check")
      ->type_name("N");
}

const char* k_footer =
    "Options after PROGRAM are the guest's. A program with a command's name runs as ./NAME.\n"
    "\n"
    "Exit status: the guest's own; 128 + N if signal N ended it (a trap counts as its POSIX\n"
    "signal, e.g. 132 unreachable, 136 integer division, 139 memory access; 130 Ctrl-C);\n"
    "2 bad usage, 126 cannot be run, 127 not found, 70 internal error.";

class RunHelp : public HelpFormatter {
 public:
  std::string make_usage(const CLI::App*, std::string) const override {
    return "Usage: lind-vm [OPTIONS] PROGRAM.wasm [ARGUMENTS...]\n       lind-vm COMMAND [...]\n";
  }
};

std::string command_list() {
  std::string text = "Commands (lind-vm COMMAND --help tells more):\n";
#define COMMAND(name, summary) text += fmt::format("  {:<10} {}\n", #name, summary);
#include "tools/lind-vm/commands.def"
#undef COMMAND
  return text;
}

/// What CLI11 leaves over: PROGRAM and the guest's arguments.
void take_program(const std::vector<std::string>& rest, RunOptions& options) {
  size_t first = !rest.empty() && rest[0] == "--" ? 1 : 0;
  if (rest.size() <= first) throw CommandError(k_exit_usage, "no program given (see lind-vm --help)");
  if (first == 0 && rest[0].size() > 1 && rest[0][0] == '-') {
    throw CommandError(k_exit_usage, fmt::format("unknown option {} (see lind-vm --help)", rest[0]));
  }
  options.program = rest[first];
  options.arguments.assign(rest.begin() + static_cast<ptrdiff_t>(first) + 1, rest.end());
}

/// A summary alone replaces the lines.
void convert_strace(const RawOptions& raw, RunOptions& options) {
  options.strace.summarises = !raw.strace_summary.empty();
  options.strace.shows_calls = !raw.strace.empty();
  for (const std::string* file : {&raw.strace_summary, &raw.strace}) {
    if (!file->empty()) options.strace_file = *file == "-" ? "" : *file;
  }
}

void convert(const RawOptions& raw, RunOptions& options) {
  check(options.tier);
  options.print_backtrace = parse_backtrace(raw.backtrace);
  for (const std::string& text : raw.directories) options.directories.push_back(parse_directory_grant(text));
  if (!raw.root.empty()) options.root = parse_root(raw.root);
  for (const std::string& text : raw.environment) add_variable(options.environment, text);
  for (const std::string& text : raw.preloads) options.preloads.push_back(parse_preload(text));
  if (!raw.max_memory.empty()) options.max_memory = parse_size(raw.max_memory);
  if (!raw.max_stack.empty()) options.max_stack = parse_size(raw.max_stack);
  if (!raw.timeout.empty()) options.timeout = parse_seconds(raw.timeout);
  convert_strace(raw, options);
}

}  // namespace

DirectoryGrant parse_directory_grant(const std::string& text) {
  DirectoryGrant grant;
  std::string_view rest = text;
  constexpr std::string_view k_read_only = ":ro";
  if (rest.ends_with(k_read_only)) {
    grant.is_read_only = true;
    rest.remove_suffix(k_read_only.size());
  }
  size_t separator = rest.find("::");
  grant.host = rest.substr(0, separator);
  grant.guest = separator == std::string_view::npos ? grant.host : rest.substr(separator + 2);
  if (grant.host.empty() || grant.guest.empty()) throw bad_value("--dir", text, "HOST[::GUEST][:ro]");
  return grant;
}

uint64_t parse_size(const std::string& text) {
  uint64_t value = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view suffix(parsed.ptr, static_cast<size_t>(text.data() + text.size() - parsed.ptr));
  constexpr std::string_view k_suffixes = "KMGT";
  size_t scale = suffix.empty() ? 0 : k_suffixes.find(suffix[0] & ~0x20) + 1;
  bool is_known = suffix.empty() || scale != 0;
  bool ends_well = suffix.size() <= 1 || suffix.substr(1) == "B" || suffix.substr(1) == "iB";
  if (parsed.ec != std::errc() || !is_known || !ends_well || value > UINT64_MAX >> 10 * scale) {
    throw CommandError(k_exit_usage, fmt::format("not a size: {} (e.g. 65536, 64K, 16M, 2G)", text));
  }
  return value << 10 * scale;
}

int with_run_options(int argc, char** argv, const std::function<int(const RunOptions&)>& body) {
  CLI::App app("Runs WebAssembly programs.", "lind-vm");
  RunOptions options;
  RawOptions raw;
  app.prefix_command();
  app.formatter(std::make_shared<RunHelp>());
  app.footer([] { return command_list() + "\n" + k_footer; });
  bool print_version = false;
  app.add_flag("--version", print_version, "print the version");
  declare_guest_options(app, options, raw);
  declare_engine_options(app, options, raw);
  return with_parsed_options(app, argc, argv, [&] {
    if (print_version) {
      fmt::print("lind-vm {}\n", LINDVM_VERSION);
      return static_cast<int>(k_exit_ok);
    }
    take_program(app.remaining(), options);
    convert(raw, options);
    return body(options);
  });
}

}  // namespace lindvm
