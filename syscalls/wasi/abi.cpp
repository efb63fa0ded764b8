#include "syscalls/wasi/abi.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <iterator>

namespace lindvm::wasi {
namespace {

struct GuestEvent {
  uint64_t userdata;
  uint16_t error;
  uint8_t type;
  uint8_t pad0[5];
  uint64_t bytes;
  uint16_t flags;
  uint8_t pad1[6];
};
static_assert(sizeof(GuestEvent) == 32);

enum FileType : uint8_t {
  unknown,
  block_device,
  character_device,
  directory,
  regular,
  datagram,
  stream,
  link
};

}  // namespace

/// Pipes have no type in WASI. A socket's kind is not part of its mode (see fd_fdstat_get).
uint8_t file_type(uint16_t mode) {
  if (S_ISREG(mode)) return regular;
  if (S_ISDIR(mode)) return directory;
  if (S_ISLNK(mode)) return link;
  if (S_ISCHR(mode)) return character_device;
  if (S_ISBLK(mode)) return block_device;
  if (S_ISSOCK(mode)) return stream;
  return unknown;
}

SysResult StringTable::put(const std::vector<std::string>& strings) {
  uint64_t slot = addresses_;
  uint64_t at = strings_;
  for (const std::string& string : strings) {
    uint32_t address = static_cast<uint32_t>(at);
    if (!copy_out(*memory_, slot, &address, sizeof address)) return SysResult::error(EFAULT);
    if (!copy_out(*memory_, at, string.c_str(), string.size() + 1)) return SysResult::error(EFAULT);
    slot += sizeof address;
    at += string.size() + 1;
  }
  return SysResult();
}

void StringTable::print(TraceText& text) const {
  text.address(addresses_);
  text.raw(", ");
  text.address(strings_);
}

SysResult PollLists::put(const std::vector<Event>& events) {
  events_ = events;
  std::vector<GuestEvent> guest;
  for (const Event& event : events) {
    guest.push_back({event.userdata, event.error, event.type, {}, event.bytes, event.is_hangup, {}});
  }
  bool is_written = copy_out(*memory_, out_, guest.data(), guest.size() * sizeof(GuestEvent));
  return is_written ? SysResult() : SysResult::error(EFAULT);
}

void PollLists::print(TraceText& text) const {
  text.raw("[");
  for (size_t i = 0; i < subscriptions.size() && i < TraceText::k_max_elements; ++i) {
    const Subscription& one = subscriptions[i];
    text.raw(i ? ", {" : "{");
    text.choice(FlagSet::WasiEventType, one.type);
    text.raw(", ");
    if (one.type == flag::WasiEventType_CLOCK) {
      text.choice(FlagSet::ClockIds, one.clock);
      text.raw(one.is_absolute ? ", until " : ", ");
      text.time(one.timeout);
    } else {
      text.unsigned_number(one.fd);
    }
    text.raw("}");
  }
  text.raw("] => [");
  for (size_t i = 0; i < events_.size() && i < TraceText::k_max_elements; ++i) {
    text.raw(i ? ", {" : "{");
    text.choice(FlagSet::WasiEventType, events_[i].type);
    fmt::format_to(std::back_inserter(text.text()), ", error={}, nbytes={}}}", events_[i].error,
                   events_[i].bytes);
  }
  text.raw("]");
}

void print_value(TraceText& text, const FdStatus& status) {
  text.raw("{");
  text.choice(FlagSet::WasiFileType, status.type);
  text.raw(", ");
  text.flags(FlagSet::WasiFdFlags, status.flags);
  fmt::format_to(std::back_inserter(text.text()), ", base={:#x}, inheriting={:#x}}}", status.rights,
                 status.inheriting);
}

void print_value(TraceText& text, const Prestat& prestat) {
  fmt::format_to(std::back_inserter(text.text()), "{{DIR, {}}}", prestat.name_length);
}

}  // namespace lindvm::wasi
