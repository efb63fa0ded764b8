#include "vm/module/reader.h"

namespace lindvm {

void Reader::fail(ErrorKind kind, std::string message, uint64_t at_offset) {
  position_ = end_;
  if (failed_) return;
  failed_ = true;
  error_ = Error{kind, std::move(message), at_offset};
}

void Reader::unexpected_end() {
  malformed("unexpected end of section or function", static_cast<uint64_t>(end_ - base_));
}

uint64_t Reader::unsigned_slow(unsigned bits) {
  uint64_t at = offset();
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = u8();
    if (failed_) return 0;
    value |= uint64_t{byte & 0x7fu} << shift;
    bool is_last = shift + 7 >= bits;
    if (is_last && (byte & 0x7f) >> (bits - shift)) return malformed("integer too large", at), 0;
    if (is_last && byte >= 0x80) return malformed("integer representation too long", at), 0;
    if (byte < 0x80) return value;
  }
}

int64_t Reader::signed_slow(unsigned bits) {
  uint64_t at = offset();
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = u8();
    if (failed_) return 0;
    value |= uint64_t{byte & 0x7fu} << shift;
    bool is_last = shift + 7 >= bits;
    if (is_last) {
      // The bits beyond the width must repeat the sign bit.
      uint8_t sign_and_above = static_cast<uint8_t>((byte & 0x7f) >> (bits - shift - 1));
      uint8_t all_ones = static_cast<uint8_t>(0x7f >> (bits - shift - 1));
      if (sign_and_above != 0 && sign_and_above != all_ones) return malformed("integer too large", at), 0;
      if (byte >= 0x80) return malformed("integer representation too long", at), 0;
    }
    if (byte < 0x80) {
      if (shift + 7 < 64 && (byte & 0x40)) value |= ~uint64_t{0} << (shift + 7);
      return static_cast<int64_t>(value);
    }
  }
}

uint32_t Reader::length() {
  uint32_t count = u32();
  if (count > remaining()) return unexpected_end(), 0;
  return count;
}

uint32_t Reader::byte_count() {
  uint64_t at = offset();
  uint32_t count = u32();
  if (!failed_ && count > remaining()) return malformed("length out of bounds", at), 0;
  return count;
}

std::string_view Reader::name() {
  uint32_t size = byte_count();
  const uint8_t* begin = position_;
  if (!skip(size)) return {};
  std::string_view text(reinterpret_cast<const char*>(begin), size);
  if (!is_utf8(text))
    return malformed("malformed UTF-8 encoding", static_cast<uint64_t>(begin - base_)), std::string_view{};
  return text;
}

Reader Reader::sub_reader(size_t size) {
  const uint8_t* begin = position_;
  if (!skip(size)) return Reader(base_, end_, end_);
  return Reader(base_, begin, begin + size);
}

namespace {

// Length of the well-formed sequence at `text` (up to `size` bytes), or 0.
size_t utf8_sequence(const uint8_t* text, size_t size) {
  auto continues = [&](size_t at) { return at < size && (text[at] & 0xc0) == 0x80; };
  uint8_t lead = text[0];
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return continues(1) ? 2 : 0;
  if (lead < 0xf0) {
    if (!continues(1) || !continues(2)) return 0;
    if (lead == 0xe0 && text[1] < 0xa0) return 0;   // overlong
    if (lead == 0xed && text[1] >= 0xa0) return 0;  // surrogates
    return 3;
  }
  if (lead > 0xf4 || !continues(1) || !continues(2) || !continues(3)) return 0;
  if (lead == 0xf0 && text[1] < 0x90) return 0;   // overlong
  if (lead == 0xf4 && text[1] >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  for (size_t at = 0; at < text.size();) {
    size_t length = utf8_sequence(bytes + at, text.size() - at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

}  // namespace lindvm
