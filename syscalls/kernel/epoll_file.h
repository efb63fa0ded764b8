#pragma once
// An epoll instance: the host's, whose items are host descriptors. What the guest registers is a descriptor
// number of its own together with the file behind it; the same file under two numbers is two items, so the
// second gets a duplicate of the host descriptor. Items end with their file, whoever closes it last. Shared
// as every open file; any thread.

#include <map>

#include "syscalls/kernel/host_file.h"

namespace lindvm {

class EpollFile final : public HostFile {
 public:
  explicit EpollFile(OwnedFd fd) : HostFile(std::move(fd)) {}

  /// EEXIST, ENOENT, EPERM, ELOOP, EINVAL as epoll_ctl answers.
  SysResult add(uint32_t fd, const FileRef& file, uint32_t events, uint64_t data);
  SysResult modify(uint32_t fd, OpenFile& file, uint32_t events, uint64_t data);
  SysResult remove(uint32_t fd, OpenFile& file);
  /// The file of the `index`th item that was added under a number, for kcmp; null if there are fewer.
  FileRef item_of(uint32_t fd, uint32_t index);
  /// The guest's number of the item that the host has under a descriptor of its own; false if there is none.
  bool number_of(int host_fd, uint32_t& fd);

 private:
  struct Item {
    std::weak_ptr<OpenFile> file;
    int host_fd = -1;
    bool is_registered = false;  ///< else a host descriptor that is kept for the next time
  };
  using Key = std::pair<OpenFile*, uint32_t>;

  /// Null if there is none of a file that lives.
  Item* find(OpenFile& file, uint32_t fd);
  Item* find_registered(OpenFile& file, uint32_t fd);
  bool has_item_of(OpenFile& file) const;
  /// The host descriptor for a new item, in `item`.
  SysResult choose_descriptor(const FileRef& file, Item& item);
  SysResult control(int operation, int host_fd, uint32_t events, uint64_t data);
  void forget_ended();

  std::mutex items_mutex_;
  std::map<Key, Item> items_;  // guarded by items_mutex_; ended ones may linger
  size_t next_clean_up_ = 64;  // number of items that makes it worth looking for ended ones
};

}  // namespace lindvm
