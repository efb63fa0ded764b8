#include "conformance/fuzz/run.h"

#include "conformance/fuzz/random.h"
#include "conformance/sandbox/digest.h"
#include "conformance/sandbox/import_maker.h"
#include "conformance/sandbox/time_limit.h"
#include "jit/jit.h"
#include "vm/testing/edge_values.h"

namespace lindvm::fuzz {

using namespace sandbox;

namespace {

constexpr std::chrono::milliseconds k_time_limit{5000};
constexpr size_t k_stack_bytes = 1u << 20;
constexpr uint32_t k_calls = 3;
constexpr uint32_t k_threshold = 1;  // of the mixed modes: machine code from the second call on

// An edge value of the type, or null.
Value argument(ValType type, Random& random) {
  static const auto edges32 = testing::edge_values_i32();
  static const auto edges64 = testing::edge_values_i64();
  static const auto edges_f32 = testing::edge_values_f32();
  static const auto edges_f64 = testing::edge_values_f64();
  static const auto edges_v128 = testing::edge_values_v128();
  if (type == k_i32) return Value::of(type, random.pick(edges32));
  if (type == k_i64) return Value::of(type, random.pick(edges64));
  if (type == k_f32) return Value::of(type, random.pick(edges_f32));
  if (type == k_f64) return Value::of(type, random.pick(edges_f64));
  if (type == k_v128) return Value::of(type, random.pick(edges_v128));
  if (type == k_externref) return Value::of(type, uint64_t{random.below(5)});
  return zero(type);
}

Value read_argument(const HostCall& call, ValType type, unsigned slot) {
  if (type.is_vec()) return Value::of(type, call.arg_v128(slot));
  return Value::of(type, call.arg<uint64_t>(slot));
}

void write_result(HostCall& call, const Value& value, unsigned slot) {
  if (value.type.is_vec())
    call.set_result_v128(slot, value.bits);
  else
    call.set_result(slot, value.as<uint64_t>());
}

// Takes note of the arguments; the results follow from what was noted so far. Fails now and then.
HostStatus answer(HostCall& call, const FuncType& type, RunReport& report) {
  Digest digest(report);
  unsigned slot = 0;
  for (ValType param : type.params) {
    digest.add(read_argument(call, param, slot));
    slot += slot_count(param);
  }
  Random random(report.digest);
  if (random.one_in(200)) return call.fail(Trap::HostError);
  slot = 0;
  for (ValType result : type.results) {
    write_result(call, argument(result, random), slot);
    slot += slot_count(result);
  }
  return call.ok();
}

void call_exports(Store& store, Instance& instance, Digest& digest) {
  Random random(instance.module().exports().size());
  for (const Export& item : instance.module().exports()) {
    const External* external = instance.find_export(item.name);
    for (uint32_t i = 0; i < k_calls; i++) {
      std::vector<Value> arguments;
      for (ValType type : func_type(external->function->type).params)
        arguments.push_back(argument(type, random));
      digest.add(store, call(store, *external->function, arguments));
    }
  }
}

void add_state(Store& store, const Instance& instance, Digest& digest) {
  for (const GlobalRef& global : instance.globals()) digest.add(store.read_global(global));
  for (uint32_t i = 0; i < instance.memory_count(); i++) {
    const LinearMemory& memory = instance.memory(i);
    digest.add(memory.size_bytes());
    for (uint64_t at = 0; at + 8 <= memory.size_bytes(); at += 8) {
      uint64_t word;
      std::memcpy(&word, memory.base() + at, sizeof word);
      if (word) digest.add(at), digest.add(word);
    }
  }
  for (uint32_t i = 0; i < instance.table_count(); i++) {
    const Table& table = instance.table(i);
    for (uint64_t at = 0; at < table.size; at++) digest.add(table.entries[at].ref);
  }
}

}  // namespace

void use_mode(const Mode& mode) {
  if (mode.tier != TierChoice::interp) install_tier(jit::make_baseline_tier(), {mode.tier, k_threshold});
  set_interpreter_options({mode.verify_every});
}

void run_program(std::span<const uint8_t> bytes, RunReport& report) {
  auto compiled = compile(bytes);
  report.outcome = Outcome::rejected;
  if (!compiled.ok()) return;
  HostFunctions functions([&](HostCall& call, const FuncType& type) { return answer(call, type, report); });
  StoreLimits limits;
  limits.guest_stack_bytes = k_stack_bytes;
  Store store(limits);
  ImportMaker imports(store, functions);
  TimeLimit limit(store.main_thread(), k_time_limit);
  Linker linker(store);
  linker.set_fallback(
      [&](const Module& module, const Import& import) { return imports.make(module, import); });
  auto instance = linker.instantiate(std::move(compiled.value()));
  report.outcome = Outcome::stillborn;
  if (!instance.ok()) return;
  Digest digest(report);
  call_exports(store, *instance.value(), digest);
  add_state(store, *instance.value(), digest);
  report.outcome = Outcome::ran;
}

}  // namespace lindvm::fuzz
