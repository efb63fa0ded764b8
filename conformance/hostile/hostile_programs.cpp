// Valid programs that misbehave when they run: they never end, recurse without end, trap, or ask for
// everything.

#include "conformance/hostile/hostile_modules.h"

namespace lindvm::hostile {

using namespace testing;

namespace {

constexpr uint8_t k_drop = 0x1a, k_end = 0x0b, k_call = 0x10;

const Bytes k_forever_open{0x03, 0x40}, k_forever_close{0x0c, 0, k_end};
Bytes forever(const Bytes& code) { return join({k_forever_open, code, k_forever_close}); }

Bytes memory_of(uint32_t pages) { return section(5, vec({join({{0}, leb(pages)})})); }
Bytes table_of(uint32_t entries) { return section(4, vec({join({{0x70, 0}, leb(entries)})})); }
Bytes tag() { return section(13, vec({{0, 0}})); }

void add_endless_loops(HostileModules& modules) {
  modules.push_back({"endless loop", program(forever({}))});
  modules.push_back({"endless loop that counts",
                     program(forever({0x20, 0, 0x41, 1, 0x6a, 0x21, 0}), {}, {}, vec({{1, 0x7f}}))});
  modules.push_back({"endless loop by br_if", program(join({{0x03, 0x40}, i32(1), {0x0d, 0, k_end}}))});
  modules.push_back({"endless loop by br_table", program(join({{0x03, 0x40}, i32(0), {0x0e, 0, 0, k_end}}))});
  modules.push_back({"endless tail calls", program({0x12, 0})});
  modules.push_back({"endless indirect tail calls", program(join({i32(0), {0x13, 0, 0}}), table_of(1),
                                                            section(9, vec({{0, 0x41, 0, k_end, 1, 0}})))});
  modules.push_back(
      {"endless tail calls by reference", program({0xd2, 0, 0x15, 0}, {}, section(9, vec({{3, 0, 1, 0}})))});
  modules.push_back(
      {"endless loop of calls",
       module({section(1, vec({k_void})), section(3, vec({{0}, {0}})),
               section(7, vec({join({text("run"), {0, 0}})})),
               section(10, vec({body({0}, join({forever({k_call, 1}), {k_end}})), body({0}, {k_end})}))})});
  Bytes throwing = forever({0x02, 0x40, 0x1f, 0x40, 1, 0, 0, 0, 0x08, 0, k_end, k_end});
  modules.push_back({"endless throwing and catching", program(throwing, tag())});
  modules.push_back(
      {"endless throwing, legacy encoding", program(forever({0x06, 0x40, 0x08, 0, 0x19, k_end}), tag())});
  modules.push_back({"endless waiting", program(join({i32(0), i32(0), {0x42, 0x7f, 0xfe, 1, 2, 0, k_drop}}),
                                                section(5, vec({{3, 1, 1}})))});
  modules.push_back({"waiting without shared memory",
                     program(join({i32(0), i32(0), {0x42, 0x7f, 0xfe, 1, 2, 0, k_drop}}), memory_of(1))});
  modules.push_back({"endless notifying", program(forever(join({i32(0), i32(-1), {0xfe, 0, 2, 0, k_drop}})),
                                                  section(5, vec({{3, 1, 1}})))});
}

void add_recursion(HostileModules& modules) {
  modules.push_back({"endless recursion", program({k_call, 0})});
  modules.push_back({"endless recursion with many locals",
                     program({k_call, 0}, {}, {}, vec({join({leb(10'000), {0x7e}})}))});
  modules.push_back({"endless recursion with the most locals",
                     program({k_call, 0}, {}, {}, vec({join({leb(50'000), {0x7b}})}))});
  modules.push_back({"endless recursion with operands",
                     program(join({repeat({0x42, 1}, 5'000), {k_call, 0}, repeat({k_drop}, 5'000)}))});
  modules.push_back({"endless indirect recursion", program(join({i32(0), {0x11, 0, 0}}), table_of(1),
                                                           section(9, vec({{0, 0x41, 0, k_end, 1, 0}})))});
  modules.push_back(
      {"endless recursion by reference", program({0xd2, 0, 0x14, 0}, {}, section(9, vec({{3, 0, 1, 0}})))});
  modules.push_back({"endless recursion inside try",
                     program({0x02, 0x40, 0x1f, 0x40, 1, 2, 0, k_call, 0, k_end, k_end}, tag())});
  modules.push_back({"recursion that throws at the end of the stack",
                     program({0x06, 0x40, k_call, 0, 0x19, 0x09, 0, k_end}, tag())});
  modules.push_back(
      {"mutual recursion",
       module({section(1, vec({k_void})), section(3, vec({{0}, {0}})),
               section(7, vec({join({text("run"), {0, 0}})})),
               section(10, vec({body({0}, {k_call, 1, k_end}), body({0}, {k_call, 0, k_end})}))})});
}

void add_starts(HostileModules& modules) {
  auto start = [](const Bytes& code, const Bytes& before = {}) {
    return module({section(1, vec({k_void})), section(3, vec({{0}})), before, section(8, {0}),
                   section(10, vec({body({0}, join({code, {k_end}}))}))});
  };
  modules.push_back({"start that traps", start({0x00})});
  modules.push_back({"start that never ends", start(forever({}))});
  modules.push_back({"start that recurses", start({k_call, 0})});
  modules.push_back({"start that divides by zero", start(join({i32(1), i32(0), {0x6d, k_drop}}))});
  modules.push_back(
      {"start that overflows a division", start(join({i32(INT32_MIN), i32(-1), {0x6d, k_drop}}))});
  modules.push_back({"start that loads outside memory",
                     start(join({i32(-1), {0x28, 2}, leb(UINT32_MAX), {k_drop}}), memory_of(1))});
  modules.push_back(
      {"start that stores outside memory", start(join({i32(65533), i32(1), {0x36, 2, 0}}), memory_of(1))});
  modules.push_back({"start that calls a null entry", start(join({i32(0), {0x11, 0, 0}}), table_of(1))});
  modules.push_back(
      {"start that calls outside the table", start(join({i32(-1), {0x11, 0, 0}}), table_of(1))});
  modules.push_back({"start that throws", start({0x08, 0}, tag())});
  modules.push_back({"start that throws null", start({0xd0, 0x69, 0x0a})});
  modules.push_back({"start that converts NaN", start({0x43, 0, 0, 0xc0, 0x7f, 0xa8, k_drop})});
}

void add_gluttons(HostileModules& modules) {
  Bytes grow = join({i32(1), {0x40, 0, k_drop}});
  modules.push_back({"memory that grows for ever", program(forever(grow), memory_of(1))});
  modules.push_back(
      {"memory that grows by 2^32-1 pages", program(join({i32(-1), {0x40, 0, k_drop}}), memory_of(1))});
  modules.push_back(
      {"64-bit memory that grows by 2^63 pages",
       program(join({{0x42}, leb(uint64_t{1} << 62), {0x40, 0, k_drop}}), section(5, vec({{4, 1}})))});
  modules.push_back(
      {"table that grows for ever",
       program(forever(join({{0xd0, 0x70}, i32(100'000), {0xfc, 15, 0, k_drop}})), table_of(1))});
  modules.push_back({"table that grows by 2^32-1",
                     program(join({{0xd0, 0x70}, i32(-1), {0xfc, 15, 0, k_drop}}), table_of(1))});
  modules.push_back(
      {"memory.fill of 2^32-1 bytes", program(join({i32(0), i32(1), i32(-1), {0xfc, 11, 0}}), memory_of(1))});
  modules.push_back({"memory.fill of all memory for ever",
                     program(forever(join({i32(0), i32(1), i32(1 << 20), {0xfc, 11, 0}})), memory_of(16))});
  modules.push_back({"memory.copy across the end",
                     program(join({i32(65000), i32(0), i32(1000), {0xfc, 10, 0, 0}}), memory_of(1))});
  modules.push_back(
      {"memory.init outside its segment",
       join({program(join({i32(0), i32(0), i32(9), {0xfc, 8, 0, 0}}), memory_of(1), section(12, {1})),
             section(11, vec({join({{1}, text("x")})}))})});
  modules.push_back(
      {"table.copy across the end", program(join({i32(0), i32(5), i32(-1), {0xfc, 14, 0, 0}}), table_of(9))});
  modules.push_back(
      {"table.fill of 2^32-1", program(join({i32(0), {0xd0, 0x70}, i32(-1), {0xfc, 17, 0}}), table_of(9))});
  modules.push_back(
      {"exceptions that are kept for ever",
       program(forever({0x02, 0x69, 0x1f, 0x40, 1, 3, 0, 0x08, 0, k_end, 0x00, k_end, k_drop}), tag())});
  modules.push_back({"load at a misaligned atomic address",
                     program(join({i32(1), {0xfe, 0x10, 2, 0, k_drop}}), memory_of(1))});
  modules.push_back({"unreachable", program({0x00})});
}

}  // namespace

void add_hostile_programs(HostileModules& modules) {
  add_endless_loops(modules);
  add_recursion(modules);
  add_starts(modules);
  add_gluttons(modules);
}

}  // namespace lindvm::hostile
