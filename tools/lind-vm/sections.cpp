#include "tools/lind-vm/sections.h"

#include <iterator>
#include <optional>

namespace lindvm {
namespace {

constexpr const char* k_section_names[] = {"custom", "type",   "import",     "function", "table",
                                           "memory", "global", "export",     "start",    "element",
                                           "code",   "data",   "data count", "tag"};

std::optional<uint32_t> read_u32(std::span<const uint8_t> bytes, size_t& position) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 35 && position < bytes.size(); shift += 7) {
    uint8_t byte = bytes[position++];
    value |= uint64_t{byte & 0x7fu} << shift;
    if (!(byte & 0x80)) return static_cast<uint32_t>(value);
  }
  return {};
}

std::string custom_name(std::span<const uint8_t> bytes, ByteRange payload) {
  size_t position = payload.begin;
  auto length = read_u32(bytes, position);
  if (!length || *length > payload.end - position) return "custom";
  auto name = bytes.subspan(position, *length);
  return "custom: " + std::string(name.begin(), name.end());
}

}  // namespace

std::vector<Section> list_sections(std::span<const uint8_t> module) {
  std::vector<Section> sections;
  size_t position = 8;
  while (position < module.size()) {
    uint8_t id = module[position++];
    auto size = read_u32(module, position);
    if (!size || *size > module.size() - position || id >= std::size(k_section_names)) break;
    ByteRange payload{static_cast<uint32_t>(position), static_cast<uint32_t>(position + *size)};
    sections.push_back({id == 0 ? custom_name(module, payload) : k_section_names[id], payload});
    position = payload.end;
  }
  return sections;
}

}  // namespace lindvm
