#include "jit/cache/record.h"

#include <algorithm>
#include <cstring>

namespace lindvm::jit {
namespace {

struct Header {
  uint32_t code_bytes, frame_slots, relocations, sites, handlers, loops;
};

/// The greatest frame that the compiler makes is far smaller.
constexpr uint32_t k_max_frame_slots = 1u << 24;

struct PackedRelocation {
  uint32_t at, kind, target;
};

enum HandlerFlag : uint32_t {
  k_push_payload = 1,
  k_push_exnref = 2,
  k_exnref_first = 4,
  k_delegate = 8,
  k_all_flags = 15
};

struct PackedHandler {
  uint32_t begin, end, tag, target;
  int32_t payload_offset;
  uint32_t depth, delegate_depth, flags;
};

PackedHandler pack(const HandlerRange& h) {
  uint32_t flags = (h.push_payload ? k_push_payload : 0u) | (h.push_exnref ? k_push_exnref : 0u) |
                   (h.exnref_first ? k_exnref_first : 0u) | (h.is_delegate ? k_delegate : 0u);
  return {h.begin, h.end, h.tag, h.target, h.payload_offset, h.depth, h.delegate_depth, flags};
}

HandlerRange unpack(const PackedHandler& h) {
  HandlerRange range;
  range.begin = h.begin;
  range.end = h.end;
  range.tag = h.tag;
  range.target = h.target;
  range.payload_offset = h.payload_offset;
  range.push_payload = h.flags & k_push_payload;
  range.push_exnref = h.flags & k_push_exnref;
  range.exnref_first = h.flags & k_exnref_first;
  range.depth = h.depth;
  range.is_delegate = h.flags & k_delegate;
  range.delegate_depth = h.delegate_depth;
  return range;
}

template <class T>
void append(std::vector<uint8_t>& out, std::span<const T> items) {
  auto* bytes = reinterpret_cast<const uint8_t*>(items.data());
  out.insert(out.end(), bytes, bytes + items.size_bytes());
}

/// Takes arrays from the front of bytes, as far as they go.
class Cursor {
 public:
  explicit Cursor(std::span<const uint8_t> rest) : rest_(rest) {}

  std::optional<std::span<const uint8_t>> bytes(uint64_t count) {
    if (count > rest_.size()) return {};
    auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }
  template <class T>
  bool array(uint32_t count, std::vector<T>& into) {
    auto taken = bytes(uint64_t{count} * sizeof(T));
    if (!taken) return false;
    into.resize(count);
    if (count != 0) std::memcpy(into.data(), taken->data(), taken->size());
    return true;
  }
  bool at_end() const { return rest_.empty(); }

 private:
  std::span<const uint8_t> rest_;
};

bool relocations_fit(const std::vector<PackedRelocation>& packed, uint32_t code_bytes,
                     const RecordLimits& limits) {
  return std::all_of(packed.begin(), packed.end(), [&](const PackedRelocation& relocation) {
    if (relocation.kind > static_cast<uint32_t>(RelocationKind::type)) return false;
    bool is_type = relocation.kind == static_cast<uint32_t>(RelocationKind::type);
    uint64_t end = uint64_t{relocation.at} + limits.field_sizes[relocation.kind];
    return end <= code_bytes && relocation.target < (is_type ? limits.types : limits.addresses);
  });
}

bool sites_fit(const std::vector<CodeSite>& sites, uint32_t code_bytes, const RecordLimits& limits) {
  uint64_t next = 0;
  return std::all_of(sites.begin(), sites.end(), [&](const CodeSite& site) {
    bool is_in_order = site.offset >= next;
    next = uint64_t{site.offset};
    return is_in_order && site.offset < code_bytes && site.home < code_bytes &&
           site.wasm_offset < limits.module_bytes;
  });
}

bool handlers_fit(const std::vector<PackedHandler>& handlers, uint32_t code_bytes) {
  return std::all_of(handlers.begin(), handlers.end(), [&](const PackedHandler& handler) {
    return handler.begin <= handler.end && handler.end <= code_bytes && handler.target <= code_bytes &&
           handler.flags <= k_all_flags;
  });
}

bool loops_fit(const std::vector<LoopEntry>& loops, uint32_t code_bytes, const RecordLimits& limits) {
  return std::all_of(loops.begin(), loops.end(), [&](const LoopEntry& loop) {
    return loop.offset < code_bytes && loop.wasm_offset < limits.module_bytes;
  });
}

}  // namespace

void write_record(const FunctionRecord& record, std::vector<uint8_t>& out) {
  auto count = [](const auto& items) { return static_cast<uint32_t>(items.size()); };
  Header header{count(record.code),  record.frame_slots,     count(record.relocations),
                count(record.sites), count(record.handlers), count(record.loops)};
  append(out, std::span<const Header>(&header, 1));
  append(out, record.code);
  for (const PortableRelocation& relocation : record.relocations) {
    PackedRelocation packed{relocation.at, static_cast<uint32_t>(relocation.kind), relocation.target};
    append(out, std::span<const PackedRelocation>(&packed, 1));
  }
  append(out, std::span<const CodeSite>(record.sites));
  for (const HandlerRange& handler : record.handlers) {
    PackedHandler packed = pack(handler);
    append(out, std::span<const PackedHandler>(&packed, 1));
  }
  append(out, std::span<const LoopEntry>(record.loops));
}

std::optional<FunctionRecord> read_record(std::span<const uint8_t> bytes, const RecordLimits& limits) {
  Cursor cursor(bytes);
  auto start = cursor.bytes(sizeof(Header));
  if (!start) return {};
  Header header;
  std::memcpy(&header, start->data(), sizeof header);
  FunctionRecord record;
  record.frame_slots = header.frame_slots;
  std::vector<PackedRelocation> relocations;
  std::vector<PackedHandler> handlers;
  auto code = cursor.bytes(header.code_bytes);
  if (!code || code->empty() || header.frame_slots > k_max_frame_slots) return {};
  record.code = *code;
  bool is_complete = cursor.array(header.relocations, relocations) &&
                     cursor.array(header.sites, record.sites) && cursor.array(header.handlers, handlers) &&
                     cursor.array(header.loops, record.loops) && cursor.at_end();
  if (!is_complete || !relocations_fit(relocations, header.code_bytes, limits) ||
      !sites_fit(record.sites, header.code_bytes, limits) || !handlers_fit(handlers, header.code_bytes) ||
      !loops_fit(record.loops, header.code_bytes, limits)) {
    return {};
  }
  for (const PackedRelocation& packed : relocations) {
    record.relocations.push_back({packed.at, static_cast<RelocationKind>(packed.kind), packed.target});
  }
  for (const PackedHandler& packed : handlers) record.handlers.push_back(unpack(packed));
  return record;
}

}  // namespace lindvm::jit
