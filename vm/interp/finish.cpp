// The translator's last step: choosing the locals to pin, then one pass over the Raws that picks handler
// variants and writes the code, and one over the branches that sets their distances.

#include <algorithm>
#include <array>

#include "vm/interp/operands.h"
#include "vm/interp/tuning.h"

namespace lindvm::interp {

namespace {

using HandlerTable = std::array<const void*, k_handler_count>;

const HandlerTable k_addresses = [] {
  HandlerTable table;
  for (uint32_t id = 0; id < table.size(); ++id) table[id] = handler_address(id);
  return table;
}();

/// The locals of one bank that are most worth pinning, best first.
struct Best {
  const Local* locals[3] = {};
  int count = 0;

  void consider(const Local& local, int limit) {
    int at = count;
    while (at > 0 && locals[at - 1]->benefit < local.benefit) --at;
    if (at == limit) return;
    count = std::min(count + 1, limit);
    for (int i = count - 1; i > at; --i) locals[i] = locals[i - 1];
    locals[at] = &local;
  }
  int64_t benefit() const {
    int64_t total = 0;
    for (int i = 0; i < count; ++i) total += locals[i]->benefit;
    return total;
  }
  /// Fills `pins` if that pays.
  int take(int16_t* pins, int64_t cost) const {
    if (benefit() <= cost) return 0;
    for (int i = 0; i < count; ++i) pins[i] = locals[i]->offset;
    return count;
  }
};

/// By frame offset: the kind of a pinned local's operands, else 0. As large as there are 16-bit numbers,
/// since operand fields that are something else are looked up too. All zeros between translations.
thread_local uint8_t t_pin_kinds[1 << 16];

uint8_t& pin_kind(int16_t offset) { return t_pin_kinds[static_cast<uint16_t>(offset)]; }

constexpr uint32_t k_labels_per_unit = sizeof(Instr) / sizeof(int32_t);

}  // namespace

/// By what pinning each local (or loop constant) would save, counted at emission: reads from a register
/// instead of a slot, less the reloads after instructions that write the slot only.
void Translator::choose_pins() {
  pins_ = {};
  Best integers, f64s, f32s;
  for (const Local& local : std::span(locals_).subspan(1)) {
    if (local.benefit <= k_min_pin_benefit) continue;
    Bank bank = bank_of(local.type);
    if (bank == Bank::integer) integers.consider(local, k_int_pins);
    if (bank == Bank::f64) f64s.consider(local, k_float_pins);
    if (bank == Bank::f32) f32s.consider(local, k_float_pins);
  }
  pins_.integers = integers.take(pins_.integer, 0);
  pins_.f64s = f64s.take(pins_.f64, call_weight_);
  pins_.f32s = f32s.take(pins_.f32, call_weight_);
}

/// Sets or clears the kinds of the pinned locals in t_pin_kinds. (A local has one bank, and its slot is only
/// read as that: see Translator::rename.)
void Translator::mark_pins(bool pinned) const {
  auto mark = [pinned](const int16_t* pins, int count, int kind) {
    for (int i = 0; i < count; ++i) pin_kind(pins[i]) = static_cast<uint8_t>(pinned ? kind + i : 0);
  };
  mark(pins_.integer, pins_.integers, R0);
  mark(pins_.f64, pins_.f64s, F0);
  mark(pins_.f32, pins_.f32s, F0);
}

/// The handler for where each operand is: without branches, since what operands are is hard to predict.
LINDVM_HOT uint32_t Translator::variant(const Raw& raw) {
  const FormInfo& form = form_info(raw.form);
  uint32_t id = raw.handler + form.base;
  for (int i = 0; i < 4; ++i) {
    uint32_t pin = pin_kind(raw.operand[i]), in_acc = raw.in_acc >> i & 1u;
    id += form.strides[i] * (pin != 0 ? pin : in_acc);
  }
  return id;
}

/// No function has more units of code than this.
uint32_t Translator::unit_bound() const {
  auto constants = static_cast<uint32_t>(constant_bits_.size());
  auto tables = static_cast<uint32_t>(tables_.size() + table_labels_.size() / k_labels_per_unit);
  return 5 + 2 * constants + raw_count() + static_cast<uint32_t>(sides_.size()) + tables + refills_;
}

/// The Raw that a branch to the label reaches, unconditional branches on the way followed.
uint32_t Translator::target_of_label(uint32_t label) const {
  uint32_t target = label_positions_[label];
  for (int hops = 0; hops < 8 && target < raws_.size() && raws_[target].handler == H_Branch; ++hops) {
    target = label_positions_[raws_[target].link];
  }
  return target;
}

Instr Translator::refill(Bank bank) const {
  if (bank == Bank::integer)
    return {k_addresses[H_RefillInt], pins_.integer[0], pins_.integer[1], {{pins_.integer[2], 0}}};
  if (bank == Bank::f64) return {k_addresses[H_RefillF64], pins_.f64[0], pins_.f64[1], {}};
  return {k_addresses[H_RefillF32], pins_.f32[0], pins_.f32[1], {}};
}

/// Function entry: probe, zeroed locals, integer pins; then loop constants and the other pins.
Instr* Translator::encode_prologue(Instr* out) const {
  uint32_t frame_slots = frame_end_ - param_slots_;
  bool counts = tier_options().choice == TierChoice::automatic;
  Instr enter{k_addresses[counts ? H_EnterCounting : H_Enter],
              0,
              static_cast<int16_t>(local_slots_ - param_slots_),
              {}};
  enter.imm = static_cast<int32_t>((frame_slots + k_frame_probe_slack) * 8);
  *out++ = enter;
  Instr reload = refill(Bank::integer);
  reload.handler = nullptr;
  *out++ = reload;
  for (uint32_t i = 0; i < constant_bits_.size(); ++i) {
    const Local& constant = locals_[local_count_ + i];
    Bank bank = bank_of(constant.type);
    uint32_t handler = bank == Bank::integer ? H_ConstWide_S
                       : bank == Bank::f32   ? H_ConstF32_FS
                                             : H_ConstF64_FS;
    *out++ = {k_addresses[handler], constant.offset, 0, {}};
    *out++ = {reinterpret_cast<const void*>(constant_bits_[i]), 0, 0, {}};
  }
  if (!constant_bits_.empty() && pins_.integers > 0) *out++ = refill(Bank::integer);
  if (pins_.f64s > 0) *out++ = refill(Bank::f64);
  if (pins_.f32s > 0) *out++ = refill(Bank::f32);
  return out;
}

/// Writes the code, and its offset deltas to `deltas`, which it advances.
Instr* Translator::encode_raws(Instr* begin, Instr* out, uint8_t*& deltas) {
  uint8_t* delta = deltas;
  uint32_t last_offset = function_->body.begin;
  for (Raw& raw : raws_.of_function()) {
    raw.position = static_cast<uint32_t>(out - begin);
    out->handler = k_addresses[variant(raw)];
    std::memcpy(&out->x, raw.operand, sizeof raw.operand);
    ++out;
    uint32_t distance = raw.wasm_offset - last_offset;
    last_offset = raw.wasm_offset;
    *delta++ = static_cast<uint8_t>(std::min<uint32_t>(distance, FunctionTranslation::k_far_offset));
    if (distance >= FunctionTranslation::k_far_offset) [[unlikely]] {
      std::memcpy(delta, &raw.wasm_offset, 4);
      delta += 4;
    }
    if (raw.is_long()) {
      Instr* end = encode_rest(raw, out);
      delta = std::fill_n(delta, end - out, uint8_t{0});
      out = end;
    }
  }
  deltas = delta;
  return out;
}

/// What follows an instruction: operand units, a br_table's distances (set later), reloads of pinned
/// registers. A call's last operand unit says what to reload, too.
Instr* Translator::encode_rest(const Raw& raw, Instr* out) const {
  if (raw.is_table) return std::fill_n(out, raw.imm() / k_labels_per_unit + 1, Instr{});
  out = std::copy_n(sides_.data() + raw.link, raw.extra_units, out);
  if (raw.is_call) {
    const void* word = out[-1].handler;
    out[-1] = refill(Bank::integer);
    out[-1].handler = word;
    if (pins_.f64s > 0) *out++ = refill(Bank::f64);
    if (pins_.f32s > 0) *out++ = refill(Bank::f32);
  }
  if (raw.refills && pin_kind(raw.operand[0]) != 0) *out++ = refill(raw.bank);
  return out;
}

void Translator::set_distances(Instr* begin) const {
  auto position = [this](uint32_t label) {
    return static_cast<int32_t>(raws_[target_of_label(label)].position);
  };
  for (const Branch& branch : branches_) {
    const Raw& raw = raws_[branch.raw];
    int32_t distance = position(raw.link) - static_cast<int32_t>(raw.position);
    if (branch.is_short) {
      begin[raw.position].w = static_cast<int16_t>(distance);
    } else {
      begin[raw.position].imm = distance;
    }
  }
  for (uint32_t table : tables_) {
    const Raw& raw = raws_[table];
    auto* to = reinterpret_cast<char*>(begin + raw.position + 1);
    for (uint32_t i = 0; i <= raw.imm(); ++i, to += sizeof(int32_t)) {
      int32_t distance = position(table_labels_[raw.link + i]) - static_cast<int32_t>(raw.position);
      std::memcpy(to, &distance, sizeof distance);
    }
  }
}

void Translator::encode_handlers(std::vector<HandlerRange>& ranges) const {
  ranges.reserve(handlers_.size());
  for (const RawHandler& handler : handlers_) {
    HandlerRange range;
    range.begin = raws_[handler.begin].position;
    range.end = raws_[handler.end].position;
    range.tag = handler.tag;
    if (handler.label != k_no_label) range.target = raws_[label_positions_[handler.label]].position;
    range.payload_offset = own_offset(handler.payload_slot);
    range.push_payload = handler.push_payload;
    range.push_exnref = handler.push_exnref;
    range.exnref_first = handler.exnref_first;
    range.depth = handler.depth;
    range.is_delegate = handler.is_delegate;
    range.delegate_depth = handler.delegate_depth;
    ranges.push_back(range);
  }
}

/// The code, followed by its offset deltas.
Result<std::unique_ptr<FunctionTranslation>> Translator::encode() {
  size_t bound = unit_bound();
  CodeSpace& space = compiled_->code_space();
  std::byte* room = space.reserve(bound * (sizeof(Instr) + 1) + 4 * raws_.size());
  if (room == nullptr) return Error{ErrorKind::unsupported, "no memory for code", function_->body.begin};
  if (offset_deltas_.size() < bound + 4 * raws_.size()) offset_deltas_.resize(bound + 4 * raws_.size());
  auto* begin = reinterpret_cast<Instr*>(room);
  Instr* out = encode_prologue(begin);
  uint8_t* deltas = std::fill_n(offset_deltas_.data(), out - begin, uint8_t{0});
  mark_pins(true);
  out = encode_raws(begin, out, deltas);
  mark_pins(false);
  raws_.append().position = static_cast<uint32_t>(out - begin);  // where labels and handler ranges may end
  set_distances(begin);

  auto result = std::make_unique<FunctionTranslation>();
  result->code = code_;
  result->instrs = begin;
  result->instr_count = static_cast<uint32_t>(out - begin);
  auto delta_bytes = static_cast<size_t>(deltas - offset_deltas_.data());
  auto* delta_table = reinterpret_cast<uint8_t*>(out);
  std::memcpy(delta_table, offset_deltas_.data(), delta_bytes);
  result->offset_deltas = delta_table;
  result->frame_slots = frame_end_ - param_slots_;
  std::copy(std::begin(pins_.integer), std::end(pins_.integer), result->int_pins);
  std::copy(std::begin(pins_.f64), std::end(pins_.f64), result->f64_pins);
  std::copy(std::begin(pins_.f32), std::end(pins_.f32), result->f32_pins);
  if (!handlers_.empty()) encode_handlers(result->handlers);
  space.take(static_cast<size_t>(reinterpret_cast<std::byte*>(out) - room) + delta_bytes, *result);
  return result;
}

}  // namespace lindvm::interp
