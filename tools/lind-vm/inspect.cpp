// lind-vm inspect: what a module is made of: sections, imports, exports, features, producers.

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <string>
#include <vector>

#include "tools/lind-vm/command.h"
#include "tools/lind-vm/sections.h"
#include "vm/isa/opcodes.h"
#include "vm/module/load.h"
#include "vm/module/names.h"

namespace lindvm {
namespace {

std::string to_text(const Limits& limits) {
  return limits.max ? fmt::format("{} to {}", limits.min, *limits.max)
                    : fmt::format("{} or more", limits.min);
}

std::string to_text(const TableType& type) {
  return fmt::format("{} of {}{}", to_text(type.limits), to_string(type.element),
                     type.is64 ? ", 64-bit" : "");
}

std::string to_text(const MemoryType& type) {
  std::string text = to_text(type.limits) + " pages";
  if (type.page_size_log2 != 16) text += fmt::format(" of {} bytes", type.page_size());
  if (type.is64) text += ", 64-bit";
  if (type.is_shared) text += ", shared";
  return text;
}

std::string to_text(const GlobalType& type) {
  return (type.is_mutable ? "mutable " : "") + to_string(type.type);
}

/// The type of an index space entry.
std::string type_text(const Module& module, ExternKind kind, uint32_t index) {
  switch (kind) {
    case ExternKind::function:
      return to_string(func_type(module.functions()[index].type));
    case ExternKind::table:
      return to_text(module.tables()[index].type);
    case ExternKind::memory:
      return to_text(module.memories()[index]);
    case ExternKind::global:
      return to_text(module.globals()[index].type);
    case ExternKind::tag:
      return to_string(func_type(module.tags()[index].type));
  }
  return {};
}

/// Rows of text in aligned columns below a title; nothing if there are no rows.
class Table {
 public:
  explicit Table(std::string title) : title_(std::move(title)) {}

  void add(std::vector<std::string> cells) {
    widths_.resize(std::max(widths_.size(), cells.size()));
    for (size_t i = 0; i < cells.size(); ++i) widths_[i] = std::max(widths_[i], cells[i].size());
    rows_.push_back(std::move(cells));
  }

  void print() const {
    if (rows_.empty()) return;
    fmt::print("\n{} ({})\n", title_, rows_.size());
    for (const auto& row : rows_) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i) line += fmt::format("  {:<{}}", row[i], widths_[i]);
      line.erase(line.find_last_not_of(' ') + 1);
      fmt::print("{}\n", line);
    }
  }

 private:
  std::string title_;
  std::vector<size_t> widths_;
  std::vector<std::vector<std::string>> rows_;
};

void print_sections(const Module& module) {
  Table table("Sections");
  for (const Section& section : list_sections(module.bytes())) {
    table.add({fmt::format("{:#010x}", section.payload.begin), fmt::format("{:>10}", section.payload.size()),
               section.name});
  }
  table.print();
}

void print_imports(const Module& module) {
  Table table("Imports");
  for (const Import& import : module.imports()) {
    table.add({to_string(import.kind), fmt::format("{}.{}", import.module, import.name),
               type_text(module, import.kind, import.index)});
  }
  table.print();
}

void print_exports(const Module& module) {
  Table table("Exports");
  for (const Export& one : module.exports()) {
    table.add({to_string(one.kind), std::string(one.name), type_text(module, one.kind, one.index)});
  }
  table.print();
}

/// A proposal is used if the module is refused without it.
void print_features(const Module& module) {
  Table table("Features used");
#define FEATURE(id, description) \
  if (!load_module(module.bytes(), Features::all().without(Feature::id)).ok()) table.add({#id, description});
#include "vm/isa/features.def"
  table.print();
}

void print_metadata(const Module& module) {
  const ModuleNames& names = module.names();
  Table producers("Producers");
  for (const Producer& producer : names.producers()) {
    producers.add({std::string(producer.field), std::string(producer.value), std::string(producer.version)});
  }
  producers.print();
  Table features("Target features, as the compiler says");
  for (const TargetFeature& feature : names.target_features()) {
    features.add({fmt::format("{}{}", feature.prefix, feature.name)});
  }
  features.print();
}

void print_summary(const std::string& file, const Module& module) {
  auto row = [](const char* what, size_t all, size_t imported) {
    if (all) fmt::print("  {:<10} {:>8}, {} imported\n", what, all, imported);
  };
  std::string_view name = module.names().module_name();
  fmt::print("{}: {} bytes{}\n", file, module.bytes().size(),
             name.empty() ? "" : fmt::format(", named {}", name));
  row("functions", module.functions().size(), module.imported_functions());
  row("tables", module.tables().size(), module.imported_tables());
  row("memories", module.memories().size(), module.imported_memories());
  row("globals", module.globals().size(), module.imported_globals());
  row("tags", module.tags().size(), module.imported_tags());
  if (auto start = module.start()) fmt::print("  start function {}\n", *start);
}

int inspect(const std::string& file) {
  auto loaded = load_module_file(file);
  if (!loaded.ok()) throw load_failure(file, loaded.error());
  const Module& module = *loaded.value();
  print_summary(file, module);
  print_sections(module);
  print_imports(module);
  print_exports(module);
  print_features(module);
  print_metadata(module);
  return k_exit_ok;
}

}  // namespace

int inspect_command(int argc, char** argv) {
  CLI::App app("Shows a module's sections, imports, exports, features and producers.", "lind-vm inspect");
  std::string file;
  app.add_option("FILE", file, "a module in the binary format")->required();
  return with_parsed_options(app, argc, argv, [&] { return inspect(file); });
}

}  // namespace lindvm
