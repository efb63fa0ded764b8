// Types, memories, tables, globals, segments: huge, cyclic, too many.

#include "conformance/hostile/hostile_modules.h"

namespace lindvm::hostile {

using namespace testing;

namespace {

Bytes rec(const std::vector<Bytes>& types) { return join({{0x4e}, vec(types)}); }
Bytes sub(uint32_t super, const Bytes& type) { return join({{0x50, 1}, leb(super), type}); }
Bytes struct_of(const std::vector<Bytes>& fields) { return join({{0x5f}, vec(fields)}); }
// An immutable field. Type indices are written as signed numbers.
Bytes nullable_ref(uint32_t index) { return join({{0x63}, signed_leb(index), {0}}); }

Bytes types_module(const std::vector<Bytes>& types) { return module({section(1, vec(types))}); }

void add_types(HostileModules& modules) {
  const Bytes empty = struct_of({});
  modules.push_back({"type that is its own supertype", types_module({sub(0, empty)})});
  modules.push_back(
      {"types that are each other's supertypes", types_module({rec({sub(1, empty), sub(0, empty)})})});
  modules.push_back({"supertype 2^32-1", types_module({sub(UINT32_MAX, empty)})});
  modules.push_back({"recursion group of 2^32-1", types_module({join({{0x4e}, leb(UINT32_MAX), empty})})});
  modules.push_back({"recursion group in a recursion group", types_module({rec({rec({empty})})})});
  modules.push_back(
      {"recursion group of 300,000", types_module({join({{0x4e}, vec_of(300'000, {0x5f, 0})})})});
  modules.push_back({"a million groups of none", types_module(std::vector<Bytes>(1'000'000, {0x4e, 0}))});
  for (uint32_t depth : {63u, 64u, 20'000u}) {
    std::vector<Bytes> chain{{0x50, 0, 0x5f, 0}};
    for (uint32_t i = 0; i < depth; i++) chain.push_back(sub(i, empty));
    modules.push_back({"chain of " + std::to_string(depth) + " subtypes", types_module(chain)});
  }
  std::vector<Bytes> ring;
  for (uint32_t i = 0; i < 50'000; i++) ring.push_back(struct_of({nullable_ref((i + 1) % 50'000)}));
  modules.push_back({"ring of 50,000 structs", types_module({rec(ring)})});
  std::vector<Bytes> nested{empty};
  for (uint32_t i = 0; i < 50'000; i++) nested.push_back(struct_of({nullable_ref(i)}));
  modules.push_back({"structs nested 50,000 deep", types_module(nested)});
  for (uint32_t count : {1'000u, 1'001u, 1'000'000u}) {
    std::string many = std::to_string(count);
    modules.push_back({many + " parameters", types_module({join({{0x60}, vec_of(count, {0x7b}), {0}})})});
    modules.push_back({many + " results", types_module({join({{0x60, 0}, vec_of(count, {0x7b})})})});
  }
  modules.push_back(
      {"struct of 1,000,000 fields", types_module({join({{0x5f}, vec_of(1'000'000, {0x7f, 0})})})});
  modules.push_back({"reference to type 2^32-1", types_module({struct_of({nullable_ref(UINT32_MAX)})})});
  std::vector<Bytes> distinct;
  for (uint32_t i = 0; i < 100'000; i++) {
    Bytes params;
    for (uint32_t bit = 0; bit < 17; bit++) params.push_back(i >> bit & 1 ? 0x7f : 0x7e);
    distinct.push_back(join({{0x60, 17}, params, {0}}));
  }
  modules.push_back({"100,000 distinct function types", types_module(distinct)});
}

void add_memories(HostileModules& modules) {
  auto memories = [](const Bytes& contents) { return program({}, section(5, contents)); };
  modules.push_back({"memory of 4 GiB", memories(vec({join({{0}, leb(65536)})}))});
  modules.push_back({"memory of 2^32-1 pages", memories(vec({join({{0}, leb(UINT32_MAX)})}))});
  modules.push_back({"100 memories of 4 GiB", memories(vec_of(100, join({{0}, leb(65536)})))});
  modules.push_back({"10,000 memories", memories(vec_of(10'000, {0, 0}))});
  modules.push_back({"shared memory of 4 GiB", memories(vec({join({{3}, leb(65536), leb(65536)})}))});
  modules.push_back({"64-bit memory of 2^48 pages", memories(vec({join({{4}, leb(uint64_t{1} << 48)})}))});
  modules.push_back({"64-bit memory of 2^40 pages", memories(vec({join({{4}, leb(uint64_t{1} << 40)})}))});
  modules.push_back({"64-bit memory of 2^64-1 pages", memories(vec({join({{4}, leb(UINT64_MAX)})}))});
  modules.push_back({"4 GiB of one-byte pages", memories(vec({join({{8}, leb(UINT32_MAX), {0}})}))});
  modules.push_back({"page size 2^63", memories(vec({join({{8}, leb(1), {63}})}))});
}

void add_tables(HostileModules& modules) {
  auto tables = [](const Bytes& contents) { return program({}, section(4, contents)); };
  modules.push_back({"table of 2^32-1", tables(vec({join({{0x70, 0}, leb(UINT32_MAX)})}))});
  modules.push_back({"table of 10,000,000", tables(vec({join({{0x70, 0}, leb(10'000'000)})}))});
  modules.push_back({"table of 10,000,001", tables(vec({join({{0x70, 0}, leb(10'000'001)})}))});
  modules.push_back({"64-bit table of 2^63", tables(vec({join({{0x70, 4}, leb(uint64_t{1} << 63)})}))});
  modules.push_back({"10,000 tables", tables(vec_of(10'000, {0x70, 0, 0}))});
  modules.push_back({"100,000 tables", tables(vec_of(100'000, {0x70, 0, 0}))});
  modules.push_back({"50 tables of 10,000,000", tables(vec_of(50, join({{0x70, 0}, leb(10'000'000)})))});
  modules.push_back(
      {"table filled with itself",
       program({}, section(4, vec({join({{0x40, 0, 0x70, 0}, leb(5'000'000), {0xd2, 0, 0x0b}})})))});
}

void add_globals(HostileModules& modules) {
  std::vector<Bytes> chain{{0x7f, 0, 0x41, 0, 0x0b}};
  for (uint32_t i = 0; i < 100'000; i++) chain.push_back(join({{0x7f, 0, 0x23}, leb(i), {0x0b}}));
  modules.push_back({"chain of 100,000 globals", program({}, section(6, vec(chain)))});
  auto global = [](const Bytes& init) {
    return program({}, section(6, vec({join({{0x7f, 0}, init, {0x0b}})})));
  };
  modules.push_back({"constant expression of a million additions",
                     global(join({i32(0), repeat({0x41, 1, 0x6a}, 1'000'000)}))});
  modules.push_back({"constant expression a million deep",
                     global(join({repeat({0x41, 1}, 1'000'000), repeat({0x6a}, 999'999)}))});
  modules.push_back({"constant expression without end", module({section(6, {1, 0x7f, 0, 0x41, 0})})});
  modules.push_back({"global that reads itself", global({0x23, 0})});
  modules.push_back({"global that loops", global({0x03, 0x40, 0x0c, 0, 0x0b, 0x41, 0})});
  Bytes list = section(1, vec({k_void, join({{0x5f}, vec({{0x63, 1, 0}})})}));
  Bytes deep = join({{0x63, 1, 0, 0xd0, 1}, repeat({0xfb, 0, 1}, 500'000), {0x0b}});
  modules.push_back({"constant list of 500,000 structs", module({list, section(6, vec({deep}))})});
  modules.push_back({"array of 2^32-1 elements in a constant",
                     module({section(1, vec({{0x5e, 0x7f, 0}})),
                             section(6, vec({join({{0x63, 0, 0}, i32(-1), {0xfb, 7, 0, 0x0b}})}))})});
}

void add_segments(HostileModules& modules) {
  Bytes memory = section(5, {1, 0, 1}), table = section(4, {1, 0x70, 0, 1});
  auto data = [&](const Bytes& contents) { return join({program({}, memory), section(11, contents)}); };
  modules.push_back(
      {"data segment of 2^32-1 bytes", data(join({{1, 0, 0x41, 0, 0x0b}, leb(UINT32_MAX), {'x'}}))});
  modules.push_back({"data segment outside memory", data(vec({join({{0}, i32(-1), {0x0b}, text("x")})}))});
  modules.push_back(
      {"data segment across the end", data(vec({join({{0}, i32(65535), {0x0b}, text("xy")})}))});
  modules.push_back({"300,000 data segments", data(vec_of(300'000, {1, 0}))});
  modules.push_back({"data segment of 16 MiB", data(vec({join({{1}, text(std::string(16 << 20, 'x'))})}))});
  modules.push_back({"data count 2^32-1", program({}, memory, section(12, leb(UINT32_MAX)))});
  auto elements = [&](const Bytes& contents) { return program({}, table, section(9, contents)); };
  modules.push_back({"element segment of 2^32-1", elements(join({{1, 1, 0}, leb(UINT32_MAX), {0}}))});
  modules.push_back(
      {"element segment outside its table", elements(vec({join({{0}, i32(-1), {0x0b, 1, 0}})}))});
  modules.push_back(
      {"element segment of 2,000,000 functions", elements(vec({join({{1, 0}, vec_of(2'000'000, {0})})}))});
  modules.push_back({"element segment of 1,000,000 expressions",
                     elements(vec({join({{5, 0x70}, vec_of(1'000'000, {0xd2, 0, 0x0b})})}))});
  modules.push_back({"300,000 element segments", elements(vec_of(300'000, {1, 0, 0}))});
  modules.push_back(
      {"element segment of unknown functions", elements(vec({join({{1, 0, 1}, leb(UINT32_MAX)})}))});
}

void add_imports(HostileModules& modules) {
  auto imports = [](const Bytes& item, size_t count) {
    return module({section(1, vec({k_void})), section(2, vec_of(count, item))});
  };
  modules.push_back({"300,000 imports", imports({0, 0, 0, 0}, 300'000)});
  modules.push_back({"import of a 4 GiB memory", imports(join({{1, 'a', 1, 'b', 2, 0}, leb(65536)}), 1)});
  modules.push_back({"import of an unknown kind", imports({1, 'a', 1, 'b', 9, 0}, 1)});
  modules.push_back({"import of type 2^32-1", imports(join({{1, 'a', 1, 'b', 0}, leb(UINT32_MAX)}), 1)});
  modules.push_back({"900,000 functions", module({section(1, vec({k_void})), section(3, vec_of(900'000, {0})),
                                                  section(10, vec_of(900'000, {2, 0, 0x0b}))})});
  modules.push_back(
      {"300,000 tags", module({section(1, vec({k_void})), section(13, vec_of(300'000, {0, 0}))})});
}

}  // namespace

void add_hostile_declarations(HostileModules& modules) {
  add_types(modules);
  add_memories(modules);
  add_tables(modules);
  add_globals(modules);
  add_segments(modules);
  add_imports(modules);
}

}  // namespace lindvm::hostile
