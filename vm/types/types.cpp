#include "vm/types/types.h"

#include <fmt/format.h>

namespace lindvm {

namespace {

const char* heap_kind_name(HeapKind kind) {
  switch (kind) {
    case HeapKind::func:
      return "func";
    case HeapKind::nofunc:
      return "nofunc";
    case HeapKind::extern_:
      return "extern";
    case HeapKind::noextern:
      return "noextern";
    case HeapKind::any:
      return "any";
    case HeapKind::eq:
      return "eq";
    case HeapKind::i31:
      return "i31";
    case HeapKind::struct_:
      return "struct";
    case HeapKind::array:
      return "array";
    case HeapKind::none:
      return "none";
    case HeapKind::exn:
      return "exn";
    case HeapKind::noexn:
      return "noexn";
    case HeapKind::bottom:
      return "bottom";
  }
  return "?";
}

std::string to_string(const std::vector<ValType>& types) {
  std::string text = "[";
  for (ValType type : types) {
    if (text.size() > 1) text += ' ';
    text += to_string(type);
  }
  return text + ']';
}

}  // namespace

std::string to_string(HeapType type) {
  if (type.is_concrete()) return fmt::format("(type {})", static_cast<uint32_t>(type.type_id()));
  return heap_kind_name(type.kind());
}

std::string to_string(ValType type) {
  switch (type.kind()) {
    case ValKind::bottom:
      return "unknown";
    case ValKind::i32:
      return "i32";
    case ValKind::i64:
      return "i64";
    case ValKind::f32:
      return "f32";
    case ValKind::f64:
      return "f64";
    case ValKind::v128:
      return "v128";
    case ValKind::ref:
      break;
  }
  if (type == k_funcref || type == k_externref || type == k_exnref) return to_string(type.heap()) + "ref";
  return fmt::format("(ref {}{})", type.is_nullable() ? "null " : "", to_string(type.heap()));
}

std::string to_string(const FuncType& type) {
  return to_string(type.params) + " -> " + to_string(type.results);
}

}  // namespace lindvm
