#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "memory/linear_memory.h"
#include "vm/module/load.h"
#include "vm/module/module_bytes.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/operations.h"

namespace lindvm {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::StartsWith;

enum : uint8_t {
  k_types = 1,
  k_imports,
  k_functions,
  k_tables,
  k_memories,
  k_globals,
  k_exports,
  k_start,
  k_elements,
  k_code,
  k_data
};

const Bytes k_i32_to_i32{0x60, 1, 0x7f, 1, 0x7f};
const Bytes k_void{0x60, 0, 0};

Bytes import_of(std::string_view name, const Bytes& type) { return join({text("m"), text(name), type}); }
Bytes export_of(std::string_view name, const Bytes& entity) { return join({text(name), entity}); }
Bytes i32_const(uint8_t value) { return {0x41, value, 0x0b}; }

class Instantiate : public ::testing::Test {
 protected:
  Result<Instance*> make(std::initializer_list<Bytes> sections) {
    auto compiled = compile(module(sections));
    if (!compiled) return compiled.error();
    return linker_.instantiate(*compiled);
  }
  /// Instantiation must succeed; other modules may import from the instance as "m".
  Instance& define(std::initializer_list<Bytes> sections) {
    auto instance = make(sections);
    EXPECT_TRUE(instance.ok()) << instance.error().message;
    linker_.define_instance("m", **instance);
    return **instance;
  }
  /// Instantiation must fail this way.
  std::string refuse(ErrorKind kind, std::initializer_list<Bytes> sections) {
    auto instance = make(sections);
    EXPECT_FALSE(instance.ok());
    if (instance.ok()) return {};
    EXPECT_EQ(instance.error().kind, kind);
    return instance.error().message;
  }

  Store store_;
  Linker linker_{store_};
};

TEST_F(Instantiate, UnknownImportsNameModuleNameAndType) {
  std::string message = refuse(ErrorKind::unlinkable, {section(k_types, vec({k_i32_to_i32})),
                                                       section(k_imports, vec({import_of("f", {0, 0})}))});
  EXPECT_EQ(message, "unknown import: \"m\" \"f\": function [i32] -> [i32]");
}

TEST_F(Instantiate, MismatchedImportsNameBothTypes) {
  define({section(k_memories, vec({{1, 1, 2}})), section(k_exports, vec({export_of("x", {2, 0})}))});
  EXPECT_EQ(refuse(ErrorKind::unlinkable, {section(k_imports, vec({import_of("x", {2, 1, 2, 2})}))}),
            "incompatible import type: \"m\" \"x\": expected memory 2 2, found memory 1 2");
  EXPECT_EQ(refuse(ErrorKind::unlinkable, {section(k_imports, vec({import_of("x", {3, 0x7f, 1})}))}),
            "incompatible import type: \"m\" \"x\": expected global (mut i32), found memory 1 2");
  EXPECT_TRUE(make({section(k_imports, vec({import_of("x", {2, 0, 1})}))}).ok());
}

TEST_F(Instantiate, ImportsMatchTheCurrentSizeOfMemoriesAndTables) {
  Instance& owner = define({section(k_tables, vec({{0x70, 0, 1}})), section(k_memories, vec({{0, 1}})),
                            section(k_exports, vec({export_of("t", {1, 0}), export_of("x", {2, 0})}))});
  auto importing_two = [&] {
    return make({section(k_imports, vec({import_of("t", {1, 0x70, 0, 2}), import_of("x", {2, 0, 2})}))});
  };
  EXPECT_FALSE(importing_two().ok());
  EXPECT_EQ(owner.memory(0).grow(1), 1u);
  EXPECT_EQ(owner.table(0).grow(1, {}), 1u);
  EXPECT_TRUE(importing_two().ok());
}

TEST_F(Instantiate, EvaluatesConstantExpressions) {
  GlobalRef host_global = store_.add_global(Value::of(k_i32, 40), false);
  linker_.define("m", "g", to_external(host_global));
  auto instance = make({section(k_imports, vec({import_of("g", {3, 0x7f, 0})})),
                        section(k_globals, vec({{0x7f, 0, 0x23, 0, 0x41, 2, 0x6a, 0x0b},     // g + 2
                                                {0x7f, 1, 0x23, 1, 0x41, 0x7f, 0x6c, 0x0b},  // previous * -1
                                                {0x7e, 0, 0x42, 3, 0x42, 5, 0x7d, 0x0b},     // 3 - 5
                                                {0x6f, 0, 0xd0, 0x6f, 0x0b}}))});
  ASSERT_TRUE(instance.ok()) << instance.error().message;
  auto value = [&](uint32_t index) { return store_.read_global((*instance)->global(index)); };
  EXPECT_EQ(value(1).as<uint32_t>(), 42u);
  EXPECT_EQ(value(2).as<int32_t>(), -42);
  EXPECT_EQ(value(3).as<int64_t>(), -2);
  EXPECT_EQ(value(4).as<uint64_t>(), 0u);
}

TEST_F(Instantiate, SharesImportedGlobalsWithTheirOwner) {
  Instance& owner = define({section(k_globals, vec({join({{0x7f, 1}, i32_const(5)})})),
                            section(k_exports, vec({export_of("g", {3, 0})}))});
  Instance& user = *make({section(k_imports, vec({import_of("g", {3, 0x7f, 1})}))}).value();
  store_.write_global(user.global(0), Value::of(k_i32, 6));
  EXPECT_EQ(store_.read_global(owner.global(0)).as<uint32_t>(), 6u);
  InstanceContext& owner_block = store_.main_thread().instance_context(owner.index());
  EXPECT_EQ(store_.main_thread().instance_context(user.index()).global_cells[0], owner_block.own_globals());
}

TEST_F(Instantiate, RefusesAllocationInConstantExpressions) {
  std::string message = refuse(
      ErrorKind::unsupported,
      {section(k_types, vec({{0x5f, 0}})), section(k_globals, vec({{0x64, 0, 0, 0xfb, 0x01, 0, 0x0b}}))});
  EXPECT_THAT(message, HasSubstr("struct.new_default"));
}

TEST_F(Instantiate, WritesActiveSegmentsAndDropsThem) {
  Instance& instance =
      define({section(k_types, vec({k_void})), section(k_functions, vec({{0}})),
              section(k_tables, vec({{0x70, 0, 4}})), section(k_memories, vec({{0, 1}})),
              section(k_elements, vec({join({{0}, i32_const(2), vec({{0}})}),  // active
                                       {1, 0, 1, 0},
                                       {3, 0, 1, 0}})),  // passive, declarative
              section(k_code, vec({body({0}, {0x0b})})),
              section(k_data, vec({join({{0}, i32_const(3), text("abc")}), join({{1}, text("de")})}))});
  EXPECT_EQ(instance.table(0).entries[2].ref, instance.function(0).handle);
  EXPECT_EQ(instance.table(0).entries[2].code, instance.function(0).code);
  EXPECT_EQ(instance.table(0).entries[2].instance_index, instance.index());
  EXPECT_EQ(instance.table(0).entries[3].ref, 0u);
  EXPECT_EQ(std::memcmp(instance.memory(0).base(), "\0\0\0abc\0", 7), 0);
  EXPECT_TRUE(instance.element_segment(0).empty());
  EXPECT_EQ(instance.element_segment(1).size(), 1u);
  EXPECT_TRUE(instance.element_segment(2).empty());
  EXPECT_TRUE(instance.data_segment(0).empty());
  EXPECT_EQ(instance.data_segment(1).size(), 2u);
}

TEST_F(Instantiate, AFailureLeavesEarlierEffectsInPlace) {
  Instance& owner = define({section(k_tables, vec({{0x70, 0, 4}})), section(k_memories, vec({{0, 1}})),
                            section(k_exports, vec({export_of("t", {1, 0}), export_of("x", {2, 0})}))});
  Bytes imports = section(k_imports, vec({import_of("t", {1, 0x70, 0, 1}), import_of("x", {2, 0, 1})}));
  Bytes far_data = join({{0}, {0x41, 0xff, 0xff, 0x03, 0x0b}, text("yz")});  // over the end of the page
  std::string message = refuse(ErrorKind::uninstantiable,
                               {section(k_types, vec({k_void})), imports, section(k_functions, vec({{0}})),
                                section(k_elements, vec({join({{0}, i32_const(1), vec({{0}})})})),
                                section(k_code, vec({body({0}, {0x0b})})),
                                section(k_data, vec({join({{0}, i32_const(0), text("abc")}), far_data}))});
  EXPECT_EQ(message, "out of bounds memory access");
  EXPECT_EQ(store_.main_thread().trap.kind, Trap::OutOfBoundsMemoryAccess);
  const TableEntry& entry = owner.table(0).entries[1];
  ASSERT_NE(entry.code, nullptr);
  EXPECT_EQ(store_.instance(entry.instance_index).function(0).handle, entry.ref);
  EXPECT_EQ(std::memcmp(owner.memory(0).base(), "abc", 3), 0);
  EXPECT_EQ(std::to_integer<int>(owner.memory(0).base()[0xffff]), 0) << "segments are all or nothing";
}

TEST_F(Instantiate, ElementSegmentsOutOfBoundsTrap) {
  EXPECT_EQ(
      refuse(ErrorKind::uninstantiable, {section(k_types, vec({k_void})), section(k_functions, vec({{0}})),
                                         section(k_tables, vec({{0x70, 0, 1}})),
                                         section(k_elements, vec({join({{0}, i32_const(1), vec({{0}})})})),
                                         section(k_code, vec({body({0}, {0x0b})}))}),
      "out of bounds table access");
}

TEST_F(Instantiate, RunsTheStartFunction) {
  auto starting_with = [](const Bytes& code) {
    return join({section(k_types, vec({k_void})), section(k_functions, vec({{0}})),
                 section(k_globals, vec({join({{0x7f, 1}, i32_const(5)})})), section(k_start, {0}),
                 section(k_code, vec({body({0}, code)}))});
  };
  auto instance = make({starting_with({0x41, 9, 0x24, 0, 0x0b})});
  ASSERT_TRUE(instance.ok()) << instance.error().message;
  EXPECT_EQ(store_.read_global((*instance)->global(0)).as<uint32_t>(), 9u);
  EXPECT_THAT(refuse(ErrorKind::uninstantiable, {starting_with({0x00, 0x0b})}), StartsWith("unreachable"));
}

TEST_F(Instantiate, LimitsWhatTheEmbedderLimits) {
  Store small(StoreLimits{.max_memory_bytes = 1 << 16});
  Linker linker(small);
  EXPECT_TRUE(linker.instantiate(compile(module({section(k_memories, vec({{0, 1}}))})).value()).ok());
  EXPECT_EQ(linker.instantiate(compile(module({section(k_memories, vec({{0, 2}}))})).value()).error().kind,
            ErrorKind::unsupported);
}

TEST_F(Instantiate, CallsExports) {
  define({section(k_types, vec({k_i32_to_i32})), section(k_functions, vec({{0}})),
          section(k_exports, vec({export_of("double", {0, 0})})),
          section(k_code, vec({body({0}, {0x20, 0, 0x20, 0, 0x6a, 0x0b})}))});
  Instance& instance = store_.instance(1);
  auto result = call_export(instance, "double", {Value::of(k_i32, 21)});
  ASSERT_TRUE(result.ok()) << result.error().message;
  EXPECT_EQ(result->completion, Completion::returned);
  EXPECT_EQ(result->results[0].as<uint32_t>(), 42u);
  EXPECT_THAT(call_export(instance, "half").error().message, HasSubstr("unknown export \"half\""));
  EXPECT_THAT(call_export(instance, "double").error().message, HasSubstr("[i32] -> [i32]"));
}

}  // namespace
}  // namespace lindvm
