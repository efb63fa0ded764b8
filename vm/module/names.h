#pragma once
// What a module's custom sections tell about it: names, producers, target features, dynamic linking, DWARF.
// Nothing here is needed to run a module; sections that are malformed read as absent from the point of the
// damage on. Owned by its Module (Module::names()); immutable, any thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "vm/module/module.h"

namespace lindvm {

struct IndexedName {
  uint32_t index = 0;
  std::string_view name;
};

/// One entry of the producers section: e.g. field "processed-by", value "clang", version "22.0".
struct Producer {
  std::string_view field;
  std::string_view value;
  std::string_view version;
};

/// One entry of target_features: prefix '+', '-' or '='.
struct TargetFeature {
  char prefix = '+';
  std::string_view name;
};

/// The dylink.0 section of shared libraries and position-independent executables (tool-conventions).
struct DylinkInfo {
  struct FlaggedName {
    std::string_view module;  ///< of imports only
    std::string_view name;
    uint32_t flags = 0;
  };
  uint32_t memory_size = 0;
  uint32_t memory_align_log2 = 0;
  uint32_t table_size = 0;
  uint32_t table_align_log2 = 0;
  std::vector<std::string_view> needed;
  std::vector<FlaggedName> exports;
  std::vector<FlaggedName> imports;
  std::vector<std::string_view> runtime_paths;
};

class ModuleNames {
 public:
  explicit ModuleNames(const Module& module);

  std::string_view module_name() const { return module_name_; }
  /// Empty if unnamed.
  std::string_view function_name(uint32_t index) const { return find(functions_, index); }
  std::string_view global_name(uint32_t index) const { return find(globals_, index); }
  std::string_view type_name(uint32_t index) const { return find(types_, index); }
  std::string_view data_name(uint32_t index) const { return find(data_, index); }
  /// Parses the local name map at each call: for diagnostics.
  std::string_view local_name(uint32_t function, uint32_t local) const;
  /// Function names, sorted by index.
  std::span<const IndexedName> functions() const { return functions_; }

  const std::vector<Producer>& producers() const { return producers_; }
  const std::vector<TargetFeature>& target_features() const { return target_features_; }
  const std::optional<DylinkInfo>& dylink() const { return dylink_; }

 private:
  static std::string_view find(const std::vector<IndexedName>& names, uint32_t index);
  void read_name_section(const CustomSection& section);
  void read_producers(const CustomSection& section);
  void read_target_features(const CustomSection& section);
  void read_dylink(const CustomSection& section);

  const Module& module_;
  std::string_view module_name_;
  std::vector<IndexedName> functions_;
  std::vector<IndexedName> types_;
  std::vector<IndexedName> globals_;
  std::vector<IndexedName> data_;
  std::optional<ByteRange> local_names_;
  std::vector<Producer> producers_;
  std::vector<TargetFeature> target_features_;
  std::optional<DylinkInfo> dylink_;
};

/// Contents of a DWARF section, e.g. ".debug_line"; empty if absent.
std::span<const uint8_t> dwarf_section(const Module& module, std::string_view name);

}  // namespace lindvm
