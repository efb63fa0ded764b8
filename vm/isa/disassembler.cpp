#include "vm/isa/disassembler.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "vm/isa/v128.h"
#include "vm/module/reader.h"

namespace lindvm {
namespace {

struct TypeCode {
  uint8_t byte;
  std::string_view value_type;
  std::string_view heap_type;
};

constexpr TypeCode k_type_codes[] = {
    {0x7f, "i32", {}},
    {0x7e, "i64", {}},
    {0x7d, "f32", {}},
    {0x7c, "f64", {}},
    {0x7b, "v128", {}},
    {0x74, "nullexnref", "noexn"},
    {0x73, "nullfuncref", "nofunc"},
    {0x72, "nullexternref", "noextern"},
    {0x71, "nullref", "none"},
    {0x70, "funcref", "func"},
    {0x6f, "externref", "extern"},
    {0x6e, "anyref", "any"},
    {0x6d, "eqref", "eq"},
    {0x6c, "i31ref", "i31"},
    {0x6b, "structref", "struct"},
    {0x6a, "arrayref", "array"},
    {0x69, "exnref", "exn"},
};

constexpr uint8_t k_ref_null = 0x63;
constexpr uint8_t k_ref = 0x64;
constexpr uint8_t k_empty_block = 0x40;

const TypeCode* find_type(uint8_t byte) {
  auto found = std::ranges::find(k_type_codes, byte, &TypeCode::byte);
  return found == std::end(k_type_codes) ? nullptr : found;
}

/// A float as the text format writes it: hexadecimal, exact, with NaN payloads.
template <class Float, class Bits>
std::string float_text(Bits bits) {
  constexpr int mantissa_bits = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits mantissa_mask = (Bits{1} << mantissa_bits) - 1;
  auto value = __builtin_bit_cast(Float, bits);
  std::string_view sign = std::signbit(value) ? "-" : "";
  if (std::isinf(value)) return fmt::format("{}inf", sign);
  if (!std::isnan(value)) return fmt::format("{}{:a}", sign, std::fabs(value));
  if ((bits & mantissa_mask) == Bits{1} << (mantissa_bits - 1)) return fmt::format("{}nan", sign);
  return fmt::format("{}nan:0x{:x}", sign, bits & mantissa_mask);
}

/// Appends one instruction's immediates to its text.
class ImmediatePrinter {
 public:
  ImmediatePrinter(Reader& reader, Op op) : reader_(reader), info_(op_info(op)), op_(op), text_(info_.text) {}

  template <Imm>
  void print();

  std::string take_text() { return std::move(text_); }

 private:
  template <class... Args>
  void add(fmt::format_string<Args...> format, Args&&... args) {
    text_ += ' ';
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
  }

  void index() { add("{}", reader_.u32()); }
  void indices(unsigned count) {
    while (count--) index();
  }
  /// An index that the text format leaves out where it is 0.
  void optional_index(uint32_t index) {
    if (index != 0) add("{}", index);
  }

  template <class T>
  T fixed() {
    T value{};
    const uint8_t* bytes = reader_.position();
    if (reader_.skip(sizeof value)) std::memcpy(&value, bytes, sizeof value);
    return value;
  }

  std::string heap_type() {
    uint8_t byte = reader_.peek();
    int64_t code = reader_.s33();
    if (code >= 0) return fmt::format("{}", code);
    const TypeCode* type = find_type(byte);
    if (type != nullptr && !type->heap_type.empty()) return std::string(type->heap_type);
    reader_.malformed("malformed heap type");
    return {};
  }

  std::string value_type() {
    uint8_t byte = reader_.u8();
    if (byte == k_ref) return fmt::format("(ref {})", heap_type());
    if (byte == k_ref_null) return fmt::format("(ref null {})", heap_type());
    if (const TypeCode* type = find_type(byte)) return std::string(type->value_type);
    reader_.malformed("malformed value type");
    return {};
  }

  void block_type() {
    uint8_t byte = reader_.peek();
    if (byte == k_empty_block) {
      reader_.u8();
    } else if (byte == k_ref || byte == k_ref_null || find_type(byte) != nullptr) {
      add("(result {})", value_type());
    } else {
      add("(type {})", reader_.s33());
    }
  }

  void memory_argument() {
    uint32_t flags = reader_.u32();
    uint32_t memory = flags & 0x40 ? reader_.u32() : 0;
    uint64_t offset = reader_.u64();
    uint64_t align = uint64_t{1} << (flags & 0x3f);
    optional_index(memory);
    if (offset != 0) add("offset={}", offset);
    if (align != info_.access_bytes()) add("align={}", align);
  }

  void catch_clause() {
    static constexpr std::string_view k_kinds[] = {"catch", "catch_ref", "catch_all", "catch_all_ref"};
    uint8_t kind = reader_.u8();
    if (kind >= std::size(k_kinds)) return reader_.malformed("malformed catch clause");
    if (kind < 2) {
      uint32_t tag = reader_.u32();
      add("({} {} {})", k_kinds[kind], tag, reader_.u32());
    } else {
      add("({} {})", k_kinds[kind], reader_.u32());
    }
  }

  Reader& reader_;
  const OpInfo& info_;
  Op op_;
  std::string text_;
};

// clang-format off
template <> void ImmediatePrinter::print<Imm::None>() {}
template <> void ImmediatePrinter::print<Imm::BlockType>() { block_type(); }
template <> void ImmediatePrinter::print<Imm::Label>() { index(); }
template <> void ImmediatePrinter::print<Imm::FuncIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::TypeIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::LocalIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::GlobalIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::TableIndex>() { optional_index(reader_.u32()); }
template <> void ImmediatePrinter::print<Imm::ElemIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::DataIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::MemIndex>() { optional_index(reader_.u32()); }
template <> void ImmediatePrinter::print<Imm::TagIndex>() { index(); }
template <> void ImmediatePrinter::print<Imm::TypeField>() { indices(2); }
template <> void ImmediatePrinter::print<Imm::TypeTypes>() { indices(2); }
template <> void ImmediatePrinter::print<Imm::TypeData>() { indices(2); }
template <> void ImmediatePrinter::print<Imm::TypeElem>() { indices(2); }
template <> void ImmediatePrinter::print<Imm::TypeLength>() { indices(2); }
template <> void ImmediatePrinter::print<Imm::MemArg>() { memory_argument(); }
template <> void ImmediatePrinter::print<Imm::Lane>() { add("{}", reader_.u8()); }
template <> void ImmediatePrinter::print<Imm::I32Const>() { add("{}", reader_.s32()); }
template <> void ImmediatePrinter::print<Imm::I64Const>() { add("{}", reader_.s64()); }
template <> void ImmediatePrinter::print<Imm::F32Const>() { add("{}", float_text<float>(fixed<uint32_t>())); }
template <> void ImmediatePrinter::print<Imm::F64Const>() { add("{}", float_text<double>(fixed<uint64_t>())); }
// clang-format on

template <>
void ImmediatePrinter::print<Imm::LabelTable>() {
  uint32_t count = reader_.length();
  for (uint32_t i = 0; i <= count && !reader_.failed(); ++i) index();
}

template <>
void ImmediatePrinter::print<Imm::TypeTable>() {
  uint32_t type = reader_.u32();
  optional_index(reader_.u32());
  add("(type {})", type);
}

/// Destination and source, left out where both are 0.
template <>
void ImmediatePrinter::print<Imm::TableTable>() {
  uint32_t destination = reader_.u32();
  uint32_t source = reader_.u32();
  if (destination != 0 || source != 0) add("{} {}", destination, source);
}
template <>
void ImmediatePrinter::print<Imm::MemMem>() {
  print<Imm::TableTable>();
}

/// The text format names the table or memory before the segment.
template <>
void ImmediatePrinter::print<Imm::ElemTable>() {
  uint32_t segment = reader_.u32();
  optional_index(reader_.u32());
  add("{}", segment);
}
template <>
void ImmediatePrinter::print<Imm::DataMem>() {
  print<Imm::ElemTable>();
}

template <>
void ImmediatePrinter::print<Imm::MemArgLane>() {
  memory_argument();
  add("{}", reader_.u8());
}

template <>
void ImmediatePrinter::print<Imm::Shuffle>() {
  V128 lanes = fixed<V128>();
  for (uint8_t lane : lanes.bytes) add("{}", lane);
}

template <>
void ImmediatePrinter::print<Imm::V128Const>() {
  V128 value = fixed<V128>();
  add("i32x4");
  for (unsigned i = 0; i < 4; ++i) add("{:#010x}", value.lane<uint32_t>(i));
}

template <>
void ImmediatePrinter::print<Imm::SelectTypes>() {
  uint32_t count = reader_.length();
  std::string types;
  for (uint32_t i = 0; i < count && !reader_.failed(); ++i) types += ' ' + value_type();
  add("(result{})", types);
}

template <>
void ImmediatePrinter::print<Imm::HeapType>() {
  bool is_cast = op_ != Op::RefNull;
  bool nullable = op_ == Op::RefTestNull || op_ == Op::RefCastNull;
  std::string type = heap_type();
  if (is_cast) {
    add("(ref {}{})", nullable ? "null " : "", type);
  } else {
    add("{}", type);
  }
}

template <>
void ImmediatePrinter::print<Imm::RefTypeCast>() {
  uint8_t flags = reader_.u8();
  index();
  std::string from = heap_type();
  add("(ref {}{})", flags & 1 ? "null " : "", from);
  std::string to = heap_type();
  add("(ref {}{})", flags & 2 ? "null " : "", to);
}

template <>
void ImmediatePrinter::print<Imm::TryTableClauses>() {
  block_type();
  uint32_t count = reader_.length();
  for (uint32_t i = 0; i < count && !reader_.failed(); ++i) catch_clause();
}

template <>
void ImmediatePrinter::print<Imm::AtomicFence>() {
  reader_.u8();
}

using Print = void (ImmediatePrinter::*)();
constexpr Print k_print[] = {
#define IMMEDIATES(id, description) &ImmediatePrinter::print<Imm::id>,
#include "vm/isa/immediates.def"
};

Op read_op(Reader& reader) {
  uint8_t byte = reader.u8();
  return is_prefix(byte) ? op_of_prefixed(byte, reader.u32()) : op_of_byte(byte);
}

bool opens_block(Op op) {
  return op == Op::Block || op == Op::Loop || op == Op::If || op == Op::LegacyTry || op == Op::TryTable;
}
bool closes_block(Op op) { return op == Op::End || op == Op::LegacyDelegate; }
bool divides_block(Op op) { return op == Op::Else || op == Op::LegacyCatch || op == Op::LegacyCatchAll; }

std::string type_list(std::span<const OperandType> types) {
  std::string text;
  for (OperandType type : types) text += (text.empty() ? "" : " ") + std::string(to_string(type));
  return '[' + text + ']';
}

struct TraitName {
  uint32_t flag;
  std::string_view name;
};
constexpr TraitName k_trait_names[] = {
    {trait::pure, "pure"},
    {trait::commutes, "commutes"},
    {trait::may_trap, "may_trap"},
    {trait::control, "control"},
    {trait::terminator, "terminator"},
    {trait::call, "call"},
    {trait::memory_read, "memory_read"},
    {trait::memory_write, "memory_write"},
    {trait::atomic, "atomic"},
    {trait::constant_ok, "constant_ok"},
    {trait::compare, "compare"},
    {trait::nan_result, "nan_result"},
};

OpcodeRow describe_row(const OpInfo& info) {
  OpcodeRow row;
  row.code = info.is_prefixed() ? fmt::format("{:#04x} {:#04x}", info.code >> 16, info.code & 0xffff)
                                : fmt::format("{:#04x}", info.code);
  row.name = info.text;
  if (info.imm != Imm::None) row.immediates = describe(info.imm);
  const SignatureInfo& signature = signature_info(info.signature);
  row.signature = info.signature == Signature::special
                      ? "by operands"
                      : type_list(signature.operands()) + " -> " + type_list(signature.results());
  row.feature = to_string(info.feature);
  for (const TraitName& trait : k_trait_names) {
    if (info.has(trait.flag)) row.traits += (row.traits.empty() ? "" : " ") + std::string(trait.name);
  }
  return row;
}

}  // namespace

Disassembly disassemble(std::span<const uint8_t> code, size_t offset) {
  if (offset >= code.size()) return {};
  const uint8_t* begin = code.data() + offset;
  Reader reader(code.data(), begin, code.data() + code.size());
  Op op = read_op(reader);
  if (op != k_no_op && !reader.failed()) {
    ImmediatePrinter printer(reader, op);
    (printer.*k_print[static_cast<unsigned>(op_info(op).imm)])();
    if (!reader.failed()) return {op, static_cast<size_t>(reader.position() - begin), printer.take_text()};
  }
  return {k_no_op, 1, fmt::format(".byte {:#04x}", *begin)};
}

std::vector<DisassemblyLine> disassemble_all(std::span<const uint8_t> code) {
  std::vector<DisassemblyLine> lines;
  uint32_t depth = 0;
  for (size_t offset = 0; offset < code.size();) {
    Disassembly instruction = disassemble(code, offset);
    Op op = instruction.op;
    if (closes_block(op) && depth > 0) --depth;
    uint32_t indent = divides_block(op) && depth > 0 ? depth - 1 : depth;
    lines.push_back({offset, instruction.size, indent, std::move(instruction.text)});
    if (opens_block(op)) ++depth;
    offset += instruction.size;
  }
  return lines;
}

std::vector<OpcodeRow> opcode_rows() {
  std::vector<OpcodeRow> rows;
  for (const OpInfo& info : k_op_info) rows.push_back(describe_row(info));
  return rows;
}

}  // namespace lindvm
