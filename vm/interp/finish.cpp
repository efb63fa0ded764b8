// The translator's last step: choosing the locals to pin, picking handler variants, laying out instructions.

#include <algorithm>
#include <array>

#include "vm/interp/registers.h"
#include "vm/interp/translator.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

namespace {

constexpr uint32_t radix(Role role) {
  switch (role) {
    case Role::none:
      return 1;
    case Role::int_dst:
      return k_int_dst_kinds;
    case Role::int_src:
      return k_int_src_kinds;
    case Role::int_imm:
      return k_int_imm_kinds;
    case Role::flt_dst:
    case Role::flt_src:
      return k_float_kinds;
  }
  return 1;
}

/// The operands of a form that variants depend on, each with the distance between variants that differ by one
/// in its kind.
struct Fields {
  struct Field {
    uint8_t index = 0;
    Role role = Role::none;
    uint16_t stride = 0;
  };
  uint8_t count = 0;
  Field fields[4] = {};

  constexpr const Field* begin() const { return fields; }
  constexpr const Field* end() const { return fields + count; }
};

constexpr Fields fields_of(const Shape& shape) {
  Fields result;
  uint32_t stride = 1;
  for (int i = 4; i-- > 0;) {
    Role role = shape.roles[i];
    if (role == Role::none) continue;
    result.fields[result.count++] = {static_cast<uint8_t>(i), role, static_cast<uint16_t>(stride)};
    stride *= radix(role);
  }
  return result;
}

constexpr auto k_fields = [] {
  std::array<Fields, std::size(k_shapes)> table;
  for (size_t i = 0; i < table.size(); ++i) table[i] = fields_of(k_shapes[i]);
  return table;
}();

const Fields& fields_of(const Raw& raw) { return k_fields[static_cast<int>(raw.form)]; }
constexpr bool writes(Role role) { return role == Role::int_dst || role == Role::flt_dst; }
constexpr bool is_flt(Role role) { return role == Role::flt_dst || role == Role::flt_src; }

/// The value goes to its slot and to the accumulator, never to a pinned register.
bool writes_slot_only(const Raw& raw) {
  return raw.bank != Bank::none && !raw.is_call &&
         k_shapes[static_cast<int>(raw.form)].roles[0] == Role::none;
}

using HandlerTable = std::array<const void*, k_handler_count>;

const HandlerTable k_addresses = [] {
  HandlerTable table;
  for (uint32_t id = 0; id < table.size(); ++id) table[id] = handler_address(id);
  return table;
}();

uint64_t loop_weight(uint8_t depth) {
  return uint64_t{1} << std::min<int>(3 * depth, k_max_loop_weight_log2);
}

}  // namespace

/// Counts what pinning each local (or loop constant) would save: reads from a register instead of a slot,
/// less the reloads after instructions that write the slot only. Returns the cost of reloads after calls.
int64_t Translator::weigh() {
  int64_t call_weight = 0;
  for (const Raw& raw : raws_) {
    auto weight = static_cast<int64_t>(loop_weight(raw.loop_depth));
    for (const Fields::Field& field : fields_of(raw)) {
      if (field.role == Role::int_imm && raw.immediate) continue;
      benefit_at(raw.operand[field.index]) += writes(field.role) ? weight / 2 : 2 * weight;
    }
    if (writes_slot_only(raw)) benefit_at(raw.operand[0]) -= k_reload_cost * weight;
    if (raw.is_call) call_weight += k_reload_cost * weight;
  }
  return call_weight;
}

void Translator::choose_pins() {
  benefit_.assign(frame_end_ + 2, 0);
  int64_t call_weight = weigh();
  struct Candidate {
    int64_t benefit;
    int16_t offset;
  };
  std::vector<Candidate> integers, f64s, f32s;
  auto consider = [&](ValType type, uint32_t slot) {
    int64_t benefit = benefit_at(offset(slot));
    if (benefit <= k_min_pin_benefit) return;
    Bank bank = bank_of(type);
    if (bank == Bank::integer) integers.push_back({benefit, offset(slot)});
    if (bank == Bank::f64) f64s.push_back({benefit, offset(slot)});
    if (bank == Bank::f32) f32s.push_back({benefit, offset(slot)});
  };
  for (size_t i = 0; i < local_types_.size(); ++i) consider(local_types_[i], local_slots_[i]);
  for (const LoopConstant& constant : loop_constants_) consider(constant.type, constant.slot);
  auto pick = [](std::vector<Candidate>& from, int16_t* pins, int count, int64_t cost) {
    auto end = from.begin() + std::min<ptrdiff_t>(count, static_cast<ptrdiff_t>(from.size()));
    std::partial_sort(from.begin(), end, from.end(),
                      [](const Candidate& a, const Candidate& b) { return a.benefit > b.benefit; });
    int64_t total = 0;
    for (auto it = from.begin(); it != end; ++it) total += it->benefit;
    if (total <= cost) return 0;
    int picked = 0;
    for (auto it = from.begin(); it != end; ++it) pins[picked++] = it->offset;
    return picked;
  };
  pins_.integers = pick(integers, pins_.integer, k_int_pins, 0);
  pins_.f64s = pick(f64s, pins_.f64, k_float_pins, call_weight);
  pins_.f32s = pick(f32s, pins_.f32, k_float_pins, call_weight);
}

/// Index of the pinned register that mirrors a slot, or -1. Unused pins hold 0, which is no slot's offset.
int Translator::pin_of(int16_t offset, bool is_float) const {
  if (!is_float) {
    for (int i = 0; i < 3; ++i) {
      if (pins_.integer[i] == offset) return i;
    }
    return -1;
  }
  for (int i = 0; i < 2; ++i) {
    if (pins_.f64[i] == offset || pins_.f32[i] == offset) return i;
  }
  return -1;
}

uint32_t Translator::variant_kind(const Raw& raw, int field, Role role) const {
  if (role == Role::int_imm && raw.immediate) return I;
  int pin = pin_of(raw.operand[field], is_flt(role));
  if (pin >= 0) return static_cast<uint32_t>(R0) + static_cast<uint32_t>(pin);
  bool in_acc = writes(role) ? raw.acc_only : raw.in_acc >> field & 1;
  return in_acc ? A : S;
}

uint32_t Translator::variant(const Raw& raw) const {
  uint32_t id = raw.handler;
  for (const Fields::Field& field : fields_of(raw)) {
    id += field.stride * variant_kind(raw, field.index, field.role);
  }
  return id;
}

/// Does the instruction write a pinned local's slot without its register?
bool Translator::leaves_pin_stale(const Raw& raw) const {
  return writes_slot_only(raw) && pin_of(raw.operand[0], raw.bank != Bank::integer) >= 0;
}

uint32_t Translator::units_of(const Raw& raw) const {
  uint32_t units = 1 + raw.extra_units;
  if (raw.handler == H_BranchTable_S) units += (raw.imm + 1 + 3) / 4;
  if (leaves_pin_stale(raw)) ++units;
  if (raw.is_call) units += (pins_.f64s > 0) + (pins_.f32s > 0);
  return units;
}

/// The Raw that a branch to the label reaches, unconditional branches on the way followed.
uint32_t Translator::target_of_label(uint32_t label) const {
  uint32_t target = label_positions_[label];
  for (int hops = 0; hops < 8 && target < raws_.size() && raws_[target].handler == H_Branch; ++hops) {
    target = label_positions_[raws_[target].label];
  }
  return target;
}

Instr Translator::refill(Bank bank) const {
  Instr instr;
  if (bank == Bank::integer) {
    instr = {k_addresses[H_RefillInt], pins_.integer[0], pins_.integer[1], {{pins_.integer[2], 0}}};
  } else if (bank == Bank::f64) {
    instr = {k_addresses[H_RefillF64], pins_.f64[0], pins_.f64[1], {}};
  } else {
    instr = {k_addresses[H_RefillF32], pins_.f32[0], pins_.f32[1], {}};
  }
  return instr;
}

/// Distance from the instruction at `at` to a label.
int32_t Translator::distance(uint32_t label, uint32_t at) const {
  return static_cast<int32_t>(positions_[target_of_label(label)] - at);
}

uint32_t Translator::prologue_units() const {
  auto constants = static_cast<uint32_t>(loop_constants_.size());
  return 2 + 2 * constants + (constants > 0 && pins_.integers > 0) + (pins_.f64s > 0) + (pins_.f32s > 0);
}

/// Function entry: probe, zeroed locals, integer pins; then loop constants and the other pins.
Instr* Translator::encode_prologue(Instr* out) const {
  uint32_t frame_slots = frame_end_ - param_slots_;
  Instr enter{k_addresses[H_Enter], 0, static_cast<int16_t>(local_slot_count_ - param_slots_), {}};
  enter.imm = static_cast<int32_t>((frame_slots + k_frame_probe_slack) * 8);
  *out++ = enter;
  Instr reload = refill(Bank::integer);
  reload.handler = nullptr;
  *out++ = reload;
  for (const LoopConstant& constant : loop_constants_) {
    bool is_int = bank_of(constant.type) == Bank::integer;
    uint32_t handler = is_int ? H_ConstWide_S : constant.type == k_f32 ? H_ConstF32_FS : H_ConstF64_FS;
    *out++ = {k_addresses[handler], offset(constant.slot), 0, {}};
    *out++ = {reinterpret_cast<const void*>(constant.bits), 0, 0, {}};
  }
  if (!loop_constants_.empty() && pins_.integers > 0) *out++ = refill(Bank::integer);
  if (pins_.f64s > 0) *out++ = refill(Bank::f64);
  if (pins_.f32s > 0) *out++ = refill(Bank::f32);
  return out;
}

Instr* Translator::encode_raw(const Raw& raw, uint32_t at, Instr* out) const {
  Instr instr{k_addresses[variant(raw)], raw.operand[0], raw.operand[1], {{raw.operand[2], raw.operand[3]}}};
  if (raw.is_branch) {
    if (raw.is_short) {
      instr.w = static_cast<int16_t>(distance(raw.label, at));
    } else {
      instr.imm = distance(raw.label, at);
    }
  } else if (raw.has_imm) {
    instr.imm = static_cast<int32_t>(raw.imm);
  }
  *out++ = instr;
  if (raw.extra_units > 0) out = encode_units(raw, out);
  if (raw.handler == H_BranchTable_S) out = encode_table(raw, at, out);
  if (leaves_pin_stale(raw)) *out++ = refill(raw.bank);
  if (raw.is_call && pins_.f64s > 0) *out++ = refill(Bank::f64);
  if (raw.is_call && pins_.f32s > 0) *out++ = refill(Bank::f32);
  return out;
}

/// The operand units; a call's last one says what to reload into the pinned registers.
Instr* Translator::encode_units(const Raw& raw, Instr* out) const {
  for (uint32_t i = 0; i < raw.extra_units; ++i) {
    uint64_t word = sides_[2 * (raw.side + i) + 1];
    Instr unit = refill(Bank::integer);
    if (!raw.is_call || i + 1u != raw.extra_units) {
      unit.x = static_cast<int16_t>(word);
      unit.y = static_cast<int16_t>(word >> 16);
      unit.imm = static_cast<int32_t>(word >> 32);
    }
    unit.handler = reinterpret_cast<const void*>(sides_[2 * (raw.side + i)]);
    *out++ = unit;
  }
  return out;
}

Instr* Translator::encode_table(const Raw& raw, uint32_t at, Instr* out) const {
  auto raw_index = static_cast<uint32_t>(&raw - raws_.data());
  auto table = std::find_if(tables_.begin(), tables_.end(), [&](auto& t) { return t.first == raw_index; });
  size_t units = (table->second.size() + 3) / 4;
  std::fill_n(out, units, Instr{});
  auto* deltas = reinterpret_cast<char*>(out);
  for (uint32_t label : table->second) {
    int32_t delta = distance(label, at);
    __builtin_memcpy(deltas, &delta, 4);
    deltas += 4;
  }
  return out + units;
}

void Translator::encode_handlers(std::vector<HandlerRange>& ranges) const {
  ranges.reserve(handlers_.size());
  for (const RawHandler& handler : handlers_) {
    HandlerRange range;
    range.begin = positions_[handler.begin];
    range.end = positions_[handler.end];
    range.tag = handler.tag;
    if (handler.label != k_no_label) range.target = positions_[label_positions_[handler.label]];
    range.payload_offset = offset(handler.payload_slot);
    range.push_payload = handler.push_payload;
    range.push_exnref = handler.push_exnref;
    range.exnref_first = handler.exnref_first;
    range.depth = handler.depth;
    range.is_delegate = handler.is_delegate;
    range.delegate_depth = handler.delegate_depth;
    ranges.push_back(range);
  }
}

/// Positions of all Raws, and of the end.
void Translator::lay_out() {
  positions_.resize(raws_.size() + 1);
  uint32_t position = prologue_units();
  for (size_t i = 0; i < raws_.size(); ++i) {
    positions_[i] = position;
    position += units_of(raws_[i]);
  }
  positions_[raws_.size()] = position;
}

std::unique_ptr<FunctionTranslation> Translator::encode() {
  lay_out();
  auto result = std::make_unique<FunctionTranslation>();
  result->code = &code_;
  result->instr_count = positions_.back();
  result->instrs = std::make_unique_for_overwrite<Instr[]>(positions_.back());
  result->wasm_offsets.reserve(positions_.back());
  result->wasm_offsets.assign(prologue_units(), function_.body.begin);
  Instr* out = encode_prologue(result->instrs.get());
  for (size_t i = 0; i < raws_.size(); ++i) {
    out = encode_raw(raws_[i], positions_[i], out);
    result->wasm_offsets.resize(positions_[i + 1], raws_[i].wasm_offset);
  }
  result->frame_slots = frame_end_ - param_slots_;
  std::copy(std::begin(pins_.integer), std::end(pins_.integer), result->int_pins);
  std::copy(std::begin(pins_.f64), std::end(pins_.f64), result->f64_pins);
  std::copy(std::begin(pins_.f32), std::end(pins_.f32), result->f32_pins);
  encode_handlers(result->handlers);
  return result;
}

}  // namespace lindvm::interp
