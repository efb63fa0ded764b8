#include "syscalls/table/fcntl.h"

#include <fmt/format.h>

#include <iterator>

namespace lindvm {
namespace {

/// struct flock of a 32-bit program that has 32-bit offsets.
struct Lock32 {
  int16_t type;
  int16_t whence;
  int32_t start;
  int32_t length;
  int32_t owner;
};
static_assert(sizeof(struct flock) == 32, "the host's is struct flock64 of 32-bit machines");

struct Row {
  std::string_view name;
  uint32_t number;
  FcntlArgument::Kind argument;
  FcntlArgument::Answer answer;
};

constexpr Row k_rows[] = {
#define FCNTL(name, number, argument, answer, handler) \
  {#name, number, FcntlArgument::Kind::argument, FcntlArgument::Answer::answer},
#include "syscalls/table/fcntl.def"
};

const Row* find_row(uint32_t command) {
  for (const Row& row : k_rows) {
    if (row.number == command) return &row;
  }
  return nullptr;
}

}  // namespace

int FcntlArgument::load_record() {
  const Row* row = find_row(command_);
  kind_ = row ? row->argument : Kind::number;
  auto copy = [&](void* to, size_t size) {
    return memory_ && copy_in(to, *memory_, number_, size) ? 0 : EFAULT;
  };
  switch (kind_) {
    case Kind::lock32:
      return load_lock32();
    case Kind::lock64:
      return copy(&lock_, sizeof lock_);
    case Kind::owner:
      return copy(&owner_, sizeof owner_);
    case Kind::hint:
      return memory_ && translate(*memory_, number_, sizeof(uint64_t)) ? 0 : EFAULT;
    case Kind::none:
    case Kind::number:
    case Kind::descriptor_flags:
    case Kind::open_flags:
    case Kind::seals:
      break;
  }
  return 0;
}

int FcntlArgument::load_lock32() {
  Lock32 guest;
  if (!memory_ || !copy_in(&guest, *memory_, number_, sizeof guest)) return EFAULT;
  lock_ = {guest.type, guest.whence, guest.start, guest.length, guest.owner};
  return 0;
}

SysResult FcntlArgument::put_lock() const {
  bool is_written = false;
  if (kind_ == Kind::lock32) {
    if (lock_.l_start > INT32_MAX || lock_.l_len > INT32_MAX) return SysResult::error(EOVERFLOW);
    Lock32 guest{lock_.l_type, lock_.l_whence, static_cast<int32_t>(lock_.l_start),
                 static_cast<int32_t>(lock_.l_len), lock_.l_pid};
    is_written = copy_out(*memory_, number_, &guest, sizeof guest);
  } else {
    is_written = copy_out(*memory_, number_, &lock_, sizeof lock_);
  }
  return is_written ? SysResult() : SysResult::error(EFAULT);
}

SysResult FcntlArgument::put_owner() const {
  return copy_out(*memory_, number_, &owner_, sizeof owner_) ? SysResult() : SysResult::error(EFAULT);
}

void FcntlArgument::print(TraceText& text) const {
  const Row* row = find_row(command_);
  if (row) {
    text.raw(row->name);
  } else {
    fmt::format_to(std::back_inserter(text.text()), "{:#x}", command_);
  }
  if (kind_ == Kind::none) return;
  text.raw(", ");
  print_number(text);
}

void FcntlArgument::print_number(TraceText& text) const {
  switch (kind_) {
    case Kind::none:
      break;
    case Kind::number:
      text.number(static_cast<int32_t>(number_));
      break;
    case Kind::descriptor_flags:
      text.flags(FlagSet::DescriptorFlags, number_);
      break;
    case Kind::open_flags:
      text.flags(FlagSet::OpenFlags, number_);
      break;
    case Kind::seals:
      text.flags(FlagSet::SealFlags, number_);
      break;
    case Kind::lock32:
    case Kind::lock64:
      print_lock(text);
      break;
    case Kind::owner:
      text.raw("{type=");
      text.choice(FlagSet::OwnerTypes, static_cast<uint32_t>(owner_.type));
      fmt::format_to(std::back_inserter(text.text()), ", pid={}}}", owner_.id);
      break;
    case Kind::hint:
      text.address(number_);
      break;
  }
}

void FcntlArgument::print_lock(TraceText& text) const {
  text.raw("{l_type=");
  text.choice(FlagSet::LockTypes, static_cast<uint64_t>(lock_.l_type));
  text.raw(", l_whence=");
  text.choice(FlagSet::SeekWhence, static_cast<uint64_t>(lock_.l_whence));
  fmt::format_to(std::back_inserter(text.text()), ", l_start={}, l_len={}}}", lock_.l_start, lock_.l_len);
}

void FcntlArgument::print_result(TraceText& text, SysResult result) const {
  const Row* row = find_row(command_);
  if (!row || row->answer == Answer::plain || !result.ok()) return text.result(result);
  fmt::format_to(std::back_inserter(text.text()), " = {:#x} (", result.value());
  auto bits = static_cast<uint64_t>(result.value());
  text.raw(row->answer == Answer::seals ? "seals " : "flags ");
  text.flags(row->answer == Answer::seals              ? FlagSet::SealFlags
             : row->answer == Answer::descriptor_flags ? FlagSet::DescriptorFlags
                                                       : FlagSet::OpenFlags,
             bits);
  text.raw(")");
}

}  // namespace lindvm
