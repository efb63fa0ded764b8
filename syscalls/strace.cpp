#include "syscalls/strace.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iterator>

namespace lindvm {

Strace::~Strace() {
  if (fd_ != STDERR_FILENO) ::close(fd_);
}

void Strace::write(std::string_view text) {
  std::lock_guard lock(mutex_);
  while (!text.empty()) {
    ssize_t count = ::write(fd_, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;  // a trace that cannot be written must not change what the guest does
    text.remove_prefix(static_cast<size_t>(count));
  }
}

void TraceText::octal(uint32_t value) { fmt::format_to(std::back_inserter(text_), "{:#o}", value); }

void TraceText::address(uint64_t value) {
  if (value == 0) {
    text_ += "NULL";
  } else {
    fmt::format_to(std::back_inserter(text_), "{:#x}", value);
  }
}

void TraceText::quoted(std::string_view bytes, uint64_t whole) {
  text_ += '"';
  for (size_t i = 0; i < bytes.size(); ++i) {
    unsigned char byte = static_cast<unsigned char>(bytes[i]);
    bool digit_follows = i + 1 < bytes.size() && bytes[i + 1] >= '0' && bytes[i + 1] <= '9';
    constexpr std::string_view k_special = "\n\t\r\v\f\"\\";
    constexpr std::string_view k_letters = "ntrvf\"\\";
    if (size_t at = k_special.find(static_cast<char>(byte)); at != std::string_view::npos) {
      text_ += {'\\', k_letters[at]};
    } else if (byte >= 0x20 && byte < 0x7f) {
      text_ += static_cast<char>(byte);
    } else if (digit_follows) {
      fmt::format_to(std::back_inserter(text_), "\\{:03o}", byte);
    } else {
      fmt::format_to(std::back_inserter(text_), "\\{:o}", byte);
    }
  }
  text_ += '"';
  if (bytes.size() < whole) text_ += "...";
}

void TraceText::flags(FlagSet set, uint64_t bits) {
  bool is_first = true;
  uint64_t rest = bits;
  for (const FlagRow& row : k_flag_rows) {
    if (row.set != set || (rest & row.value) != row.value) continue;
    if (!is_first) text_ += '|';
    text_ += row.name;
    rest &= ~row.value;
    is_first = false;
  }
  if (rest == 0 && !is_first) return;
  if (!is_first) text_ += '|';
  if (rest == 0) {
    text_ += '0';
  } else {
    fmt::format_to(std::back_inserter(text_), "{:#x}", rest);
  }
}

void TraceText::choice(FlagSet set, uint64_t value) {
  for (const FlagRow& row : k_flag_rows) {
    if (row.set == set && row.value == value) return raw(row.name);
  }
  unsigned_number(value);
}

void TraceText::time(uint64_t nanoseconds) {
  fmt::format_to(std::back_inserter(text_), "{}.{:09}s", nanoseconds / 1'000'000'000,
                 nanoseconds % 1'000'000'000);
}

void TraceText::result(SysResult result) {
  if (result.ok()) {
    fmt::format_to(std::back_inserter(text_), " = {}\n", result.value());
  } else {
    int number = result.error_number();
    fmt::format_to(std::back_inserter(text_), " = -1 {} ({})\n", error_name(number), error_text(number));
  }
}

}  // namespace lindvm
