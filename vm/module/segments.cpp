// Element and data segments (spec 5.5.12, 5.5.14).

#include <fmt/format.h>

#include "vm/isa/opcodes.h"
#include "vm/module/decoder.h"
#include "vm/module/limits.h"

namespace lindvm {

namespace {

// Bits of an element segment's flags.
constexpr uint32_t k_not_active = 1;       // passive or declarative
constexpr uint32_t k_has_index = 2;        // active: table index is given; else declarative
constexpr uint32_t k_has_expressions = 4;  // constant expressions rather than function indices

constexpr ValType k_non_null_funcref = ValType::ref(HeapKind::func, false);

SegmentMode mode_of(uint32_t flags) {
  if (!(flags & k_not_active)) return SegmentMode::active;
  return flags & k_has_index ? SegmentMode::declarative : SegmentMode::passive;
}

}  // namespace

void ModuleDecoder::element_functions(ElementSegment& segment) {
  uint32_t functions = count(0, k_max_elements, "elements in a segment");
  segment.first_function = static_cast<uint32_t>(m_.element_functions_.size());
  segment.function_count = functions;
  for (uint32_t i = 0; i < functions && !reader_.failed(); i++) {
    uint64_t at = reader_.offset();
    uint32_t index = known_index(ExternKind::function, reader_.u32(), at);
    if (reader_.failed()) return;
    validator_.declare_function(index);
    m_.element_functions_.push_back(index);
  }
}

void ModuleDecoder::element_expressions(ElementSegment& segment) {
  uint32_t expressions = count(0, k_max_elements, "elements in a segment");
  segment.first_expr = static_cast<uint32_t>(m_.element_exprs_.size());
  segment.expr_count = expressions;
  for (uint32_t i = 0; i < expressions && !reader_.failed(); i++)
    m_.element_exprs_.push_back(const_expr(segment.type));
}

void ModuleDecoder::element_segment() {
  ElementSegment segment;
  uint64_t at = reader_.offset();
  uint32_t flags = reader_.u32();
  if (flags > 7) return reader_.malformed("malformed elements segment kind", at);
  segment.mode = mode_of(flags);
  bool is_active = segment.mode == SegmentMode::active;
  if (is_active) {
    uint64_t table_at = reader_.offset();
    uint32_t table = flags & k_has_index ? reader_.u32() : 0;
    segment.table = known_index(ExternKind::table, table, table_at);
    if (reader_.failed()) return;
    segment.offset = const_expr(m_.tables_[table].type.is64 ? k_i64 : k_i32);
  }
  bool has_kind = flags & (k_not_active | k_has_index);
  uint64_t kind_at = reader_.offset();
  if (flags & k_has_expressions) {
    segment.type = has_kind ? type_decoder_.reference_type(reader_) : k_funcref;
  } else {
    segment.type = k_non_null_funcref;
    if (has_kind && reader_.u8() != 0) return reader_.malformed("malformed element kind", kind_at);
  }
  if (is_active && !reader_.failed() && !is_subtype(segment.type, m_.tables_[segment.table].type.element))
    return reader_.invalid("type mismatch: element segment does not fit the table", at);
  flags& k_has_expressions ? element_expressions(segment) : element_functions(segment);
  m_.element_segments_.push_back(segment);
}

void ModuleDecoder::element_section() {
  uint32_t segments = count(0, k_max_element_segments, "element segments");
  for (uint32_t i = 0; i < segments && !reader_.failed(); i++) element_segment();
}

void ModuleDecoder::data_segment() {
  DataSegment segment;
  uint64_t at = reader_.offset();
  uint32_t flags = reader_.u32();
  if (flags > 2) return reader_.malformed("malformed data segment kind", at);
  segment.mode = flags == 1 ? SegmentMode::passive : SegmentMode::active;
  if (segment.mode == SegmentMode::active) {
    uint64_t memory_at = reader_.offset();
    segment.memory = known_index(ExternKind::memory, flags == 2 ? reader_.u32() : 0, memory_at);
    if (reader_.failed()) return;
    segment.offset = const_expr(m_.memories_[segment.memory].is64 ? k_i64 : k_i32);
  }
  uint32_t size = reader_.u32();
  uint32_t begin = reader_.offset();
  if (!reader_.skip(size)) return;
  segment.bytes = {begin, begin + size};
  m_.data_segments_.push_back(segment);
}

void ModuleDecoder::data_section() {
  uint64_t at = reader_.offset();
  uint32_t segments = count(0, k_max_data_segments, "data segments");
  if (!reader_.failed() && validator_.data_count().value_or(segments) != segments)
    return reader_.malformed("data count and data section have inconsistent lengths", at);
  m_.data_segments_.reserve(segments);
  for (uint32_t i = 0; i < segments && !reader_.failed(); i++) data_segment();
}

}  // namespace lindvm
