#pragma once
// A set of spec scripts: the files to run, by group, and those that have no JSON. Plain data.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lindvm::spec {

struct SkippedFile {
  std::string source;
  std::string reason;
  unsigned assertions = 1;  ///< how many the run leaves out, 1 if that is not known
};

struct Suite {
  std::vector<std::filesystem::path> files;
  std::vector<SkippedFile> skipped;
  std::map<std::string, std::string, std::less<>> groups;  ///< by script source; others go by their folder

  std::string group_of(const std::string& source) const;
};

/// JSON files and folders, which are searched for scripts. A folder's MANIFEST.json, if there is one, names
/// the groups and the files that cannot be run. Throws std::exception if a path does not exist.
Suite find_suite(const std::vector<std::filesystem::path>& paths);

}  // namespace lindvm::spec
