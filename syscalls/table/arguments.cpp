#include "syscalls/table/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace lindvm {

int read_vectors(LinearMemory& memory, uint32_t address, uint32_t longest, std::span<iovec> host) {
  GuestVector guest[k_max_vectors];
  if (!copy_in(guest, memory, address, host.size() * sizeof(GuestVector))) return EFAULT;
  for (size_t i = 0; i < host.size(); ++i) {
    if (guest[i].size > longest) return EINVAL;
  }
  for (size_t i = 0; i < host.size(); ++i) {
    std::byte* data = translate(memory, guest[i].address, guest[i].size);
    if (!data && guest[i].size != 0) return EFAULT;
    host[i] = {data, guest[i].size};
  }
  return 0;
}

int VectorList::load_vectors(const CallSpace& space, uint32_t count, uint32_t longest) {
  count_ = 0;
  if (count > k_max) return EINVAL;
  if (!space.memory) return EFAULT;
  int error = read_vectors(*space.memory, address_, longest, {vectors_.data(), count});
  if (error == 0) count_ = count;
  return error;
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
