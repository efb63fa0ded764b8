#pragma once
// The sections of a module in file order, for listings. Reads the framing only; of bytes that are no valid
// module, the list ends where they stop making sense.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vm/module/module.h"

namespace lindvm {

struct Section {
  std::string name;   ///< e.g. "code"; of custom sections "custom: NAME"
  ByteRange payload;  ///< after the id and the size
};

std::vector<Section> list_sections(std::span<const uint8_t> module);

}  // namespace lindvm
