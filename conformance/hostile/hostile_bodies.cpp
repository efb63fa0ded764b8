// Function bodies that are hard to validate or translate: nesting, branch tables, locals, operand stacks.

#include "conformance/hostile/hostile_modules.h"

namespace lindvm::hostile {

using namespace testing;

namespace {

constexpr uint8_t k_drop = 0x1a, k_end = 0x0b, k_unreachable = 0x00;

void add_nesting(HostileModules& modules) {
  struct Construct {
    const char* name;
    Bytes open;
    Bytes close;
  };
  const Construct constructs[] = {
      {"blocks", {0x02, 0x40}, {k_end}},
      {"loops", {0x03, 0x40}, {k_end}},
      {"ifs", {0x41, 1, 0x04, 0x40}, {k_end}},
      {"ifs with else", {0x41, 1, 0x04, 0x40, 0x05, 0x41, 1, 0x04, 0x40}, {k_end, k_end}},
      {"try_tables", {0x1f, 0x40, 1, 2, 0}, {k_end}},
      {"legacy tries", {0x06, 0x40}, {0x19, k_end}},
      {"blocks in unreachable code", {k_unreachable, 0x02, 0x40}, {k_end}},
  };
  for (const Construct& c : constructs) {
    std::string name(c.name);
    for (size_t depth : {1'000u, 100'000u})
      modules.push_back({std::to_string(depth) + " nested " + name,
                         program(join({repeat(c.open, depth), repeat(c.close, depth)}))});
    modules.push_back({"200,000 open " + name, program(repeat(c.open, 200'000))});
  }
  modules.push_back({"1,200,000 nested blocks",
                     program(join({repeat({0x02, 0x40}, 1'200'000), repeat({k_end}, 1'200'000)}))});
  modules.push_back(
      {"branches out of 10,000 blocks",
       program(join({repeat({0x02, 0x40}, 10'000), repeat(join({i32(0), {0x0d}, leb(9'999)}), 10'000),
                     repeat({k_end}, 10'000)}))});
}

void add_branch_tables(HostileModules& modules) {
  auto table = [](const Bytes& labels) { return program(join({i32(7), {0x0e}, labels})); };
  modules.push_back({"br_table of 2^32-1", table(join({leb(UINT32_MAX), {0, 0}}))});
  modules.push_back({"br_table of 2,000,000", table(join({vec_of(2'000'000, {0}), {0}}))});
  modules.push_back(
      {"br_table with an unknown label at its end", table(join({vec_of(1'000'000, {0}), {1}}))});
  Bytes nest = repeat({0x02, 0x40}, 20'000);
  std::vector<Bytes> labels;
  for (uint32_t i = 0; i < 20'000; i++) labels.push_back(leb(i));
  modules.push_back({"br_table to 20,000 blocks",
                     program(join({nest, i32(7), {0x0e}, vec(labels), {0}, repeat({k_end}, 20'000)}))});
  // 1,000 operands for each label: quadratic if labels are checked one by one.
  Bytes wide = join({{0x60, 0}, vec_of(1'000, {0x7f})});
  Bytes code = join(
      {{0x02, 1, k_unreachable, 0x0e}, vec_of(500'000, {0}), {0, k_end}, repeat({k_drop}, 1'000), {k_end}});
  modules.push_back({"br_table of 500,000 with 1,000 operands",
                     module({section(1, vec({k_void, wide})), section(3, vec({{0}})),
                             section(10, vec({body({0}, code)}))})});
}

void add_locals(HostileModules& modules) {
  auto locals = [](const Bytes& runs) { return program({}, {}, {}, runs); };
  modules.push_back({"2^32-1 locals", locals(vec({join({leb(UINT32_MAX), {0x7f}})}))});
  modules.push_back({"2^32 locals", locals(vec({join({leb(UINT32_MAX), {0x7f}}), {1, 0x7e}}))});
  modules.push_back({"50,000 locals", locals(vec({join({leb(50'000), {0x7b}})}))});
  modules.push_back({"50,001 locals", locals(vec({join({leb(50'001), {0x7f}})}))});
  modules.push_back({"a million empty runs of locals", locals(vec_of(1'000'000, {0, 0x7f}))});
  Bytes wide_body = body(vec({join({leb(50'000), {0x7e}})}), {k_end});
  modules.push_back({"50,000 locals in each of 100,000 functions",
                     module({section(1, vec({k_void})), section(3, vec_of(100'000, {0})),
                             section(10, vec_of(100'000, wide_body))})});
  Bytes params = join({{0x60}, vec_of(1'000, {0x7c}), {0}});
  modules.push_back({"1,000 parameters in each of 100,000 functions",
                     module({section(1, vec({params})), section(3, vec_of(100'000, {0})),
                             section(10, vec_of(100'000, {2, 0, k_end}))})});
}

void add_operands(HostileModules& modules) {
  modules.push_back(
      {"a million operands", program(join({repeat({0x41, 0}, 1'000'000), repeat({k_drop}, 1'000'000)}))});
  modules.push_back({"500,000 vector operands",
                     program(join({repeat({0x41, 0, 0xfd, 0x0f}, 500'000), repeat({k_drop}, 500'000)}))});
  modules.push_back(
      {"a million drops in unreachable code", program(join({{k_unreachable}, repeat({k_drop}, 1'000'000)}))});
  modules.push_back({"stack underflow", program({k_drop})});
  modules.push_back({"a million nops", program(repeat({0x01}, 1'000'000))});
  modules.push_back(
      {"a million additions", program(join({i32(1), repeat({0x41, 1, 0x6a}, 1'000'000), {k_drop}}))});
  modules.push_back({"500,000 returns", program(repeat({0x0f}, 500'000))});
  modules.push_back(
      {"500,000 calls that never run", program(join({{k_unreachable}, repeat({0x10, 0}, 500'000)}))});
  // Calls that take and give 1,000 operands.
  Bytes wide = join({{0x60}, vec_of(1'000, {0x7f}), vec_of(1'000, {0x7f})});
  Bytes code = join({{k_unreachable}, repeat({0x10, 0}, 100'000), {k_end}});
  modules.push_back(
      {"100,000 calls with 1,000 operands",
       module({section(1, vec({wide})), section(3, vec({{0}})), section(10, vec({body({0}, code)}))})});
  Bytes branches = join({{k_unreachable, 0x02, 1},
                         {k_unreachable},
                         repeat({0x41, 0, 0x0d, 0}, 100'000),
                         {k_end},
                         {k_unreachable, k_end}});
  modules.push_back({"100,000 conditional branches with 1,000 operands",
                     module({section(1, vec({k_void, join({{0x60, 0}, vec_of(1'000, {0x7f})})})),
                             section(3, vec({{0}})), section(10, vec({body({0}, branches)}))})});
  modules.push_back(
      {"array.new_fixed of 2^32-1",
       module({section(1, vec({k_void, {0x5e, 0x7f, 0}})), section(3, vec({{0}})),
               section(10,
                       vec({body(
                           {0}, join({{k_unreachable, 0xfb, 8, 1}, leb(UINT32_MAX), {k_drop, k_end}}))}))})});
}

}  // namespace

void add_hostile_bodies(HostileModules& modules) {
  add_nesting(modules);
  add_branch_tables(modules);
  add_locals(modules);
  add_operands(modules);
}

}  // namespace lindvm::hostile
