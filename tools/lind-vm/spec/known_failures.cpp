#include "tools/lind-vm/spec/known_failures.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <stdexcept>

namespace lindvm::spec {
namespace {

KnownFailure parse_entry(const std::string& text) {
  size_t end = text.find_first_of(" \t");
  size_t reason = text.find_first_not_of(" \t", end);
  if (end == std::string::npos || reason == std::string::npos) {
    throw std::runtime_error(fmt::format("no reason given: {}", text));
  }
  KnownFailure entry{text.substr(0, end), {}, text.substr(reason)};
  size_t colon = entry.file.rfind(':');
  if (colon != std::string::npos) {
    uint32_t line = 0;
    const char* last = entry.file.data() + entry.file.size();
    auto parsed = std::from_chars(entry.file.data() + colon + 1, last, line);
    if (parsed.ec != std::errc() || parsed.ptr != last)
      throw std::runtime_error("malformed line number: " + text);
    entry.line = line;
    entry.file.resize(colon);
  }
  return entry;
}

bool reason_covers(std::string_view reason, std::string_view failure) {
  size_t word = reason.find_first_of(": ");
  if (word == std::string_view::npos || reason[word] != ':') return true;
  return failure.find(fmt::format("unsupported: {}", reason.substr(0, word))) != std::string_view::npos;
}

}  // namespace

KnownFailures KnownFailures::read(const std::filesystem::path& path) {
  std::ifstream stream(path);
  if (!stream) throw std::runtime_error("cannot be read");
  KnownFailures list;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line[0] != '#') list.entries_.push_back(parse_entry(line));
  }
  return list;
}

bool KnownFailures::excuses(std::string_view file, uint32_t line, std::string_view failure) {
  for (KnownFailure& entry : entries_) {
    if (entry.file != file || (entry.line && *entry.line != line)) continue;
    if (!reason_covers(entry.reason, failure)) continue;
    entry.is_used = true;
    return true;
  }
  return false;
}

std::vector<const KnownFailure*> KnownFailures::unused(std::string_view file) const {
  std::vector<const KnownFailure*> result;
  for (const KnownFailure& entry : entries_) {
    if (entry.file == file && !entry.is_used) result.push_back(&entry);
  }
  return result;
}

}  // namespace lindvm::spec
