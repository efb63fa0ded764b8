#include "bench/micro/modules.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>

namespace lindvm::bench {
namespace {

uint32_t read_leb(std::span<const uint8_t> bytes, size_t& at) {
  uint32_t value = 0;
  for (int shift = 0;; shift += 7) {
    uint8_t byte = bytes[at++];
    value |= uint32_t{byte & 0x7fu} << shift;
    if (byte < 0x80) return value;
  }
}

void write_leb(std::vector<uint8_t>& out, uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<uint8_t>(value | 0x80));
  out.push_back(static_cast<uint8_t>(value));
}

/// The vector section with its items `copies` times over.
std::vector<uint8_t> repeat_items(std::span<const uint8_t> section, uint32_t copies) {
  size_t at = 0;
  uint32_t count = read_leb(section, at);
  std::vector<uint8_t> out;
  write_leb(out, count * copies);
  for (uint32_t i = 0; i < copies; ++i) out.insert(out.end(), section.begin() + at, section.end());
  return out;
}

}  // namespace

std::vector<uint8_t> read_bench_file(const std::string& name) {
  std::ifstream file(std::string(LINDVM_BENCH_DATA) + "/" + name, std::ios::binary);
  if (!file) {
    std::fprintf(stderr, "micro-benchmarks: cannot read %s/%s\n", LINDVM_BENCH_DATA, name.c_str());
    std::exit(1);
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<uint8_t> large_module(uint32_t copies) {
  constexpr uint8_t k_custom = 0, k_functions = 3, k_code = 10;
  constexpr size_t k_header = 8;
  const std::vector<uint8_t> file = read_bench_file("cpp_containers.wasm");
  const std::span<const uint8_t> bytes(file);
  std::vector<uint8_t> out(file.begin(), file.begin() + k_header);
  for (size_t at = k_header; at < bytes.size();) {
    const uint8_t id = bytes[at++];
    const uint32_t size = read_leb(bytes, at);
    const auto content = bytes.subspan(at, size);
    at += size;
    if (id == k_custom) continue;
    const bool repeated = id == k_functions || id == k_code;
    const auto section = repeat_items(content, repeated ? copies : 1);
    out.push_back(id);
    write_leb(out, static_cast<uint32_t>(section.size()));
    out.insert(out.end(), section.begin(), section.end());
  }
  return out;
}

}  // namespace lindvm::bench
