#pragma once
// Reading the binary format. Reader is for bytes not yet trusted: it checks bounds and keeps the first error
// (later reads return zeros), so that callers may check once per construct. CodeReader is for validated
// function bodies: no checks at all. Both are cursors over memory that somebody else owns; one thread each.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "vm/base/result.h"

namespace lindvm {

/// Cursor over validated code.
class CodeReader {
 public:
  explicit CodeReader(const uint8_t* position) : position_(position) {}

  const uint8_t* position() const { return position_; }
  void seek(const uint8_t* position) { position_ = position; }

  uint8_t u8() { return *position_++; }
  uint8_t peek() const { return *position_; }
  uint32_t u32() { return static_cast<uint32_t>(unsigned_leb()); }
  uint64_t u64() { return unsigned_leb(); }
  int32_t s32() { return static_cast<int32_t>(signed_leb()); }
  /// Block types and heap types: a 33-bit signed number.
  int64_t s33() { return signed_leb(); }
  int64_t s64() { return signed_leb(); }

  /// Little-endian fixed-width value: float, double, V128.
  template <class T>
  T fixed() {
    T value;
    std::memcpy(&value, position_, sizeof value);
    position_ += sizeof value;
    return value;
  }

 private:
  struct Leb {
    uint64_t value;
    const uint8_t* end;
  };

  // One byte, as nearly always, in line; the cursor may stay in a register.
  [[gnu::always_inline]] uint64_t unsigned_leb() {
    if (*position_ < 0x80) [[likely]]
      return *position_++;
    Leb leb = long_unsigned_leb(position_);
    position_ = leb.end;
    return leb.value;
  }
  [[gnu::always_inline]] int64_t signed_leb() {
    if (*position_ < 0x80) [[likely]]
      return static_cast<int32_t>(uint32_t{*position_++} << 25) >> 25;
    Leb leb = long_signed_leb(position_);
    position_ = leb.end;
    return static_cast<int64_t>(leb.value);
  }
  [[gnu::noinline]] static Leb long_unsigned_leb(const uint8_t* at) {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      uint8_t byte = *at++;
      value |= uint64_t{byte & 0x7fu} << shift;
      if (byte < 0x80) return {value, at};
    }
  }
  [[gnu::noinline]] static Leb long_signed_leb(const uint8_t* at) {
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
      byte = *at++;
      value |= uint64_t{byte & 0x7fu} << shift;
      shift += 7;
    } while (byte >= 0x80);
    if (shift < 64 && (byte & 0x40)) value |= ~uint64_t{0} << shift;
    return {value, at};
  }

  const uint8_t* position_;
};

/// Bounds-checked cursor. `base` is where the module starts: error offsets count from there.
class Reader {
 public:
  Reader(const uint8_t* base, const uint8_t* begin, const uint8_t* end)
      : base_(base), position_(begin), end_(end) {}

  const uint8_t* position() const { return position_; }
  const uint8_t* end() const { return end_; }
  uint32_t offset() const { return static_cast<uint32_t>(position_ - base_); }
  size_t remaining() const { return static_cast<size_t>(end_ - position_); }
  bool at_end() const { return position_ == end_; }

  bool failed() const { return failed_; }
  const Error& error() const { return error_; }
  Error take_error() { return std::move(error_); }

  /// Records an error unless there is one already, and stops the cursor.
  [[gnu::cold]] void fail(ErrorKind kind, std::string message, uint64_t at_offset);
  [[gnu::cold]] void malformed(std::string message) { malformed(std::move(message), offset()); }
  [[gnu::cold]] void malformed(std::string message, uint64_t at_offset) {
    fail(ErrorKind::malformed, std::move(message), at_offset);
  }
  [[gnu::cold]] void invalid(std::string message, uint64_t at_offset) {
    fail(ErrorKind::invalid, std::move(message), at_offset);
  }

  uint8_t u8() {
    if (position_ == end_) [[unlikely]]
      return unexpected_end(), 0;
    return *position_++;
  }
  uint8_t peek() const { return position_ == end_ ? 0 : *position_; }

  uint32_t u32() {
    if (remaining() >= 2) [[likely]] {
      uint32_t first = position_[0];
      if (first < 0x80) [[likely]]
        return position_ += 1, first;
      uint32_t second = position_[1];
      if (second < 0x80) return position_ += 2, (first & 0x7f) | second << 7;
    }
    return static_cast<uint32_t>(unsigned_slow(32));
  }
  uint64_t u64() {
    if (remaining() >= 2) [[likely]] {
      uint32_t first = position_[0];
      if (first < 0x80) [[likely]]
        return position_ += 1, first;
      uint32_t second = position_[1];
      if (second < 0x80) return position_ += 2, (first & 0x7f) | second << 7;
    }
    return unsigned_slow(64);
  }
  int32_t s32() {
    if (position_ != end_ && *position_ < 0x80) [[likely]]
      return sign_extend7(*position_++);
    return static_cast<int32_t>(signed_slow(32));
  }
  int64_t s33() {
    if (position_ != end_ && *position_ < 0x80) [[likely]]
      return sign_extend7(*position_++);
    return signed_slow(33);
  }
  int64_t s64() {
    if (position_ != end_ && *position_ < 0x80) [[likely]]
      return sign_extend7(*position_++);
    return signed_slow(64);
  }

  /// `position` must be within the bytes read by this Reader.
  void seek(const uint8_t* position) { position_ = position; }

  /// Steps over `count` bytes; false (and an error) if there are fewer.
  bool skip(size_t count) {
    if (remaining() < count) [[unlikely]]
      return unexpected_end(), false;
    position_ += count;
    return true;
  }

  /// The count of a vector whose items take at least a byte each.
  uint32_t length();
  /// A count of bytes that must be there.
  uint32_t byte_count();

  /// A byte count followed by UTF-8 text.
  std::string_view name();

  /// A reader of the next `size` bytes, which this one steps over.
  Reader sub_reader(size_t size);

  [[gnu::cold]] void unexpected_end();

 private:
  static int32_t sign_extend7(uint8_t byte) { return static_cast<int32_t>(uint32_t{byte} << 25) >> 25; }
  uint64_t unsigned_slow(unsigned bits);
  int64_t signed_slow(unsigned bits);

  const uint8_t* base_;
  const uint8_t* position_;
  const uint8_t* end_;
  bool failed_ = false;
  Error error_;
};

/// Is this well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF)?
bool is_utf8(std::string_view text);

}  // namespace lindvm
