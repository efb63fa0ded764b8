#include "syscalls/table/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lindvm {
namespace {

/// struct iovec of a 32-bit guest; WASI's iovec and ciovec.
struct GuestVector {
  uint32_t address;
  uint32_t size;
};

}  // namespace

int VectorList::load_vectors(const CallSpace& space, uint32_t count) {
  count_ = 0;
  if (count > k_max) return EINVAL;
  GuestVector guest[k_max];
  if (!space.memory || !copy_in(guest, *space.memory, address_, count * sizeof(GuestVector))) return EFAULT;
  for (uint32_t i = 0; i < count; ++i) {
    std::byte* data = translate(*space.memory, guest[i].address, guest[i].size);
    if (!data && guest[i].size != 0) return EFAULT;
    vectors_[i] = {data, guest[i].size};
  }
  count_ = count;
  return 0;
}

void VectorList::print_vectors(TraceText& text, uint64_t bytes) const {
  text.raw("[");
  for (uint32_t i = 0; i < count_ && i < TraceText::k_max_elements; ++i) {
    uint64_t here = std::min<uint64_t>(bytes, vectors_[i].iov_len);
    bytes -= here;
    text.raw(i ? ", {" : "{");
    char shown[TraceText::k_max_bytes];
    size_t count = std::min(here, sizeof shown);
    uint64_t address = static_cast<uint64_t>(static_cast<std::byte*>(vectors_[i].iov_base) - memory_->base());
    if (count == 0 || copy_in(shown, *memory_, address, count)) {
      text.quoted({shown, count}, here);
    } else {
      text.address(address);
    }
    text.raw(", ");
    text.unsigned_number(vectors_[i].iov_len);
    text.raw("}");
  }
  text.raw(count_ > TraceText::k_max_elements ? ", ...], " : "], ");
  text.unsigned_number(count_);
}

void print_value(TraceText& text, const FileStatus& status) {
  fmt::format_to(std::back_inserter(text.text()), "{{st_mode={:#o}, st_size={}, ...}}", status.stx_mode,
                 status.stx_size);
}

}  // namespace lindvm
