#include "syscalls/table/ioctls.h"

#include <fmt/format.h>

#include <iterator>

namespace lindvm {
namespace {

void print_record(TraceText& text, const Termios& termios) {
  fmt::format_to(std::back_inserter(text.text()),
                 "{{c_iflag={:#x}, c_oflag={:#x}, c_cflag={:#x}, c_lflag={:#x}, ...}}", termios.input,
                 termios.output, termios.control, termios.local);
}
void print_record(TraceText& text, const Termios2& termios) { print_record(text, termios.base); }
void print_record(TraceText& text, const WindowSize& size) {
  fmt::format_to(std::back_inserter(text.text()), "{{ws_row={}, ws_col={}, ws_xpixel={}, ws_ypixel={}}}",
                 size.rows, size.columns, size.width, size.height);
}
void print_record(TraceText& text, const CloneRange& range) {
  fmt::format_to(std::back_inserter(text.text()),
                 "{{src_fd={}, src_offset={}, src_length={}, dest_offset={}}}", range.from, range.from_offset,
                 range.length, range.to_offset);
}
void print_record(TraceText& text, const InterfaceRequest& request) {
  fmt::format_to(std::back_inserter(text.text()), "{{ifr_name=\"{}\", ...}}", request.name_text());
}
void print_record(TraceText& text, const InterfaceList& list) {
  fmt::format_to(std::back_inserter(text.text()), "{{ifc_len={}, ifc_req={:#x}}}", list.bytes, list.address);
}
template <class T>
  requires std::is_integral_v<T>
void print_record(TraceText& text, T value) {
  print_value(text, value);
}

template <class T>
void print_at(TraceText& text, const LinearMemory& memory, uint32_t address) {
  T value;
  if (copy_in(&value, memory, address, sizeof value)) {
    print_record(text, value);
  } else {
    text.address(address);
  }
}

constexpr IoctlArgument::Row k_rows[] = {
#define IOCTL(name, request, host, argument, type, handler) \
  {#name, request, host, IoctlArgument::Direction::argument, sizeof(type), print_at<type>},
#include "syscalls/table/ioctls.def"
};

}  // namespace

const IoctlArgument::Row* IoctlArgument::find(uint32_t request) {
  for (const Row& row : k_rows) {
    if (row.request == request) return &row;
  }
  return nullptr;
}

void IoctlArgument::print(TraceText& text) const {
  if (!row_) {
    fmt::format_to(std::back_inserter(text.text()), "{:#x}, {:#x}", request_, value_);
    return;
  }
  text.raw(row_->name);
  if (row_->direction == Direction::none) return;
  text.raw(", ");
  if (row_->direction == Direction::value) return text.number(static_cast<int32_t>(value_));
  row_->print(text, *memory_, value_);
}

}  // namespace lindvm
