#include "tools/lind-vm/spec/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tools/lind-vm/command.h"

namespace lindvm::spec {
namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

/// Why a script of the manifest cannot be run; empty if it can.
std::string reason_to_skip(const Json& entry) {
  if (entry.at("converted").is_null()) return "text only: no converter to JSON";
  if (entry.value("needs", Json()) == "all") return "needs a proposal that is not implemented";
  return {};
}

void read_manifest(const fs::path& folder, Suite& suite) {
  std::ifstream stream(folder / "MANIFEST.json");
  if (!stream) return;
  Json json = Json::parse(stream);
  for (const Json& entry : json.at("files")) {
    std::string source = entry.at("file");
    suite.groups[source] = entry.at("group");
    std::string reason = reason_to_skip(entry);
    if (!reason.empty()) suite.skipped.push_back({source, reason, entry.value("asserts", 1u)});
  }
}

/// Scripts are FOLDER/a/b/b.json or FOLDER/a/b.json, for source a/b.wast.
bool is_script_of(const fs::path& json_file, const fs::path& folder, const std::string& source) {
  fs::path stem = fs::path(source).replace_extension();
  return json_file == folder / stem / stem.filename().concat(".json") ||
         json_file == folder / stem.concat(".json");
}

void add_folder(const fs::path& folder, Suite& suite) {
  size_t first_skipped = suite.skipped.size();
  read_manifest(folder, suite);
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path& path = entry.path();
    if (path.extension() != ".json" || path.filename() == "MANIFEST.json") continue;
    bool is_skipped =
        std::any_of(suite.skipped.begin() + static_cast<ptrdiff_t>(first_skipped), suite.skipped.end(),
                    [&](const SkippedFile& file) { return is_script_of(path, folder, file.source); });
    if (!is_skipped) found.push_back(path);
  }
  std::ranges::sort(found);
  suite.files.insert(suite.files.end(), found.begin(), found.end());
}

}  // namespace

std::string Suite::group_of(const std::string& source) const {
  auto found = groups.find(source);
  if (found != groups.end()) return found->second;
  std::string folder = fs::path(source).parent_path().string();
  return folder.empty() ? "core" : folder;
}

Suite find_suite(const std::vector<fs::path>& paths) {
  Suite suite;
  for (const fs::path& path : paths) {
    if (!fs::exists(path))
      throw CommandError(k_exit_not_found, fmt::format("{}: no such file", path.string()));
    if (fs::is_directory(path))
      add_folder(path, suite);
    else
      suite.files.push_back(path);
  }
  return suite;
}

}  // namespace lindvm::spec
