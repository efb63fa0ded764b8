#include "vm/runtime/code_space.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "vm/interp/instr.h"
#include "vm/interp/translation.h"

namespace lindvm {

namespace {

constexpr size_t k_first_chunk = size_t{64} << 10;
constexpr size_t k_last_chunk = size_t{16} << 20;
/// Chunks of this size and more are worth huge pages: a page fault for each 4 KiB would take as long as the
/// translation.
constexpr size_t k_huge_chunk = size_t{4} << 20;
/// Of smaller chunks pages are asked for so many bytes at a time, for the same reason.
constexpr size_t k_populated_step = size_t{64} << 10;

}  // namespace

struct CodeSpace::Chunk {
  Reservation memory;
  size_t used = 0;
  size_t populated = 0;  ///< bytes whose pages need not be asked for any more
  /// In order of their code. Guarded by the lock of the chunk map.
  std::vector<const FunctionTranslation*> translations;
};

namespace {

/// All chunks of the process by address of their first byte.
template <class Chunk>
struct ChunkMap {
  std::shared_mutex mutex;
  std::map<const std::byte*, const Chunk*> by_start;

  /// Never destroyed: modules may live as long as the process.
  static ChunkMap& instance() {
    static ChunkMap& map = *new ChunkMap;
    return map;
  }
};

}  // namespace

CodeSpace::CodeSpace() = default;

CodeSpace::~CodeSpace() {
  auto& map = ChunkMap<Chunk>::instance();
  std::unique_lock lock(map.mutex);
  for (const auto& chunk : chunks_) map.by_start.erase(chunk->memory.base());
}

CodeSpace::Chunk* CodeSpace::add_chunk(size_t bytes) {
  size_t size = std::max(bytes, std::clamp(total_, k_first_chunk, k_last_chunk));
  std::optional<Reservation> memory = Reservation::reserve(size);
  if (!memory || !memory->commit(0, size)) return nullptr;
  auto chunk = std::make_unique<Chunk>();
  if (size >= k_huge_chunk) {
    memory->prefer_huge_pages();
    chunk->populated = size;
  }
  chunk->memory = std::move(*memory);
  total_ += size;
  auto& map = ChunkMap<Chunk>::instance();
  std::unique_lock lock(map.mutex);
  map.by_start.emplace(chunk->memory.base(), chunk.get());
  return chunks_.emplace_back(std::move(chunk)).get();
}

std::byte* CodeSpace::reserve(size_t bytes) {
  Chunk* chunk = chunks_.empty() ? nullptr : chunks_.back().get();
  if (chunk == nullptr || chunk->memory.size() - chunk->used < bytes) chunk = add_chunk(bytes);
  if (chunk == nullptr) return nullptr;
  if (chunk->used + bytes > chunk->populated) {
    size_t step = std::min(std::max(bytes, k_populated_step), chunk->memory.size() - chunk->populated);
    chunk->memory.populate(chunk->populated, step);
    chunk->populated += step;
  }
  return chunk->memory.base() + chunk->used;
}

void CodeSpace::take(size_t bytes, const FunctionTranslation& translation) {
  Chunk& chunk = *chunks_.back();
  chunk.used += (bytes + alignof(Instr) - 1) & ~(alignof(Instr) - 1);
  std::unique_lock lock(ChunkMap<Chunk>::instance().mutex);
  chunk.translations.push_back(&translation);
}

const FunctionTranslation* CodeSpace::find(const Instr* ip) {
  auto& map = ChunkMap<Chunk>::instance();
  std::shared_lock lock(map.mutex);
  auto after = map.by_start.upper_bound(reinterpret_cast<const std::byte*>(ip));
  if (after == map.by_start.begin()) return nullptr;
  const auto& translations = std::prev(after)->second->translations;
  auto next = std::upper_bound(
      translations.begin(), translations.end(), ip,
      [](const Instr* at, const FunctionTranslation* translation) { return at < translation->instrs; });
  if (next == translations.begin()) return nullptr;
  const FunctionTranslation* translation = *std::prev(next);
  return translation->contains(ip) ? translation : nullptr;
}

}  // namespace lindvm
