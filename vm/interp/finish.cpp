// The translator's last step: choosing the locals to pin, picking handler variants, laying out instructions.

#include <algorithm>

#include "vm/interp/registers.h"
#include "vm/interp/translator.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

namespace {

bool is_int(Role role) { return role == Role::int_dst || role == Role::int_src || role == Role::int_imm; }
bool is_flt(Role role) { return role == Role::flt_dst || role == Role::flt_src; }

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

const Shape& shape_of(const Raw& raw) { return k_shapes[static_cast<int>(raw.form)]; }

uint64_t loop_weight(uint8_t depth) {
  return uint64_t{1} << std::min<int>(3 * depth, k_max_loop_weight_log2);
}

}  // namespace

/// Slot number of a frame offset.
uint32_t Translator::slot_at(int16_t offset) const {
  return offset > 0 ? param_slots_ + 1 - static_cast<uint32_t>(offset)
                    : param_slots_ + static_cast<uint32_t>(-1 - offset);
}

/// Counts what pinning each local (or loop constant) would save: reads from a register instead of a slot,
/// less the reloads after instructions that write the slot only.
void Translator::weigh(std::vector<int64_t>& benefit) const {
  for (const Raw& raw : raws_) {
    auto weight = static_cast<int64_t>(loop_weight(raw.loop_depth));
    const Shape& shape = shape_of(raw);
    for (int i = 0; i < 4; ++i) {
      Role role = shape.roles[i];
      if (role == Role::none || (role == Role::int_imm && raw.immediate)) continue;
      bool reads = role != Role::int_dst && role != Role::flt_dst;
      benefit[slot_at(raw.operand[i])] += reads ? 2 * weight : weight / 2;
    }
    if (raw.bank != Bank::none && shape.roles[0] == Role::none && !raw.is_call) {
      benefit[slot_at(raw.operand[0])] -= k_reload_cost * weight;
    }
  }
}

void Translator::choose_pins() {
  std::vector<int64_t> benefit(frame_end_ + 1);
  weigh(benefit);
  int64_t call_weight = 0;
  for (const Raw& raw : raws_) {
    if (raw.is_call) call_weight += k_reload_cost * static_cast<int64_t>(loop_weight(raw.loop_depth));
  }
  struct Candidate {
    int64_t benefit;
    int16_t offset;
  };
  std::vector<Candidate> integers, f64s, f32s;
  auto consider = [&](ValType type, uint32_t slot) {
    if (benefit[slot] <= k_min_pin_benefit) return;
    Bank bank = bank_of(type);
    if (bank == Bank::integer) integers.push_back({benefit[slot], offset(slot)});
    if (bank == Bank::f64) f64s.push_back({benefit[slot], offset(slot)});
    if (bank == Bank::f32) f32s.push_back({benefit[slot], offset(slot)});
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

/// Index of the pinned register that mirrors a slot, or -1.
int Translator::pin_of(int16_t offset, bool is_float) const {
  if (!is_float) {
    for (int i = 0; i < pins_.integers; ++i) {
      if (pins_.integer[i] == offset) return i;
    }
    return -1;
  }
  for (int i = 0; i < pins_.f64s; ++i) {
    if (pins_.f64[i] == offset) return i;
  }
  for (int i = 0; i < pins_.f32s; ++i) {
    if (pins_.f32[i] == offset) return i;
  }
  return -1;
}

uint32_t Translator::kind_of(const Raw& raw, int field) const {
  Role role = shape_of(raw).roles[field];
  if (role == Role::int_imm && raw.immediate) return I;
  if (!is_int(role) && !is_flt(role)) return 0;
  int pin = pin_of(raw.operand[field], is_flt(role));
  bool writes = role == Role::int_dst || role == Role::flt_dst;
  bool in_acc = writes ? raw.acc_only : raw.in_acc >> field & 1;
  if (pin >= 0) return static_cast<uint32_t>(R0) + static_cast<uint32_t>(pin);
  return in_acc ? A : S;
}

uint32_t Translator::variant(const Raw& raw) const {
  uint32_t index = 0;
  for (int i = 0; i < 4; ++i) index = index * radix(shape_of(raw).roles[i]) + kind_of(raw, i);
  return raw.handler + index;
}

/// Does the instruction write a pinned local's slot without its register?
bool Translator::leaves_pin_stale(const Raw& raw) const {
  return raw.bank != Bank::none && shape_of(raw).roles[0] == Role::none && !raw.is_call &&
         pin_of(raw.operand[0], raw.bank != Bank::integer) >= 0;
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
    instr = {handler_address(H_RefillInt), pins_.integer[0], pins_.integer[1], {{pins_.integer[2], 0}}};
  } else if (bank == Bank::f64) {
    instr = {handler_address(H_RefillF64), pins_.f64[0], pins_.f64[1], {}};
  } else {
    instr = {handler_address(H_RefillF32), pins_.f32[0], pins_.f32[1], {}};
  }
  return instr;
}

/// Function entry: probe, zeroed locals, integer pins; then loop constants and the other pins.
void Translator::encode_prologue(std::vector<Instr>& out) const {
  uint32_t frame_slots = frame_end_ - param_slots_;
  Instr enter{handler_address(H_Enter), 0, static_cast<int16_t>(local_slot_count_ - param_slots_), {}};
  enter.imm = static_cast<int32_t>((frame_slots + k_frame_probe_slack) * 8);
  out.push_back(enter);
  Instr reload = refill(Bank::integer);
  reload.handler = nullptr;
  out.push_back(reload);
  for (const LoopConstant& constant : loop_constants_) {
    bool is_int = bank_of(constant.type) == Bank::integer;
    uint32_t handler = is_int ? H_ConstWide_S : constant.type == k_f32 ? H_ConstF32_FS : H_ConstF64_FS;
    out.push_back({handler_address(handler), offset(constant.slot), 0, {}});
    out.push_back({reinterpret_cast<const void*>(constant.bits), 0, 0, {}});
  }
  if (!loop_constants_.empty() && pins_.integers > 0) out.push_back(refill(Bank::integer));
  if (pins_.f64s > 0) out.push_back(refill(Bank::f64));
  if (pins_.f32s > 0) out.push_back(refill(Bank::f32));
}

void Translator::encode_raw(const Raw& raw, const std::vector<uint32_t>& positions, std::vector<Instr>& out) {
  auto at = static_cast<int32_t>(out.size());
  Instr instr{
      handler_address(variant(raw)), raw.operand[0], raw.operand[1], {{raw.operand[2], raw.operand[3]}}};
  if (raw.is_branch) {
    int32_t distance = static_cast<int32_t>(positions[target_of_label(raw.label)]) - at;
    if (raw.is_short) {
      instr.w = static_cast<int16_t>(distance);
    } else {
      instr.imm = distance;
    }
  } else if (raw.has_imm) {
    instr.imm = static_cast<int32_t>(raw.imm);
  }
  out.push_back(instr);
  for (uint32_t i = 0; i < raw.extra_units; ++i) {
    Instr unit{reinterpret_cast<const void*>(sides_[2 * (raw.side + i)]), 0, 0, {}};
    uint64_t word = sides_[2 * (raw.side + i) + 1];
    if (raw.is_call && i + 1u == raw.extra_units) {
      Instr reload = refill(Bank::integer);
      unit.x = reload.x;
      unit.y = reload.y;
      unit.imm = reload.imm;
    } else {
      unit.x = static_cast<int16_t>(word);
      unit.y = static_cast<int16_t>(word >> 16);
      unit.imm = static_cast<int32_t>(word >> 32);
    }
    out.push_back(unit);
  }
  if (raw.handler == H_BranchTable_S) encode_table(raw, at, positions, out);
  if (leaves_pin_stale(raw)) out.push_back(refill(raw.bank));
  if (raw.is_call && pins_.f64s > 0) out.push_back(refill(Bank::f64));
  if (raw.is_call && pins_.f32s > 0) out.push_back(refill(Bank::f32));
}

void Translator::encode_table(const Raw& raw, int32_t at, const std::vector<uint32_t>& positions,
                              std::vector<Instr>& out) {
  auto raw_index = static_cast<uint32_t>(&raw - raws_.data());
  auto table = std::find_if(tables_.begin(), tables_.end(), [&](auto& t) { return t.first == raw_index; });
  size_t units = (table->second.size() + 3) / 4, first = out.size();
  out.resize(first + units);
  auto* deltas = reinterpret_cast<char*>(&out[first]);
  for (uint32_t label : table->second) {
    int32_t delta = static_cast<int32_t>(positions[target_of_label(label)]) - at;
    __builtin_memcpy(deltas, &delta, 4);
    deltas += 4;
  }
}

std::unique_ptr<FunctionTranslation> Translator::encode() {
  std::vector<Instr> prologue;
  encode_prologue(prologue);
  std::vector<uint32_t> positions(raws_.size() + 1);
  auto position = static_cast<uint32_t>(prologue.size());
  for (size_t i = 0; i < raws_.size(); ++i) {
    positions[i] = position;
    position += units_of(raws_[i]);
  }
  positions[raws_.size()] = position;

  auto result = std::make_unique<FunctionTranslation>();
  std::vector<Instr> out = std::move(prologue);
  out.reserve(position);
  result->wasm_offsets.assign(position, function_.body.begin);
  for (size_t i = 0; i < raws_.size(); ++i) {
    encode_raw(raws_[i], positions, out);
    std::fill(result->wasm_offsets.begin() + positions[i], result->wasm_offsets.begin() + positions[i + 1],
              raws_[i].wasm_offset);
  }
  result->code = &code_;
  result->instr_count = position;
  result->instrs = std::make_unique<Instr[]>(position);
  std::copy(out.begin(), out.end(), result->instrs.get());
  result->frame_slots = frame_end_ - param_slots_;
  std::copy(std::begin(pins_.integer), std::end(pins_.integer), result->int_pins);
  std::copy(std::begin(pins_.f64), std::end(pins_.f64), result->f64_pins);
  std::copy(std::begin(pins_.f32), std::end(pins_.f32), result->f32_pins);
  for (const RawHandler& handler : handlers_) {
    HandlerRange range;
    range.begin = positions[handler.begin];
    range.end = positions[handler.end];
    range.tag = handler.tag;
    if (handler.label != k_no_label) range.target = positions[label_positions_[handler.label]];
    range.payload_offset = offset(handler.payload_slot);
    range.push_payload = handler.push_payload;
    range.push_exnref = handler.push_exnref;
    range.exnref_first = handler.exnref_first;
    range.depth = handler.depth;
    range.is_delegate = handler.is_delegate;
    range.delegate_depth = handler.delegate_depth;
    result->handlers.push_back(range);
  }
  return result;
}

}  // namespace lindvm::interp
