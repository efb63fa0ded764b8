#pragma once
// Implementation limits of the decoder: beyond them a module is refused as "unsupported". Most are those of
// the JavaScript embedding, which all toolchains respect. They bound memory and time by a small multiple of
// the input. Constants only.

#include <cstdint>

namespace lindvm {

constexpr uint64_t k_max_module_bytes = uint64_t{1} << 30;
constexpr uint32_t k_max_types = 1'000'000;
constexpr uint32_t k_max_imports = 1'000'000;
constexpr uint32_t k_max_functions = 1'000'000;
constexpr uint32_t k_max_globals = 1'000'000;
constexpr uint32_t k_max_tags = 1'000'000;
constexpr uint32_t k_max_exports = 1'000'000;
constexpr uint32_t k_max_tables = 10'000;  // each is a mapping of the host's, as is each memory
constexpr uint32_t k_max_memories = 10'000;
constexpr uint32_t k_max_data_segments = 1'000'000;
constexpr uint32_t k_max_element_segments = 1'000'000;
constexpr uint32_t k_max_elements = 10'000'000;  // of one segment
constexpr uint32_t k_max_params = 1'000;
constexpr uint32_t k_max_results = 1'000;
constexpr uint32_t k_max_fields = 10'000;
constexpr uint32_t k_max_locals = 50'000;  // parameters included
constexpr uint32_t k_max_body_bytes = 128u << 20;
constexpr uint32_t k_max_control_depth = 1'000'000;
constexpr uint32_t k_max_array_new_fixed = 10'000;

}  // namespace lindvm
