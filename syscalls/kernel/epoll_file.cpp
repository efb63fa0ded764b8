#include "syscalls/kernel/epoll_file.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include <algorithm>

namespace lindvm {
namespace {

/// A host descriptor that stands for one item, and its end with the item's file. The host would keep the item
/// where the descriptor's description lives on elsewhere.
class ItemDescriptor final : public Attachment {
 public:
  ItemDescriptor(OwnedFd fd, std::weak_ptr<OpenFile> epoll) : fd_(std::move(fd)), epoll_(std::move(epoll)) {}
  ~ItemDescriptor() override {
    if (FileRef epoll = epoll_.lock()) epoll_ctl(epoll->host_fd(), EPOLL_CTL_DEL, fd_.get(), nullptr);
  }

 private:
  OwnedFd fd_;
  std::weak_ptr<OpenFile> epoll_;
};

}  // namespace

SysResult EpollFile::control(int operation, int host_fd, uint32_t events, uint64_t data) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = data;
  return SysResult::of_host(epoll_ctl(this->host_fd(), operation, host_fd, &event));
}

EpollFile::Item* EpollFile::find(OpenFile& file, uint32_t fd) {
  auto found = items_.find({&file, fd});
  if (found == items_.end()) return nullptr;
  if (!found->second.file.expired()) return &found->second;
  items_.erase(found);  // of a file that had the same address
  return nullptr;
}

EpollFile::Item* EpollFile::find_registered(OpenFile& file, uint32_t fd) {
  Item* item = find(file, fd);
  return item && item->is_registered ? item : nullptr;
}

FileRef EpollFile::item_of(uint32_t fd, uint32_t index) {
  std::lock_guard lock(items_mutex_);
  for (const auto& [key, item] : items_) {
    FileRef file = key.second == fd && item.is_registered ? item.file.lock() : nullptr;
    if (file && index-- == 0) return file;
  }
  return nullptr;
}

bool EpollFile::number_of(int host_fd, uint32_t& fd) {
  std::lock_guard lock(items_mutex_);
  for (const auto& [key, item] : items_) {
    if (!item.is_registered || item.host_fd != host_fd || item.file.expired()) continue;
    fd = key.second;
    return true;
  }
  return false;
}

bool EpollFile::has_item_of(OpenFile& file) const {
  for (auto item = items_.lower_bound({&file, 0}); item != items_.end() && item->first.first == &file;
       ++item) {
    if (!item->second.file.expired()) return true;
  }
  return false;
}

SysResult EpollFile::choose_descriptor(const FileRef& file, Item& item) {
  item.file = file;
  item.host_fd = file->host_fd();
  if (!has_item_of(*file) && !file->outlives_close()) return SysResult();
  OwnedFd own(fcntl(file->host_fd(), F_DUPFD_CLOEXEC, 0));
  if (!own) return SysResult::of_host(-1);
  item.host_fd = own.get();
  file->attach(std::make_unique<ItemDescriptor>(std::move(own), weak_from_this()));
  return SysResult();
}

void EpollFile::forget_ended() {
  if (items_.size() < next_clean_up_) return;
  std::erase_if(items_, [](const auto& item) { return item.second.file.expired(); });
  next_clean_up_ = std::max<size_t>(64, 2 * items_.size());
}

SysResult EpollFile::add(uint32_t fd, const FileRef& file, uint32_t events, uint64_t data) {
  std::lock_guard lock(items_mutex_);
  if (file->host_fd() < 0) return SysResult::error(EPERM);
  if (find_registered(*file, fd)) return SysResult::error(EEXIST);
  if (!find(*file, fd)) {
    Item item;
    SYS_TRY(choose_descriptor(file, item));
    items_[{file.get(), fd}] = item;
  }
  Item& item = *find(*file, fd);
  SYS_TRY(control(EPOLL_CTL_ADD, item.host_fd, events, data));
  item.is_registered = true;
  forget_ended();
  return SysResult();
}

SysResult EpollFile::modify(uint32_t fd, OpenFile& file, uint32_t events, uint64_t data) {
  std::lock_guard lock(items_mutex_);
  Item* item = find_registered(file, fd);
  return item ? control(EPOLL_CTL_MOD, item->host_fd, events, data) : SysResult::error(ENOENT);
}

SysResult EpollFile::remove(uint32_t fd, OpenFile& file) {
  std::lock_guard lock(items_mutex_);
  Item* item = find_registered(file, fd);
  if (!item) return SysResult::error(ENOENT);
  SYS_TRY(control(EPOLL_CTL_DEL, item->host_fd, 0, 0));
  item->is_registered = false;
  return SysResult();
}

}  // namespace lindvm
