#include "vm/runtime/extern_types.h"

#include <fmt/format.h>

#include "memory/linear_memory.h"

namespace lindvm {
namespace {

bool limits_match(const Limits& actual, const Limits& declared) {
  if (actual.min < declared.min) return false;
  return !declared.max || (actual.max && *actual.max <= *declared.max);
}

bool types_match(const SignatureType& actual, const SignatureType& declared) {
  if (actual.kind != declared.kind) return false;
  if (actual.kind == ExternKind::tag) return actual.type == declared.type;
  return is_subtype(actual.type, declared.type);
}

bool types_match(const TableType& actual, const TableType& declared) {
  return actual.element == declared.element && actual.is64 == declared.is64 &&
         limits_match(actual.limits, declared.limits);
}

bool types_match(const MemoryType& actual, const MemoryType& declared) {
  return actual.is64 == declared.is64 && actual.is_shared == declared.is_shared &&
         actual.page_size_log2 == declared.page_size_log2 && limits_match(actual.limits, declared.limits);
}

bool types_match(const GlobalType& actual, const GlobalType& declared) {
  if (actual.is_mutable != declared.is_mutable) return false;
  return declared.is_mutable ? actual.type == declared.type : is_subtype(actual.type, declared.type);
}

std::string limits_text(const Limits& limits, bool is64) {
  std::string text = fmt::format("{}{}", is64 ? "i64 " : "", limits.min);
  if (limits.max) text += fmt::format(" {}", *limits.max);
  return text;
}

std::string type_text(const SignatureType& type) {
  return fmt::format("{} {}", to_string(type.kind), to_string(func_type(type.type)));
}
std::string type_text(const TableType& type) {
  return fmt::format("table {} {}", limits_text(type.limits, type.is64), to_string(type.element));
}
std::string type_text(const MemoryType& type) {
  std::string text = "memory " + limits_text(type.limits, type.is64);
  if (type.is_shared) text += " shared";
  if (type.page_size_log2 != 16) text += fmt::format(" (pagesize {})", type.page_size());
  return text;
}
std::string type_text(const GlobalType& type) {
  return type.is_mutable ? fmt::format("global (mut {})", to_string(type.type))
                         : "global " + to_string(type.type);
}

MemoryType memory_type(const LinearMemory& memory) {
  MemoryType type;
  type.limits = {memory.size_pages(), memory.max_pages()};
  type.is64 = memory.is64();
  type.is_shared = memory.is_shared();
  type.page_size_log2 = memory.page_size_log2();
  return type;
}

Error link_error(const char* wording, const Import& import, const std::string& types) {
  return {ErrorKind::unlinkable,
          fmt::format("{}: \"{}\" \"{}\": {}", wording, import.module, import.name, types)};
}

}  // namespace

ExternType declared_type(const Module& module, const Import& import) {
  switch (import.kind) {
    case ExternKind::function:
      return SignatureType{import.kind, module.functions()[import.index].type};
    case ExternKind::table:
      return module.tables()[import.index].type;
    case ExternKind::memory:
      return module.memories()[import.index];
    case ExternKind::global:
      return module.globals()[import.index].type;
    case ExternKind::tag:
      break;
  }
  return SignatureType{ExternKind::tag, module.tags()[import.index].type};
}

ExternType current_type(const External& external) {
  switch (external.kind) {
    case ExternKind::function:
      return SignatureType{external.kind, external.function->type};
    case ExternKind::table:
      return external.table->type();
    case ExternKind::memory:
      return memory_type(*external.memory);
    case ExternKind::global:
      return GlobalType{external.global.type, external.global.is_mutable};
    case ExternKind::tag:
      break;
  }
  return SignatureType{ExternKind::tag, external.tag->type};
}

bool matches(const ExternType& actual, const ExternType& declared) {
  return std::visit(
      [&](const auto& type) {
        const auto* other = std::get_if<std::decay_t<decltype(type)>>(&declared);
        return other && types_match(type, *other);
      },
      actual);
}

std::string to_string(const ExternType& type) {
  return std::visit([](const auto& alternative) { return type_text(alternative); }, type);
}

Result<void> check_import(const Module& module, const Import& import, const External* resolved) {
  ExternType declared = declared_type(module, import);
  if (!resolved) return link_error("unknown import", import, to_string(declared));
  ExternType actual = current_type(*resolved);
  if (matches(actual, declared)) return {};
  return link_error("incompatible import type", import,
                    fmt::format("expected {}, found {}", to_string(declared), to_string(actual)));
}

}  // namespace lindvm
