#include "syscalls/linux/initial_stack.h"

#include <elf.h>

#include <cstring>

#include "syscalls/kernel/machine.h"

namespace lindvm::linux_abi {
namespace {

constexpr uint32_t k_alignment = 16;
constexpr uint32_t k_page_bytes = 4096;

/// Bytes that grow towards higher addresses from a base that is known from the start.
class Strings {
 public:
  explicit Strings(uint32_t base) : base_(base) {}

  uint32_t add(const void* bytes, size_t count) {
    auto address = static_cast<uint32_t>(base_ + bytes_.size());
    auto* first = static_cast<const uint8_t*>(bytes);
    bytes_.insert(bytes_.end(), first, first + count);
    return address;
  }
  uint32_t add(std::string_view text) {
    uint32_t address = add(text.data(), text.size());
    bytes_.push_back(0);
    return address;
  }
  uint32_t end() const { return static_cast<uint32_t>(base_ + bytes_.size()); }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  uint32_t base_;
  std::vector<uint8_t> bytes_;
};

constexpr std::string_view k_platform = "wasm32";

uint64_t string_bytes(const StartInfo& info) {
  uint64_t bytes = info.random.size() + info.program.size() + 1 + k_platform.size() + 1;
  for (const std::string& text : info.args) bytes += text.size() + 1;
  for (const std::string& text : info.env) bytes += text.size() + 1;
  return bytes;
}

std::vector<uint32_t> words_of(const StartInfo& info, Strings& strings, StartMemory& start) {
  std::vector<uint32_t> words{static_cast<uint32_t>(info.args.size())};
  start.args = strings.end();
  for (const std::string& text : info.args) words.push_back(strings.add(text));
  start.args_end = start.env = strings.end();
  words.push_back(0);
  for (const std::string& text : info.env) words.push_back(strings.add(text));
  start.env_end = strings.end();
  words.push_back(0);
  const uint32_t vector[][2] = {
      {AT_PAGESZ, k_page_bytes},
      {AT_CLKTCK, k_clock_ticks},
      {AT_UID, info.uid},
      {AT_EUID, info.euid},
      {AT_GID, info.gid},
      {AT_EGID, info.egid},
      {AT_SECURE, 0},
      {AT_HWCAP, 0},
      {AT_RANDOM, strings.add(info.random.data(), info.random.size())},
      {AT_EXECFN, strings.add(info.program)},
      {AT_PLATFORM, strings.add(k_platform)},
      {AT_NULL, 0},
  };
  for (const auto& entry : vector) {
    start.auxiliary.insert(start.auxiliary.end(), std::begin(entry), std::end(entry));
  }
  words.insert(words.end(), start.auxiliary.begin(), start.auxiliary.end());
  return words;
}

}  // namespace

std::vector<uint8_t> build_initial_stack(const StartInfo& info, uint32_t top, uint32_t limit,
                                         StartMemory& start) {
  uint64_t text = string_bytes(info);
  if (text + (info.args.size() + info.env.size() + 32) * sizeof(uint32_t) > limit) return {};
  Strings strings(static_cast<uint32_t>(top - text));
  std::vector<uint32_t> words = words_of(info, strings, start);
  uint64_t words_begin = top - text - words.size() * sizeof(uint32_t);
  start.stack = static_cast<uint32_t>(words_begin & ~uint64_t{k_alignment - 1});
  std::vector<uint8_t> block(top - start.stack);
  std::memcpy(block.data(), words.data(), words.size() * sizeof(uint32_t));
  std::memcpy(block.data() + (block.size() - text), strings.bytes().data(), text);
  return block;
}

}  // namespace lindvm::linux_abi
