#include "conformance/hostile/hostile_modules.h"

namespace lindvm::hostile {

using namespace testing;

HostileModules all_hostile_modules() {
  HostileModules modules;
  add_hostile_encodings(modules);
  add_hostile_declarations(modules);
  add_hostile_bodies(modules);
  add_hostile_programs(modules);
  return modules;
}

Bytes repeat(const Bytes& pattern, size_t times) {
  Bytes all;
  all.reserve(pattern.size() * times);
  for (size_t i = 0; i < times; i++) all.insert(all.end(), pattern.begin(), pattern.end());
  return all;
}

Bytes vec_of(size_t count, const Bytes& item) { return join({leb(count), repeat(item, count)}); }

Bytes signed_leb(int64_t value) {
  Bytes bytes;
  for (bool more = true; more;) {
    uint8_t low = value & 0x7f;
    value >>= 7;
    more = !((value == 0 && !(low & 0x40)) || (value == -1 && (low & 0x40)));
    bytes.push_back(static_cast<uint8_t>(low | (more ? 0x80 : 0)));
  }
  return bytes;
}

Bytes i32(int32_t value) { return join({{0x41}, signed_leb(value)}); }

Bytes program(const Bytes& code, const Bytes& before_exports, const Bytes& extra, const Bytes& locals) {
  return module({section(1, vec({k_void})), section(3, vec({{0}})), before_exports,
                 section(7, vec({join({text("run"), {0, 0}})})), extra,
                 section(10, vec({body(locals, join({code, {0x0b}}))}))});
}

Bytes rich_module() {
  Bytes types = vec({k_void, {0x60, 1, 0x7f, 1, 0x7f}, {0x5f, 1, 0x7f, 1}, {0x5e, 0x78, 1}});
  Bytes imports = vec({join({text("env"), text("f"), {0, 0}})});
  Bytes elements = vec({{0, 0x41, 0, 0x0b, 1, 1}});
  Bytes data = vec({join({{0, 0x41, 0, 0x0b}, text("data")}), join({{1}, text("passive")})});
  Bytes code{0x02, 0x40, 0x20, 0, 0x45, 0x0d, 0, 0x41, 1, 0x10, 2, 0x1a, 0x0b, 0x20, 0, 0x28, 2, 0, 0x0b};
  return module({section(1, types), section(2, imports), section(3, vec({{0}, {1}})),
                 section(4, vec({{0x70, 0, 4}})), section(5, vec({{1, 1, 2}})), section(13, vec({{0, 0}})),
                 section(6, vec({{0x7f, 1, 0x41, 7, 0x0b}})),
                 section(7, vec({join({text("run"), {0, 2}}), join({text("memory"), {2, 0}})})),
                 section(8, {1}), section(9, elements), section(12, {2}),
                 section(10, vec({body({0}, {0x0b}), body(vec({{1, 0x7e}}), code)})), section(11, data),
                 custom("name", join({{0}, sized(text("rich"))}))});
}

}  // namespace lindvm::hostile
