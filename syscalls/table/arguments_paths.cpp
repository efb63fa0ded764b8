#include "syscalls/table/arguments_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lindvm {
namespace {

constexpr uint32_t k_page_bytes = 4096;

/// copy_struct_from_user: what follows the bytes that we know must be zero.
int copy_struct(const CallSpace& space, uint32_t address, uint32_t bytes, void* to, uint32_t known) {
  if (bytes < known) return EINVAL;
  if (bytes > k_page_bytes) return E2BIG;
  char all[k_page_bytes];
  if (!space.memory || !copy_in(all, *space.memory, address, bytes)) return EFAULT;
  std::memcpy(to, all, known);
  bool is_zero = std::all_of(all + known, all + bytes, [](char byte) { return byte == 0; });
  return is_zero ? 0 : E2BIG;
}

}  // namespace

int XattrValue::copy(const CallSpace& space, uint32_t address, uint32_t bytes) {
  if (int error = copy_struct(space, address, bytes, &args_, sizeof args_)) return error;
  memory_ = space.memory;
  return space.covers(args_.value, args_.size) ? 0 : EFAULT;
}

void XattrValue::print(TraceText& text) const {
  fmt::format_to(std::back_inserter(text.text()), "{{value={:#x}, size={}, flags={}}}", args_.value,
                 args_.size, args_.flags);
}

int OpenHowIn::copy(const CallSpace& space, uint32_t address, uint32_t bytes) {
  return copy_struct(space, address, bytes, &value, sizeof value);
}

void OpenHowIn::print(TraceText& text) const {
  text.raw("{flags=");
  text.flags(FlagSet::OpenFlags, value.flags);
  fmt::format_to(std::back_inserter(text.text()), ", mode={:#o}, resolve=", uint64_t{value.mode});
  text.flags(FlagSet::ResolveFlags, value.resolve);
  text.raw("}");
}

void print_value(TraceText& text, const struct statfs& status) {
  fmt::format_to(std::back_inserter(text.text()), "{{f_type={:#x}, f_blocks={}, ...}}",
                 static_cast<uint64_t>(status.f_type), status.f_blocks);
}

}  // namespace lindvm
