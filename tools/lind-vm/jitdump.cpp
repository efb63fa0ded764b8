#include "tools/lind-vm/jitdump.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>
#include <utility>

namespace lindvm {
namespace {

enum Record : uint32_t { k_code_load = 0, k_debug_info = 2 };

#if defined(__aarch64__)
constexpr uint32_t k_machine = EM_AARCH64;
#else
constexpr uint32_t k_machine = EM_X86_64;
#endif

// In the byte order of the machine, as perf reads both.

struct FileHeader {
  uint32_t magic = 0x4A695444;  // "JiTD"
  uint32_t version = 1;
  uint32_t size = 40;
  uint32_t machine = k_machine;
  uint32_t unused = 0;
  uint32_t pid = static_cast<uint32_t>(getpid());
  uint64_t time;
  uint64_t flags = 0;
};
static_assert(sizeof(FileHeader) == 40);

struct RecordHeader {
  uint32_t kind;
  uint32_t size;  ///< with this header
  uint64_t time;
};
static_assert(sizeof(RecordHeader) == 16);

/// Followed by the name, a zero, and the code.
struct CodeLoad {
  uint32_t pid, tid;
  uint64_t address, place;  ///< the same unless code is moved before it runs
  uint64_t size;
  uint64_t index;
};
static_assert(sizeof(CodeLoad) == 40);

/// Followed by that many lines.
struct DebugInfo {
  uint64_t address;
  uint64_t count;
};

/// Followed by the file's name and a zero.
struct Line {
  uint64_t address;
  uint32_t line;
  uint32_t discriminator;
};

/// The clock that `perf record -k mono` uses.
uint64_t now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

template <class T>
void append(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

uint64_t address_of(const MachineCode& code, uint32_t offset) {
  return reinterpret_cast<uintptr_t>(code.begin) + offset;
}

void append_line(std::string& entries, uint64_t address, const SourceLocation& place) {
  append(entries, Line{address, place.line, 0});
  entries += place.file;
  entries += '\0';
}

std::string load_record(const MachineCode& code, uint64_t index) {
  auto tid = static_cast<uint32_t>(syscall(SYS_gettid));
  uint64_t address = address_of(code, 0);
  std::string body;
  append(body, CodeLoad{static_cast<uint32_t>(getpid()), tid, address, address, code.size, index});
  body += jit::machine_code_name(code);
  body += '\0';
  body.append(reinterpret_cast<const char*>(code.begin), code.size);
  return body;
}

}  // namespace

/// The name is one that others may guess: what is there already is not written to.
std::unique_ptr<JitDump> JitDump::create() {
  std::string name = fmt::format("/tmp/jit-{}.dump", getpid());
  unlink(name.c_str());
  std::unique_ptr<JitDump> dump(
      new JitDump(OwnedFd(open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644))));
  return dump->file_ && dump->begin() ? std::move(dump) : nullptr;
}

/// An executable mapping of the file's first page is how perf learns that there is such a file.
bool JitDump::begin() {
  FileHeader header{.time = now()};
  if (::write(file_.get(), &header, sizeof header) != sizeof header) return false;
  marker_bytes_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  void* marker = mmap(nullptr, marker_bytes_, PROT_READ | PROT_EXEC, MAP_PRIVATE, file_.get(), 0);
  if (marker == MAP_FAILED) return false;
  marker_ = marker;
  return true;
}

JitDump::~JitDump() {
  if (marker_) munmap(marker_, marker_bytes_);
}

/// Lines come before the code that they are about.
void JitDump::add(const MachineCode& code, std::span<const jit::InstructionStart> starts) {
  std::lock_guard lock(mutex_);
  if (std::string body = lines(code, starts); !body.empty()) write(k_debug_info, body);
  write(k_code_load, load_record(code, next_index_++));
}

/// A record that does not get to the file whole ends what perf reads; there is nobody to tell.
void JitDump::write(uint32_t record, const std::string& body) {
  std::string bytes;
  append(bytes, RecordHeader{record, static_cast<uint32_t>(sizeof(RecordHeader) + body.size()), now()});
  bytes += body;
  if (::write(file_.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) file_ = {};
}

/// An entry wherever file or line change, and one at the end, where perf ends the table.
std::string JitDump::lines(const MachineCode& code, std::span<const jit::InstructionStart> starts) {
  SourceMap* map = source_map(code.function->owner->module());
  if (!map) return {};
  uint64_t count = 0;
  std::string entries;
  SourceLocation last;
  for (const jit::InstructionStart& start : starts) {
    std::optional<SourceLocation> here = map->position(start.module_offset);
    if (!here || here->line == 0 || (here->line == last.line && here->file == last.file)) continue;
    append_line(entries, address_of(code, start.code_offset), *here);
    last = std::move(*here);
    ++count;
  }
  if (count == 0) return {};
  append_line(entries, address_of(code, code.size), last);
  std::string body;
  append(body, DebugInfo{address_of(code, 0), count + 1});
  return body + entries;
}

SourceMap* JitDump::source_map(const Module& module) {
  auto [place, is_new] = maps_.try_emplace(&module);
  if (is_new) place->second = SourceMap::make(module);
  return place->second.get();
}

}  // namespace lindvm
