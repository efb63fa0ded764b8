#include "vm/module/load.h"

#include <gtest/gtest.h>

#include "vm/isa/opcodes.h"
#include "vm/module/known_bodies.h"
#include "vm/module/module_bytes.h"
#include "vm/module/names.h"

namespace lindvm {
namespace {

using namespace testing;

const Bytes k_void{0x60, 0, 0};

std::shared_ptr<const Module> load(const Bytes& bytes) {
  auto result = load_module(bytes);
  EXPECT_TRUE(result.ok()) << result.error().message << " at " << result.error().offset;
  return result.ok() ? std::move(result).value() : nullptr;
}

void expect_error(const Bytes& bytes, ErrorKind kind, const std::string& message, uint64_t offset,
                  const Features& features = {}) {
  auto result = load_module(bytes, features);
  ASSERT_FALSE(result.ok()) << message;
  EXPECT_EQ(result.error().kind, kind) << result.error().message;
  EXPECT_EQ(result.error().message.substr(0, message.size()), message);
  EXPECT_EQ(result.error().offset, offset) << result.error().message;
}

TEST(Load, EmptyModule) {
  auto empty = load(module({}));
  EXPECT_TRUE(empty->functions().empty());
  EXPECT_EQ(empty->find_export("x"), nullptr);
}

TEST(Load, FileErrors) {
  EXPECT_EQ(load_module_file("/nonexistent").error().kind, ErrorKind::io);
  EXPECT_EQ(load_module_file("/").error().kind, ErrorKind::io);
  EXPECT_EQ(load_module_file("/dev/null").error().kind, ErrorKind::io);
}

TEST(Load, IndexSpacesListImportsFirst) {
  Bytes imports = vec({join({text("env"), text("f"), {0, 0}}), join({text("env"), text("m"), {2, 0, 1}}),
                       join({text("env"), text("g"), {3, 0x7f, 0}})});
  Bytes globals = vec({{0x7e, 1, 0x42, 0x7f, 0x0b}});
  Bytes exports =
      vec({join({text("run"), {0, 1}}), join({text("memory"), {2, 0}}), join({text("g"), {3, 1}})});
  auto m = load(
      module({section(1, vec({k_void})), section(2, imports), section(3, vec({{0}})), section(6, globals),
              section(7, exports), section(8, {1}), section(10, vec({body({0}, {0x0b})}))}));
  EXPECT_EQ(m->imported_functions(), 1u);
  EXPECT_EQ(m->functions().size(), 2u);
  EXPECT_EQ(m->imports()[1].kind, ExternKind::memory);
  EXPECT_EQ(m->memories()[0].limits.min, 1u);
  EXPECT_EQ(m->start(), 1u);
  EXPECT_EQ(m->find_export("memory")->kind, ExternKind::memory);
  EXPECT_EQ(m->find_export("absent"), nullptr);
  std::span<const ConstInstr> init = m->const_instrs(m->globals()[1].init);
  ASSERT_EQ(init.size(), 1u);
  EXPECT_EQ(init[0].op, Op::I64Const);
  EXPECT_EQ(init[0].value, UINT64_MAX);
}

TEST(Load, MeasuresFunctions) {
  // (param i32 v128) (local i64 i64 v128): loop, call, and at most i32, v128, i32 on the stack.
  Bytes type{0x60, 2, 0x7f, 0x7b, 0};
  Bytes locals = vec({{2, 0x7e}, {0, 0x7f}, {1, 0x7b}});
  Bytes code{0x03, 0x40, 0x20, 0, 0x20, 1, 0x20, 0, 0x1a, 0x10, 0, 0x0b, 0x0b};
  auto m = load(one_function(type, locals, code));
  const ModuleFunction& f = m->functions()[0];
  EXPECT_EQ(f.param_slots, 3u);
  EXPECT_EQ(f.local_slots, 4u);
  EXPECT_EQ(f.local_count, 5u);
  EXPECT_EQ(f.max_operand_slots, 4u);
  EXPECT_EQ(f.max_control_depth, 2u);
  EXPECT_TRUE(f.has_loops && f.has_calls);
  EXPECT_FALSE(f.has_handlers);
  ASSERT_EQ(m->local_runs(f).size(), 2u);  // the empty run is left out
  EXPECT_EQ(m->local_runs(f)[1].type, k_v128);
  std::span<const uint8_t> bytes = m->bytes(f.body);
  EXPECT_EQ(Bytes(bytes.begin(), bytes.end()), code);
}

TEST(Load, Segments) {
  Bytes tables = vec({{0x70, 0, 2}}), memories = vec({{0, 1}});
  Bytes elements =
      vec({{0, 0x41, 1, 0x0b, 1, 0}, {5, 0x70, 2, 0xd0, 0x70, 0x0b, 0xd2, 0, 0x0b}, {3, 0, 1, 0}});
  Bytes data = vec({join({{0, 0x41, 8, 0x0b}, text("hello")}), join({{1}, text("passive")})});
  auto m = load(module({section(1, vec({k_void})), section(3, vec({{0}})), section(4, tables),
                        section(5, memories), section(9, elements), section(12, {2}),
                        section(10, vec({body({0}, {0x0b})})), section(11, data)}));
  const auto& segments = m->element_segments();
  EXPECT_EQ(segments[0].mode, SegmentMode::active);
  EXPECT_EQ(m->const_instrs(segments[0].offset)[0].value, 1u);
  EXPECT_EQ(m->element_functions(segments[0]).size(), 1u);
  EXPECT_EQ(segments[1].mode, SegmentMode::passive);
  ASSERT_EQ(m->element_exprs(segments[1]).size(), 2u);
  EXPECT_EQ(m->const_instrs(m->element_exprs(segments[1])[0])[0].value, k_funcref.bits());
  EXPECT_EQ(m->const_instrs(m->element_exprs(segments[1])[1])[0].op, Op::RefFunc);
  EXPECT_EQ(segments[2].mode, SegmentMode::declarative);
  std::span<const uint8_t> bytes = m->bytes(m->data_segments()[0].bytes);
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), "hello");
  EXPECT_EQ(m->data_segments()[1].mode, SegmentMode::passive);
}

TEST(Load, ErrorsSayWhatAndWhere) {
  using enum ErrorKind;
  expect_error({}, malformed, "unexpected end", 0);
  expect_error({0, 'a', 's', 'n', 1, 0, 0, 0}, malformed, "magic header not detected", 0);
  expect_error(module({section(3, vec({{0}}))}), invalid, "unknown type 0", 11);
  expect_error(module({section(5, vec({{0, 1}})), section(4, {0})}), malformed,
               "unexpected content after last", 13);
  expect_error(one_function(k_void, {0}, {0x41, 0, 0x42, 0, 0x6a, 0x1a, 0x0b}), invalid,
               "type mismatch: instruction requires [i32] but stack has [i64]", 27);
  expect_error(one_function(k_void, {0}, {0x0c, 1, 0x0b}), invalid, "unknown label 1", 23);
  expect_error(one_function(k_void, {0}, {0x20, 0, 0x1a, 0x0b}), invalid, "unknown local 0", 23);
  expect_error(one_function(k_void, {0}, {0xff, 0x0b}), malformed, "illegal opcode ff", 23);
  expect_error(one_function(k_void, {0}, {0x41, 0, 0x0b}), invalid,
               "type mismatch: block requires [] but stack has [i32]", 25);
}

TEST(Load, FeaturesCanBeTurnedOff) {
  Bytes simd = one_function(k_void, {0}, join({{0xfd, 12}, Bytes(16), {0x1a, 0x0b}}));
  load(simd);
  expect_error(simd, ErrorKind::malformed, "illegal opcode fd 0c", 23,
               Features::all().without(Feature::simd));
  Bytes two_memories = module({section(5, vec({{0, 1}, {0, 1}}))});
  load(two_memories);
  expect_error(two_memories, ErrorKind::invalid, "multiple memories", 13,
               Features::all().without(Feature::multi_memory));
}

TEST(Load, LabelsOfSeveralBytes) {
  Bytes code;
  for (int i = 0; i < 300; i++) code.insert(code.end(), {0x02, 0x40});
  code.insert(code.end(),
              {0x41, 0, 0x0d, 0xac, 0x02, 0x41, 0, 0x0d, 0x80, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01});
  code.insert(code.end(), 301, 0x0b);
  EXPECT_EQ(load(one_function(k_void, {0}, code))->functions()[0].max_control_depth, 301u);
}

TEST(Load, ManyLocalsInSmallBodies) {
  Bytes type{0x60, 1, 0x7d, 0};
  Bytes locals = vec({join({leb(20000), {0x7f}}), join({leb(20000), {0x7e}})});
  auto code = [](uint32_t index, uint8_t use) { return join({{0x20}, leb(index), {use, 0x1a, 0x0b}}); };
  load(one_function(type, locals, code(0, 0x8c)));      // f32.neg
  load(one_function(type, locals, code(20000, 0x45)));  // i32.eqz
  load(one_function(type, locals, code(20001, 0x50)));  // i64.eqz
  load(one_function(type, locals, code(40000, 0x50)));
  EXPECT_FALSE(load_module(one_function(type, locals, code(40001, 0x50))).ok());
  EXPECT_FALSE(load_module(one_function(type, locals, code(20000, 0x50))).ok());
  Bytes too_many = vec({join({leb(50000), {0x7f}})});
  EXPECT_EQ(load_module(one_function(type, too_many, {0x0b})).error().kind, ErrorKind::unsupported);
}

TEST(Load, NonNullableLocalsAreTracked) {
  Bytes locals = vec({{1, 0x64, 0x70}});  // (local (ref func))
  Bytes declare = section(9, vec({{3, 0, 1, 0}}));
  auto module_of = [&](const Bytes& code) { return one_function(k_void, locals, code, declare); };
  load(module_of({0xd2, 0, 0x21, 0, 0x20, 0, 0x1a, 0x0b}));
  EXPECT_EQ(load_module(module_of({0x20, 0, 0x1a, 0x0b})).error().message, "uninitialized local 0");
  // What a block initialises is uninitialised after it.
  Bytes code{0x02, 0x40, 0xd2, 0, 0x21, 0, 0x0b, 0x20, 0, 0x1a, 0x0b};
  EXPECT_EQ(load_module(module_of(code)).error().message, "uninitialized local 0");
}

TEST(Load, DuplicateExports) {
  std::vector<Bytes> exports;
  for (int i = 0; i < 1000; i++) exports.push_back(join({text("name" + std::to_string(i)), {2, 0}}));
  auto with = [&] { return module({section(5, vec({{0, 1}})), section(7, vec(exports))}); };
  auto m = load(with());
  for (int i = 0; i < 1000; i++) EXPECT_EQ(m->find_export("name" + std::to_string(i)), &m->exports()[i]);
  exports.push_back(exports[500]);
  EXPECT_EQ(load_module(with()).error().message, "duplicate export name");
}

TEST(Names, OfFunctionsLocalsAndProducers) {
  Bytes functions = vec({join({{1}, text("second")}), join({{0}, text("first")})});
  Bytes locals = vec({join({{0}, vec({join({{1}, text("x")})})})});
  Bytes names = join({{0}, sized(text("app")), {1}, sized(functions), {2}, sized(locals)});
  Bytes producers = vec({join({text("processed-by"), vec({join({text("clang"), text("22")})})})});
  Bytes features = vec({join({{'+'}, text("simd128")})});
  Bytes memory{1, 4, 0x80, 0x08, 4, 2, 0};
  memory[1] = 5;
  auto m =
      load(module({custom("name", names), custom("producers", producers), custom("target_features", features),
                   custom("dylink.0", join({memory, {2}, sized(vec({text("libc.so")}))}))}));
  const ModuleNames& n = m->names();
  EXPECT_EQ(n.module_name(), "app");
  EXPECT_EQ(n.function_name(0), "first");
  EXPECT_EQ(n.function_name(1), "second");
  EXPECT_EQ(n.function_name(2), "");
  EXPECT_EQ(n.local_name(0, 1), "x");
  EXPECT_EQ(n.local_name(1, 1), "");
  ASSERT_EQ(n.producers().size(), 1u);
  EXPECT_EQ(n.producers()[0].version, "22");
  ASSERT_EQ(n.target_features().size(), 1u);
  EXPECT_EQ(n.target_features()[0].name, "simd128");
  ASSERT_TRUE(n.dylink());
  EXPECT_EQ(n.dylink()->memory_size, 1024u);
  EXPECT_EQ(n.dylink()->memory_align_log2, 4u);
  ASSERT_EQ(n.dylink()->needed.size(), 1u);
  EXPECT_EQ(n.dylink()->needed[0], "libc.so");
}

TEST(Names, DamagedSectionsAreHarmless) {
  auto m = load(module(
      {custom("name", {1, 0x7f, 0x05, 0x00}), custom("producers", {0xff}), custom("dylink.0", {1, 3, 1})}));
  EXPECT_EQ(m->names().function_name(0), "");
  EXPECT_TRUE(m->names().producers().empty());
}

/// Knows the bodies of the module that it was made with.
class Keeper final : public BodyKeeper {
 public:
  explicit Keeper(OwnedSummaries known) : known_(std::move(known)) { set_body_keeper(this); }
  ~Keeper() override { set_body_keeper(nullptr); }
  std::optional<BodySummaries> find(std::span<const uint8_t>, const Features&) override {
    return BodySummaries{known_.bodies, known_.runs};
  }

 private:
  OwnedSummaries known_;
};

/// Two functions, one with locals of several types, a loop and a call. `last` is the last body's last but one
/// byte.
Bytes module_with_bodies(uint8_t last) {
  Bytes locals{3, 2, 0x7f, 1, 0x7b, 1, 0x63, 0};  // i32 i32 v128 (ref null 0)
  return module(
      {section(1, vec({k_void})), section(3, vec({{0}, {0}})),
       section(10, vec({body({0}, {0x0b}), body(locals, {0x03, 0x40, 0x10, 0, 0x0b, last, 0x0b})}))});
}

TEST(KnownBodies, AreTakenInsteadOfValidation) {
  auto validated = load(module_with_bodies(0x01));
  Keeper keeper(summarise_bodies(*validated));
  EXPECT_TRUE(load_module(module_with_bodies(0x1a)).ok());  // drop of nothing: not looked at
  auto known = load(module_with_bodies(0x01));
  for (size_t i = 0; i < 2; ++i) {
    const ModuleFunction &a = validated->functions()[i], &b = known->functions()[i];
    EXPECT_EQ(a.body.begin, b.body.begin);
    EXPECT_EQ(a.body.end, b.body.end);
    EXPECT_EQ(a.local_slots, b.local_slots);
    EXPECT_EQ(a.local_count, b.local_count);
    EXPECT_EQ(a.max_operand_slots, b.max_operand_slots);
    EXPECT_EQ(a.max_control_depth, b.max_control_depth);
    EXPECT_EQ(a.has_loops, b.has_loops);
    EXPECT_EQ(a.has_calls, b.has_calls);
    EXPECT_EQ(a.has_handlers, b.has_handlers);
    auto a_runs = validated->local_runs(a), b_runs = known->local_runs(b);
    ASSERT_EQ(a_runs.size(), b_runs.size());
    for (size_t run = 0; run < a_runs.size(); ++run) EXPECT_EQ(a_runs[run].type, b_runs[run].type);
  }
}

TEST(KnownBodies, ThatDoNotFitAreIgnored) {
  const OwnedSummaries good = summarise_bodies(*load(module_with_bodies(0x01)));
  auto expect_validation = [](const OwnedSummaries& known) {
    Keeper keeper(known);
    EXPECT_FALSE(load_module(module_with_bodies(0x1a)).ok());
    EXPECT_TRUE(load_module(module_with_bodies(0x01)).ok());
  };
  for (auto change :
       {+[](OwnedSummaries& k) { k.bodies.pop_back(); }, +[](OwnedSummaries& k) { k.runs.pop_back(); },
        +[](OwnedSummaries& k) { k.bodies[1].end = 1'000'000; },
        +[](OwnedSummaries& k) { k.bodies[1].begin = k.bodies[0].begin; },
        +[](OwnedSummaries& k) { k.bodies[0].end = 0; }, +[](OwnedSummaries& k) { k.runs[0].type = 7; },
        +[](OwnedSummaries& k) { k.runs[2].type |= ~uint32_t{0} << 6; },
        +[](OwnedSummaries& k) { k.bodies[0].run_count = ~uint32_t{0}; }}) {
    OwnedSummaries bad = good;
    change(bad);
    expect_validation(bad);
  }
}

}  // namespace
}  // namespace lindvm
