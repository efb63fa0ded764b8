#include "vm/module/module.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <bit>
#include <random>

#include "vm/module/names.h"

namespace lindvm {

namespace {

// Keyed by a secret of the process, so that nobody can craft export names that collide.
uint64_t hash_name(std::string_view name) {
  static const uint64_t seed = [] {
    std::random_device device;
    return uint64_t{device()} << 32 | device();
  }();
  return XXH3_64bits_withSeed(name.data(), name.size(), seed);
}

}  // namespace

const char* to_string(ExternKind kind) {
  switch (kind) {
    case ExternKind::function:
      return "function";
    case ExternKind::table:
      return "table";
    case ExternKind::memory:
      return "memory";
    case ExternKind::global:
      return "global";
    case ExternKind::tag:
      return "tag";
  }
  return "?";
}

Module::Module(std::unique_ptr<uint8_t[]> bytes, size_t size) : bytes_(std::move(bytes)), size_(size) {}
Module::~Module() = default;

bool Module::index_exports() {
  size_t mask = std::bit_ceil(exports_.size() * 2 + 1) - 1;
  export_index_.assign(mask + 1, 0);
  for (uint32_t i = 0; i < exports_.size(); i++) {
    size_t at = hash_name(exports_[i].name) & mask;
    for (; export_index_[at] != 0; at = (at + 1) & mask)
      if (exports_[export_index_[at] - 1].name == exports_[i].name) return false;
    export_index_[at] = i + 1;
  }
  return true;
}

const Export* Module::find_export(std::string_view name) const {
  if (export_index_.empty()) return nullptr;
  size_t mask = export_index_.size() - 1;
  for (size_t at = hash_name(name) & mask; export_index_[at] != 0; at = (at + 1) & mask) {
    const Export& candidate = exports_[export_index_[at] - 1];
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

const CustomSection* Module::find_custom_section(std::string_view name) const {
  for (const CustomSection& section : custom_sections_)
    if (section.name == name) return &section;
  return nullptr;
}

const ModuleNames& Module::names() const {
  std::call_once(names_once_, [this] { names_ = std::make_unique<ModuleNames>(*this); });
  return *names_;
}

}  // namespace lindvm
