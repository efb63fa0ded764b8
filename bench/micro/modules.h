#pragma once
// The modules that the micro-benchmarks load: files that the build made, and larger ones made of them.

#include <cstdint>
#include <string>
#include <vector>

namespace lindvm::bench {

/// Bytes of a file that the build made (LINDVM_BENCH_DATA).
std::vector<uint8_t> read_bench_file(const std::string& name);

/// A module of compiled C++ with each of its functions repeated `copies` times: real code at the size of
/// large programs. Custom sections are left out.
std::vector<uint8_t> large_module(uint32_t copies);

}  // namespace lindvm::bench
