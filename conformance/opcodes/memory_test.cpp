// Every load, store and atomic row of the opcode table at the edges of each kind of memory, in every shape of
// address and value, against its meaning: results, traps and all bytes of the memory [R2, R8].

#include <gtest/gtest.h>

#include <numeric>

#include "conformance/opcodes/runner.h"
#include "vm/isa/evaluate.h"

namespace lindvm::opcode_tests {
namespace {

using testing::CodeBuilder;

constexpr uint64_t k_memory_bytes = 65536;

enum class MemoryKind : uint8_t { plain, memory64, shared, second, growable };
constexpr MemoryKind k_kinds[] = {MemoryKind::plain, MemoryKind::memory64, MemoryKind::shared,
                                  MemoryKind::second, MemoryKind::growable};

/// One row with fixed immediates and a kind of memory.
struct Access {
  Op op{};
  MemoryKind kind{};
  Tuple lane;
  uint64_t offset = 0;
  ValType address_type;
  std::vector<ValType> operands;  ///< without the address
  std::vector<ValType> results;

  uint32_t memory() const { return kind == MemoryKind::second ? 1 : 0; }
  bool is_atomic() const { return op_info(op).has(trait::atomic); }
  bool changes_what_it_reads() const { return op_info(op).has(trait::memory_read | trait::memory_write); }
};

struct AccessShape {
  std::string name;
  bool bakes_address = false;
  bool bakes_operands = false;
  uint64_t address_bias = 0;  ///< subtracted from the address that is passed
  bool (*applies)(const Access&) = nullptr;
  /// Parameters: address, operands; locals: results, i32 counter.
  void (*emit_body)(CodeBuilder&, const Access&, const V128& address, const Tuple&) = nullptr;
};

bool always(const Access&) { return true; }
bool has_operands(const Access& access) { return !access.operands.empty(); }
bool has_results(const Access& access) { return !access.results.empty(); }
bool repeats(const Access& access) { return !access.changes_what_it_reads(); }

void get_operands(CodeBuilder& code, const Access& access) {
  for (uint32_t i = 0; i < access.operands.size(); ++i) code.local_get(1 + i);
}
void emit_access(CodeBuilder& code, const Access& access) {
  emit(code, access.op, access.lane, access.offset, access.memory());
}

void emit_params(CodeBuilder& code, const Access& access, const V128&, const Tuple&) {
  code.local_get(0);
  get_operands(code, access);
  emit_access(code, access);
}

void emit_constant_address(CodeBuilder& code, const Access& access, const V128& address, const Tuple&) {
  emit_const(code, access.address_type, address);
  get_operands(code, access);
  emit_access(code, access);
}

void emit_constant_operands(CodeBuilder& code, const Access& access, const V128&, const Tuple& tuple) {
  code.local_get(0);
  for (size_t i = 0; i < tuple.size(); ++i) emit_const(code, access.operands[i], tuple[i]);
  emit_access(code, access);
}

void emit_sum_address(CodeBuilder& code, const Access& access, const V128&, const Tuple&) {
  V128 bias{};
  bias.set_lane<uint64_t>(0, 12);
  code.local_get(0);
  emit_const(code, access.address_type, bias);
  code.op(access.address_type == k_i64 ? Op::I64Add : Op::I32Add);
  get_operands(code, access);
  emit_access(code, access);
}

uint32_t result_local(const Access& access) { return 1 + static_cast<uint32_t>(access.operands.size()); }

void emit_to_local(CodeBuilder& code, const Access& access, const V128& address, const Tuple& tuple) {
  emit_params(code, access, address, tuple);
  code.local_set(result_local(access)).local_get(result_local(access));
}

void emit_over_address(CodeBuilder& code, const Access& access, const V128& address, const Tuple& tuple) {
  emit_params(code, access, address, tuple);
  code.local_set(0).local_get(0);
}

void emit_loop(CodeBuilder& code, const Access& access, const V128& address, const Tuple& tuple) {
  uint32_t counter = result_local(access) + static_cast<uint32_t>(access.results.size());
  code.i32_const(3).local_set(counter).block(Op::Loop);
  emit_params(code, access, address, tuple);
  if (has_results(access)) code.local_set(result_local(access));
  code.local_get(counter).i32_const(1).op(Op::I32Sub).local_tee(counter).op(Op::BrIf, {0}).end();
  if (has_results(access)) code.local_get(result_local(access));
}

const std::vector<AccessShape>& access_shapes() {
  static const std::vector<AccessShape> all = {
      {"parameters", false, false, 0, always, emit_params},
      {"constant address", true, false, 0, always, emit_constant_address},
      {"constant operands", false, true, 0, has_operands, emit_constant_operands},
      {"sum as address", false, false, 12, always, emit_sum_address},
      {"result to local", false, false, 0, has_results, emit_to_local},
      {"result over address", false, false, 0,
       [](const Access& access) { return has_results(access) && access.results[0] == access.address_type; },
       emit_over_address},
      {"in a loop", false, false, 0, repeats, emit_loop},
  };
  return all;
}

std::vector<uint64_t> offsets(const Access& access) {
  uint64_t width = op_info(access.op).access_bytes();
  std::vector<uint64_t> values = {0, 8, 1003, k_memory_bytes - width, k_memory_bytes, 0xffffffff};
  if (access.address_type == k_i64) values.insert(values.end(), {uint64_t{1} << 32, ~uint64_t{0}});
  return values;
}

std::vector<uint64_t> addresses(const Access& access) {
  uint64_t width = op_info(access.op).access_bytes();
  uint64_t last = k_memory_bytes - width;
  std::vector<uint64_t> values = {
      0, 1, 6, 8, 16, 24, last, last + 1, k_memory_bytes, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff};
  if (access.offset <= last) values.insert(values.end(), {last - access.offset, last - access.offset + 1});
  if (access.address_type == k_i64)
    values.insert(values.end(), {uint64_t{1} << 32, ~uint64_t{0}, ~uint64_t{0} << 63});
  return values;
}

struct Call {
  V128 address;
  Tuple operands;
};

struct Case {
  const AccessShape* shape;
  Access access;
  uint32_t function;
  std::vector<Call> calls;
};

class MemoryModule {
 public:
  MemoryModule(Op op, MemoryKind kind) {
    Access prototype;
    prototype.op = op;
    prototype.kind = kind;
    prototype.address_type = kind == MemoryKind::memory64 ? k_i64 : k_i32;
    const SignatureInfo& signature = signature_info(op_info(op).signature);
    prototype.operands = val_types(signature.operands().subspan(1), prototype.address_type);
    prototype.results = val_types(signature.results(), prototype.address_type);
    add_memories(kind);
    std::vector<Tuple> lanes = lane_immediates(op);
    if (lanes.size() > 2) lanes = {lanes.front(), lanes[lanes.size() / 2], lanes.back()};
    for (const Tuple& lane : lanes) {
      for (uint64_t offset : offsets(prototype)) {
        Access access = prototype;
        access.lane = lane;
        access.offset = offset;
        for (const AccessShape& shape : access_shapes()) {
          if (shape.applies(access)) add_shape(shape, access);
        }
      }
    }
  }

  std::vector<uint8_t> build() const { return module_.build(); }
  const std::vector<Case>& cases() const { return cases_; }

 private:
  void add_memories(MemoryKind kind) {
    bool is_shared = kind == MemoryKind::shared;
    testing::LimitsCode limits{
        .min = 1, .max = 1, .shared = is_shared, .is_64 = kind == MemoryKind::memory64};
    if (kind == MemoryKind::growable) limits.max.reset();
    if (kind == MemoryKind::second) module_.memory({.min = 2, .max = 2});
    module_.memory(limits);
  }

  void add_shape(const AccessShape& shape, const Access& access) {
    std::vector<Call> calls;
    std::vector<Tuple> tuples = edge_tuples(access.operands, 64);
    for (uint64_t address : addresses(access)) {
      Call call{V128{}, tuples[next_tuple_++ % tuples.size()]};
      call.address.set_lane<uint64_t>(0, address);
      if (access.address_type == k_i32) call.address.set_lane<uint32_t>(1, 0);
      if (shape.bakes_address || shape.bakes_operands) {
        add_function(shape, access, {call});
      } else {
        calls.push_back(call);
      }
    }
    if (!calls.empty()) add_function(shape, access, std::move(calls));
  }

  void add_function(const AccessShape& shape, const Access& access, std::vector<Call> calls) {
    CodeBuilder code;
    shape.emit_body(code, access, calls.front().address, calls.front().operands);
    std::vector<ValType> params = {access.address_type};
    params.insert(params.end(), access.operands.begin(), access.operands.end());
    std::vector<ValType> locals = access.results;
    locals.push_back(k_i32);
    uint32_t type = module_.type(type_codes(params), type_codes(access.results));
    uint32_t function = module_.function(type, type_codes(locals), code.end());
    cases_.push_back({&shape, access, function, std::move(calls)});
  }

  testing::ModuleBuilder module_;
  std::vector<Case> cases_;
  size_t next_tuple_ = 0;
};

/// Runs the calls of a module and keeps an image of what its memory must hold.
class Checker {
 public:
  Checker(LoadedModule& module, uint32_t memory) : module_(module), memory_(module.memory(memory)) {
    std::iota(memory_.begin(), memory_.end(), uint8_t{1});
    image_.assign(memory_.begin(), memory_.end());
  }

  void check(const Case& test, const Call& call) {
    const Access& access = test.access;
    SCOPED_TRACE(::testing::Message()
                 << test.shape->name << ", offset " << access.offset << ", address "
                 << call.address.lane<uint64_t>(0) << ' ' << to_hex(access.operands, call.operands));
    Tuple operands = call.operands;
    unsigned __int128 effective =
        static_cast<unsigned __int128>(call.address.lane<uint64_t>(0)) + access.offset;
    uint64_t width = op_info(access.op).access_bytes();
    bool outside = effective + width > image_.size();
    if (!outside) make_some_exchanges_match(test, operands, static_cast<uint64_t>(effective));
    Outcome actual = run(test, call, operands);
    if (outside || (access.is_atomic() && effective % width != 0)) {
      expect_trap(actual.trap, outside, access.is_atomic() && effective % width != 0);
    } else {
      expect_results(access, actual, operands, image_.data() + static_cast<uint64_t>(effective));
    }
    if (op_info(access.op).has(trait::memory_write)) check_memory();
  }

  void check_memory() const {
    ASSERT_EQ(std::memcmp(memory_.data(), image_.data(), image_.size()), 0) << "memory differs";
  }

 private:
  /// Every other comparison of a compare-exchange finds what it expects.
  void make_some_exchanges_match(const Case& test, Tuple& operands, uint64_t address) {
    bool is_exchange = op_info(test.access.op).text.find("cmpxchg") != std::string_view::npos;
    if (!is_exchange || test.shape->bakes_operands || ++exchanges_ % 2 == 0) return;
    std::memcpy(operands[0].bytes, image_.data() + address, op_info(test.access.op).access_bytes());
  }

  Outcome run(const Case& test, const Call& call, const Tuple& operands) {
    const Access& access = test.access;
    std::vector<ValType> types = {access.address_type};
    types.insert(types.end(), access.operands.begin(), access.operands.end());
    Tuple arguments = {call.address};
    if (access.address_type == k_i64) {
      arguments[0].set_lane<uint64_t>(0, call.address.lane<uint64_t>(0) - test.shape->address_bias);
    } else {
      arguments[0].set_lane<uint32_t>(
          0, static_cast<uint32_t>(call.address.lane<uint32_t>(0) - test.shape->address_bias));
    }
    arguments.insert(arguments.end(), operands.begin(), operands.end());
    return module_.call(test.function, types, arguments);
  }

  static void expect_trap(Trap trap, bool outside, bool unaligned) {
    bool expected =
        (outside && trap == Trap::OutOfBoundsMemoryAccess) || (unaligned && trap == Trap::UnalignedAtomic);
    ASSERT_TRUE(expected) << "trap: " << trap_text(trap);
  }

  void expect_results(const Access& access, const Outcome& actual, Tuple operands, void* address) {
    ASSERT_EQ(trap_text(actual.trap), trap_text(Trap::None));
    operands.insert(operands.end(), access.lane.begin(), access.lane.end());
    Evaluation expected = evaluate(access.op, operands, address);
    ASSERT_EQ(actual.results.size(), access.results.size());
    for (size_t i = 0; i < access.results.size(); ++i) {
      ValType type = access.results[i];
      ASSERT_EQ(to_hex(type, actual.results[i].bits), to_hex(type, expected.results[i]));
    }
  }

  LoadedModule& module_;
  std::span<uint8_t> memory_;
  std::vector<uint8_t> image_;
  unsigned exchanges_ = 0;
};

class MemoryOpcodes : public ::testing::TestWithParam<Op> {};

TEST_P(MemoryOpcodes, GiveTheirMeaningInEveryMemory) {
  for (MemoryKind kind : k_kinds) {
    SCOPED_TRACE(::testing::Message() << "memory kind " << static_cast<int>(kind));
    MemoryModule generated(GetParam(), kind);
    std::string error;
    auto module = LoadedModule::load(generated.build(), error);
    ASSERT_NE(module, nullptr) << error;
    Checker checker(*module, kind == MemoryKind::second ? 1 : 0);
    for (const Case& test : generated.cases()) {
      for (const Call& call : test.calls) {
        checker.check(test, call);
        if (HasFatalFailure()) return;
      }
    }
    checker.check_memory();
  }
}

std::vector<Op> memory_ops() {
  std::vector<Op> ops;
  for (Op op : all_ops()) {
    if (can_evaluate(op) && op_info(op).access_bytes() != 0) ops.push_back(op);
  }
  return ops;
}

INSTANTIATE_TEST_SUITE_P(Table, MemoryOpcodes, ::testing::ValuesIn(memory_ops()),
                         [](const auto& info) { return std::string(op_info(info.param).id); });

}  // namespace
}  // namespace lindvm::opcode_tests
