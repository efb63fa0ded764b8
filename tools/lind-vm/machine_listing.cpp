#include "tools/lind-vm/machine_listing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "vm/isa/disassembler.h"
#include "vm/runtime/backtrace.h"

namespace lindvm {
namespace {

#if defined(__aarch64__)
constexpr const char* k_objdump_machine = "-m aarch64";
#else
constexpr const char* k_objdump_machine = "-m i386:x86-64 -M intel";
#endif

/// What objdump prints for the code, at its own addresses; empty if there is no objdump.
std::string objdump(const MachineCode& code) {
  char name[] = "/tmp/lind-vm-code-XXXXXX";
  int fd = mkstemp(name);
  if (fd < 0) return {};
  bool written = write(fd, code.begin, code.size) == static_cast<ssize_t>(code.size);
  close(fd);
  std::string text;
  std::string command = fmt::format("objdump -D -b binary {} --adjust-vma={:#x} {} 2>/dev/null",
                                    k_objdump_machine, reinterpret_cast<uintptr_t>(code.begin), name);
  FILE* pipe = written ? popen(command.c_str(), "r") : nullptr;
  char buffer[4096];
  while (pipe) {
    size_t count = fread(buffer, 1, sizeof buffer, pipe);
    text.append(buffer, count);
    if (count == 0) break;
  }
  if (pipe) pclose(pipe);
  unlink(name);
  return text;
}

/// The address at the start of a line of objdump's, or nothing.
std::optional<uint64_t> address_of(std::string_view line) {
  size_t first = line.find_first_not_of(' '), colon = line.find(":\t");
  if (first == std::string_view::npos || colon == std::string_view::npos) return {};
  uint64_t address = 0;
  auto parsed = std::from_chars(line.data() + first, line.data() + colon, address, 16);
  return parsed.ec == std::errc() && parsed.ptr == line.data() + colon ? std::optional(address)
                                                                       : std::nullopt;
}

std::string wasm_line(const Module& module, uint32_t offset) {
  return fmt::format("{:#08x}  {}\n", offset, disassemble(module.bytes(), offset).text);
}

}  // namespace

std::string machine_listing(const MachineCode& code, std::span<const jit::InstructionStart> starts) {
  const Module& module = code.function->owner->module();
  std::string text =
      fmt::format("\nfunction {} {}: {} bytes at {}\n", code.function->index,
                  function_name(module, code.function->index), code.size, fmt::ptr(code.begin));
  std::string listing = objdump(code);
  size_t next = 0;
  for (size_t begin = 0; begin < listing.size();) {
    size_t end = listing.find('\n', begin);
    std::string_view line(listing.data() + begin, end - begin);
    begin = end == std::string::npos ? listing.size() : end + 1;
    auto address = address_of(line);
    if (!address) continue;
    uint64_t offset = *address - reinterpret_cast<uintptr_t>(code.begin);
    for (; next < starts.size() && starts[next].code_offset <= offset; ++next) {
      text += wasm_line(module, starts[next].module_offset);
    }
    text += fmt::format("    {}\n", line);
  }
  return text;
}

void add_to_perf_map(const MachineCode& code) {
  std::string name = fmt::format("/tmp/perf-{}.map", getpid());
  FILE* map = std::fopen(name.c_str(), "ae");
  if (!map) return;
  fmt::print(map, "{:x} {:x} {}\n", reinterpret_cast<uintptr_t>(code.begin), code.size,
             jit::machine_code_name(code));
  std::fclose(map);
}

}  // namespace lindvm
