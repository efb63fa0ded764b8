#include "vm/runtime/call_mismatch.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "vm/module/load.h"
#include "vm/runtime/backtrace.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/source_map.h"

namespace lindvm {
namespace {

/// Bytes of the binary format (spec 5).
class Bytes {
 public:
  Bytes& u8(uint8_t byte) {
    bytes_.push_back(byte);
    return *this;
  }
  Bytes& u32(uint64_t value) {
    for (; value >= 0x80; value >>= 7) u8(static_cast<uint8_t>(value | 0x80));
    return u8(static_cast<uint8_t>(value));
  }
  Bytes& text(std::string_view name) {
    u32(name.size());
    bytes_.insert(bytes_.end(), name.begin(), name.end());
    return *this;
  }
  Bytes& raw(const Bytes& other) {
    bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end());
    return *this;
  }
  Bytes& sized(const Bytes& content) { return u32(content.bytes_.size()).raw(content); }
  Bytes& section(uint8_t id, const Bytes& content) { return u8(id).sized(content); }
  std::span<const uint8_t> data() const { return bytes_; }

 private:
  std::vector<uint8_t> bytes_;
};

constexpr uint8_t k_section_custom = 0, k_section_type = 1, k_section_import = 2, k_section_function = 3,
                  k_section_export = 7, k_section_code = 10;
constexpr uint8_t k_drop = 0x1a, k_local_get = 0x20, k_call = 0x10, k_end = 0x0b;

/// Of a number or vector.
struct TypeEncoding {
  uint8_t type;
  uint8_t constant;
  unsigned zero_bytes;
};
TypeEncoding encoding_of(ValType type) {
  switch (type.kind()) {
    case ValKind::i32:
      return {0x7f, 0x41, 1};
    case ValKind::i64:
      return {0x7e, 0x42, 1};
    case ValKind::f32:
      return {0x7d, 0x43, 4};
    case ValKind::f64:
      return {0x7c, 0x44, 8};
    case ValKind::v128:
    case ValKind::ref:
    case ValKind::bottom:
      break;
  }
  return {};
}

using Values = std::vector<ValType>;

bool are_numbers(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](ValType type) { return type.is_num(); });
}
bool share_prefix(const Values& a, const Values& b) {
  return std::equal(a.begin(), a.begin() + static_cast<ptrdiff_t>(std::min(a.size(), b.size())), b.begin());
}
bool is_adaptable(const FuncType& expected, const FuncType& actual) {
  return are_numbers(expected.params) && are_numbers(expected.results) && are_numbers(actual.params) &&
         are_numbers(actual.results) && share_prefix(expected.params, actual.params) &&
         share_prefix(expected.results, actual.results);
}

void add_zero(Bytes& code, ValType type) {
  TypeEncoding encoding = encoding_of(type);
  code.u8(encoding.constant);
  for (unsigned i = 0; i < encoding.zero_bytes; ++i) code.u8(0);
}

Bytes function_type(const FuncType& type) {
  Bytes bytes;
  bytes.u8(0x60);
  for (const Values* values : {&type.params, &type.results}) {
    bytes.u32(values->size());
    for (ValType value : *values) bytes.u8(encoding_of(value).type);
  }
  return bytes;
}

Bytes adapter_body(const FuncType& expected, const FuncType& actual) {
  Bytes body;
  body.u32(0);  // locals
  for (size_t i = 0; i < actual.params.size(); ++i) {
    if (i < expected.params.size()) {
      body.u8(k_local_get).u32(i);
    } else {
      add_zero(body, actual.params[i]);
    }
  }
  body.u8(k_call).u32(0);
  for (size_t i = expected.results.size(); i < actual.results.size(); ++i) body.u8(k_drop);
  for (size_t i = actual.results.size(); i < expected.results.size(); ++i)
    add_zero(body, expected.results[i]);
  return body.u8(k_end);
}

constexpr std::string_view k_export = "adapted";

/// Imports the callee as function 0 and exports the adapter, function 1. `name` is the callee's, for
/// backtraces.
Bytes adapter_module(const FuncType& expected, const FuncType& actual, const std::string& name) {
  Bytes names = Bytes().u32(2).u32(0).text(name).u32(1).text(name + " (adapted call)");
  Bytes module;
  for (char byte : std::string_view("\0asm\1\0\0\0", 8)) module.u8(static_cast<uint8_t>(byte));
  return module
      .section(k_section_type, Bytes().u32(2).raw(function_type(expected)).raw(function_type(actual)))
      .section(k_section_import, Bytes().u32(1).text("").text("callee").u8(0).u32(1))
      .section(k_section_function, Bytes().u32(1).u32(0))
      .section(k_section_export, Bytes().u32(1).text(k_export).u8(0).u32(1))
      .section(k_section_code, Bytes().u32(1).sized(adapter_body(expected, actual)))
      .section(k_section_custom, Bytes().text("name").u8(1).sized(names));
}

std::string name_of(const FunctionCode& code) {
  if (code.host) return fmt::format("{}.{}", code.host->module, code.host->name);
  return function_name(code.owner->module(), code.index);
}

std::string place_of(const CallSite& site) {
  const Module& module = site.caller->owner->module();
  std::string text = fmt::format("{} (+{:#x})", name_of(*site.caller), site.module_offset);
  std::unique_ptr<SourceMap> map = SourceMap::make(module);
  if (!map) return text;
  std::vector<SourceLocation> locations = map->locate(site.module_offset);
  if (locations.empty() || locations.front().file.empty()) return text;
  return fmt::format("{} at {}:{}", text, locations.front().file, locations.front().line);
}

std::string mismatch_text(const CallSite& site, TypeId expected, const Function& callee) {
  return fmt::format("expected {}, found {}: {} calls {}", to_string(func_type(expected)),
                     to_string(func_type(callee.type)), place_of(site), name_of(*callee.code));
}

}  // namespace

const Function* CallAdapters::adapt(Store& store, TypeId expected, const Function& callee) {
  auto [place, is_new] = adapters_.try_emplace({callee.handle, expected}, nullptr);
  if (!is_new) return place->second;
  const FuncType& to = func_type(expected);
  const FuncType& from = func_type(callee.type);
  if (!is_adaptable(to, from)) return nullptr;
  auto module = compile(adapter_module(to, from, name_of(*callee.code)).data());
  if (!module.ok()) return nullptr;
  External external = to_external(&callee);
  auto instance = store.instantiate(module.value(), [&](const Import&) { return &external; });
  if (!instance.ok()) return nullptr;
  place->second = instance.value()->find_export(k_export)->function;
  return place->second;
}

bool CallAdapters::has_warned(const CallSite& site) const {
  return warned_.contains({site.caller->owner, site.module_offset});
}

void CallAdapters::warn(const CallSite& site, const std::string& text) {
  warned_.emplace(site.caller->owner, site.module_offset);
  warn_(text);
}

const Function* resolve_indirect_call(ThreadContext& thread, const CallSite& site, TypeId expected,
                                      const TableEntry& entry) {
  Store& store = thread.store();
  const Function& callee = store.function(entry.ref);
  if (is_subtype(entry.type, expected)) return &callee;
  CallAdapters* adapters = store.call_adapters();
  const Function* adapter = adapters ? adapters->adapt(store, expected, callee) : nullptr;
  if (!adapter) {
    thread.trap.detail = mismatch_text(site, expected, callee);
  } else if (!adapters->has_warned(site)) {
    adapters->warn(site, mismatch_text(site, expected, callee));
  }
  return adapter;
}

}  // namespace lindvm
