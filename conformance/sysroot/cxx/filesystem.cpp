// <filesystem>: paths, and the operations on a tree that the program makes.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

namespace fs = std::filesystem;

static void show(const fs::path& root) {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    std::string line = entry.path().generic_string();
    if (entry.is_regular_file()) line += " " + std::to_string(entry.file_size());
    if (entry.is_symlink()) line += " -> " + fs::read_symlink(entry).string();
    found.push_back(line);
  }
  std::sort(found.begin(), found.end());
  for (const auto& line : found) std::cout << line << '\n';
}

int main() {
  fs::path path = "/usr/lib/../share//x.tar.gz";
  std::cout << path.lexically_normal() << path.filename() << path.stem() << path.extension()
            << path.parent_path() << path.is_absolute() << '\n';
  for (const auto& part : path) std::cout << part << ' ';
  std::cout << fs::path("a/b").lexically_relative("a/c") << (fs::path("a") / "b" / "/c") << '\n';
  const fs::path root = "filesystem.tmp";
  fs::remove_all(root);
  std::cout << fs::create_directories(root / "one/two") << fs::create_directory(root) << '\n';
  std::ofstream(root / "one/file.txt") << "twelve bytes";
  fs::copy(root / "one/file.txt", root / "one/two/copy.txt");
  fs::create_symlink("file.txt", root / "one/link");
  fs::create_hard_link(root / "one/file.txt", root / "hard");
  fs::resize_file(root / "one/two/copy.txt", 5);
  fs::rename(root / "hard", root / "renamed");
  show(root);
  std::cout << fs::hard_link_count(root / "renamed")
            << fs::equivalent(root / "renamed", root / "one/file.txt") << fs::is_empty(root / "one") << '\n';
  fs::permissions(root / "renamed", fs::perms::owner_read);
  std::cout << std::oct << static_cast<int>(fs::status(root / "renamed").permissions()) << std::dec << '\n';
  std::error_code error;
  fs::file_size(root / "missing", error);
  std::cout << error.value() << ' ' << fs::exists(root / "missing") << '\n';
  try {
    fs::create_directory(root / "no/such/parent");
  } catch (const fs::filesystem_error& failure) {
    std::cout << failure.code().value() << ' ' << failure.path1() << '\n';
  }
  std::cout << (fs::last_write_time(root / "renamed").time_since_epoch().count() != 0) << '\n';
  std::cout << fs::remove_all(root) << fs::exists(root) << fs::current_path().is_absolute() << '\n';
}
