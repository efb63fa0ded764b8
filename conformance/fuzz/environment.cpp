#include "conformance/fuzz/environment.h"

#include <algorithm>
#include <bit>
#include <string>

namespace lindvm::fuzz {

using testing::CodeBuilder, testing::ExternCode, testing::LimitsCode;

namespace {

constexpr uint32_t k_page = 65536;
constexpr uint32_t k_most_tags = 8;

struct WeightedKind {
  unsigned weight;
  Kind kind;
};
constexpr WeightedKind k_kinds[] = {{6, Kind::i32},       {5, Kind::i64},    {3, Kind::f32},
                                    {3, Kind::f64},       {4, Kind::v128},   {1, Kind::funcref},
                                    {1, Kind::externref}, {1, Kind::exnref}, {1, Kind::typed}};
constexpr std::span<const WeightedKind> k_all_kinds(k_kinds), k_plain_kinds(k_kinds, 7);

}  // namespace

Environment::Environment(Random& dice) : random(dice) {
  make_functions();
  make_memories();
  make_tables();
  make_globals();
  make_segments();
}

Type Environment::any_type() {
  Kind kind = random.weighted(k_all_kinds).kind;
  return {kind, kind == Kind::typed ? random.pick(referable_) : 0};
}

Type Environment::plain_type() { return {random.weighted(k_plain_kinds).kind}; }

Types Environment::some_types(uint32_t most, bool plain) {
  Types types(random.below(most + 1));
  for (Type& type : types) type = plain ? plain_type() : any_type();
  return types;
}

std::optional<TagInfo> Environment::tag_with(const Types& params) {
  for (const TagInfo& tag : tags)
    if (tag.params == params) return tag;
  if (tags.size() >= k_most_tags) return std::nullopt;
  return tags.emplace_back(TagInfo{builder.tag(type_of(params, {})), params});
}

std::vector<uint32_t> Environment::functions_returning(const Types& results) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < functions.size(); i++)
    if (functions[i].results == results) found.push_back(i);
  return found;
}

std::vector<uint32_t> Environment::functions_of_type(uint32_t type) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < functions.size(); i++)
    if (functions[i].type == type) found.push_back(i);
  return found;
}

void Environment::make_functions() {
  referable_.push_back(type_of({}, {}));
  imported = random.between(1, 3);
  uint32_t count = imported + random.between(2, 7);
  for (uint32_t i = 0; i < count; i++) {
    bool is_imported = i < imported;
    FunctionInfo one{0, some_types(is_imported ? 5 : 7, is_imported), some_types(3, true)};
    if (i > imported && random.one_in(3)) one = functions.back();
    one.type = type_of(one.params, one.results);
    if (is_imported) builder.import_function("host", "f" + std::to_string(i), one.type);
    referable_.push_back(one.type);
    functions.push_back(one);
  }
}

void Environment::make_memories() {
  uint32_t count = random.between(1, 3);
  for (uint32_t i = 0; i < count; i++) {
    MemoryInfo memory{random.one_in(3), random.one_in(3)};
    LimitsCode limits;
    limits.shared = memory.is_shared;
    limits.is_64 = memory.is_64;
    if (random.one_in(5)) limits.page_size_log2 = 0;
    uint32_t page = limits.page_size_log2 ? 1 : k_page;
    limits.min = limits.page_size_log2 ? k_page + random.below(500) : random.between(1, 2);
    limits.max = limits.min + random.below(4);
    memory.bytes = limits.min * page;
    memories.push_back(memory);
    if (i == 0 && random.one_in(4))
      builder.import_memory("host", "memory", limits);
    else
      builder.memory(limits);
  }
}

void Environment::make_tables() {
  for (Kind element : {Kind::funcref, Kind::funcref, Kind::externref}) {
    TableInfo table{{element}, random.one_in(4), 8u << random.below(2)};
    LimitsCode limits;
    limits.is_64 = table.is_64;
    limits.min = table.size;
    limits.max = table.size + random.below(8);
    uint32_t index = builder.table(table.element.code(), limits);
    if (element == Kind::funcref) {
      table.functions = some_functions(table.size - (index ? 2 : 0));
      CodeBuilder zero;
      zero.raw().bytes(zeros({{table.address()}}));
      builder.active_elements(index, zero.end(), table.functions);
    }
    tables.push_back(table);
  }
}

void Environment::make_globals() {
  uint32_t count = random.between(3, 10);
  uint32_t first_defined = random.below(3);
  for (uint32_t i = 0; i < count; i++) {
    GlobalInfo global{plain_type(), !random.one_in(6)};
    globals.push_back(global);
    if (i < first_defined) {
      builder.import_global("host", "g" + std::to_string(i), global.type.code(), global.is_mutable);
      continue;
    }
    CodeBuilder initial;
    initial.raw().bytes(zeros({global.type}));
    builder.global(global.type.code(), global.is_mutable, initial.end());
  }
  fuel = builder.global(testing::k_type_i32, true, CodeBuilder().i32_const(0).end());
}

void Environment::make_segments() {
  for (uint32_t i = 0; i < 3; i++) {
    Bytes content(random.between(1, 64));
    for (uint8_t& byte : content) byte = static_cast<uint8_t>(random.bits());
    data_sizes.push_back(static_cast<uint32_t>(content.size()));
    builder.passive_data(content);
    std::vector<uint32_t> chosen = some_functions(random.between(1, 6));
    element_sizes.push_back(static_cast<uint32_t>(chosen.size()));
    builder.passive_elements(chosen);
  }
  std::vector<uint32_t> all(functions.size());
  for (uint32_t i = 0; i < all.size(); i++) all[i] = i;
  builder.declare_elements(all);
}

std::vector<uint32_t> Environment::some_functions(uint32_t count) {
  std::vector<uint32_t> chosen(count);
  for (uint32_t& one : chosen) one = random.below(functions.size());
  return chosen;
}

}  // namespace lindvm::fuzz
