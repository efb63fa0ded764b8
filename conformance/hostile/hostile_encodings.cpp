// Truncation, sizes and counts that lie, number encodings, names.

#include "conformance/hostile/hostile_modules.h"

namespace lindvm::hostile {

using namespace testing;

namespace {

constexpr uint8_t k_sections = 14;
constexpr uint64_t k_huge = UINT32_MAX;

void add_truncations(HostileModules& modules) {
  Bytes rich = rich_module();
  size_t step = rich.size() / 30;
  for (size_t size = 0; size < rich.size(); size += step)
    modules.push_back({"truncated at " + std::to_string(size),
                       Bytes(rich.begin(), rich.begin() + static_cast<long>(size))});
}

void add_lying_sections(HostileModules& modules) {
  for (uint8_t id = 0; id < k_sections; id++) {
    std::string in = " in section " + std::to_string(id);
    modules.push_back({"4 GiB" + in, module({join({{id}, leb(k_huge), {1, 0}})})});
    modules.push_back({"2^32-1 items" + in, module({section(id, join({leb(k_huge), Bytes(64, 0)}))})});
    modules.push_back({"a million items missing" + in, module({section(id, leb(1'000'000))})});
  }
}

void add_numbers(HostileModules& modules) {
  Bytes endless(100, 0x80), ones(100, 0xff);
  modules.push_back({"endless LEB128 as section size", module({join({{1}, endless})})});
  modules.push_back({"endless LEB128 as type count", module({section(1, endless)})});
  modules.push_back({"endless LEB128 as constant", program(join({{0x41}, endless}))});
  modules.push_back({"endless LEB128 of ones as 64-bit constant", program(join({{0x42}, ones}))});
  modules.push_back({"endless LEB128 as prefixed opcode", program(join({{0xfd}, endless}))});
  modules.push_back({"prefixed opcode 2^32-1", program(join({{0xfc}, leb(k_huge)}))});
  modules.push_back(
      {"offset 2^64-1", program(join({i32(0), {0x28, 2}, leb(UINT64_MAX), {0x1a}}), section(5, {1, 0, 1}))});
  modules.push_back(
      {"alignment 2^31", program(join({i32(0), {0x28}, leb(31), {0, 0x1a}}), section(5, {1, 0, 1}))});
  modules.push_back(
      {"padded LEB128 everywhere", module({join({{1}, {0x84, 0x80, 0x80, 0x80, 0x00}, {1, 0x60, 0, 0}})})});
}

void add_names(HostileModules& modules) {
  Bytes memory = section(5, {1, 0, 1});
  Bytes long_name = text(std::string(1 << 20, 'n'));
  modules.push_back(
      {"export name of 2^32-1 bytes", module({memory, section(7, join({{1}, leb(k_huge), {'a', 2, 0}}))})});
  modules.push_back({"export name of 1 MiB", module({memory, section(7, vec({join({long_name, {2, 0}})}))})});
  modules.push_back(
      {"export name that is not UTF-8", module({memory, section(7, vec({{2, 0xc0, 0x80, 2, 0}}))})});
  modules.push_back({"200,000 equal exports", module({memory, section(7, vec_of(200'000, {1, 'a', 2, 0}))})});
  std::vector<Bytes> exports;
  for (int i = 0; i < 200'000; i++) exports.push_back(join({text(std::to_string(i)), {2, 0}}));
  modules.push_back({"200,000 exports", module({memory, section(7, vec(exports))})});
  modules.push_back({"a million custom sections", module({repeat({0, 1, 0}, 1'000'000)})});
  modules.push_back({"custom section whose name is longer", module({section(0, {5, 'a'})})});
  modules.push_back(
      {"name section with 2^32-1 functions", module({custom("name", join({{1}, sized(leb(k_huge))}))})});
  modules.push_back(
      {"name section with lying sizes", module({custom("name", join({{1}, leb(k_huge), {1, 0, 1, 'a'}}))})});
  modules.push_back({"dylink section cut short", module({custom("dylink.0", {1, 4, 0x80})})});
  Bytes wild = join({{1}, sized(vec({join({leb(k_huge), text("wild")}), join({{0}, text("\xff")})}))});
  modules.push_back({"name section with wild indices", join({program({0x00}), custom("name", wild)})});
}

void add_structure(HostileModules& modules) {
  Bytes types = section(1, vec({k_void})), functions = section(3, vec({{0}}));
  auto with_code = [&](const Bytes& code) { return module({types, functions, section(10, code)}); };
  modules.push_back({"body of size 0", with_code({1, 0})});
  modules.push_back({"body of size 2^32-1", with_code(join({{1}, leb(k_huge), {0, 0x0b}}))});
  modules.push_back({"body without end", with_code({1, 3, 0, 1, 1})});
  modules.push_back({"body that ends twice", with_code({1, 4, 0, 0x0b, 0x0b, 0x0b})});
  modules.push_back({"else without if", with_code(vec({body({0}, {0x05, 0x0b})}))});
  modules.push_back({"catch without try", with_code(vec({body({0}, {0x07, 0, 0x0b})}))});
  modules.push_back({"delegate of the function", with_code(vec({body({0}, {0x18, 0, 0x0b})}))});
  modules.push_back({"rethrow outside catch", with_code(vec({body({0}, {0x09, 0, 0x0b})}))});
  modules.push_back({"more bodies than functions", with_code(vec_of(1000, {2, 0, 0x0b}))});
  modules.push_back({"functions without bodies", module({types, section(3, vec_of(900'000, {0}))})});
  modules.push_back({"sections in the wrong order", module({functions, types})});
  modules.push_back({"every opcode byte, one after the other", [&] {
                       Bytes code;
                       for (int i = 0; i < 256; i++) code.push_back(static_cast<uint8_t>(i));
                       return with_code(vec({body({0}, code)}));
                     }()});
  modules.push_back({"a component, not a module", {0, 'a', 's', 'm', 0x0d, 0, 1, 0}});
  modules.push_back({"zeros", Bytes(1 << 20, 0)});
}

}  // namespace

void add_hostile_encodings(HostileModules& modules) {
  add_truncations(modules);
  add_lying_sections(modules);
  add_numbers(modules);
  add_names(modules);
  add_structure(modules);
}

}  // namespace lindvm::hostile
