#include "memory/os/private_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <memory>

namespace lindvm {
namespace {

constexpr mode_t k_others = S_IRWXG | S_IRWXO;
constexpr const char* k_temporary = "tmp-";
constexpr int64_t k_abandoned_seconds = 3600;

bool is_private(const struct stat& status) {
  return status.st_uid == geteuid() && (status.st_mode & k_others) == 0;
}

/// As mkdir -p does.
void make_with_parents(const std::string& path) {
  for (size_t at = 1; at != std::string::npos && at < path.size();) {
    at = path.find('/', at);
    mkdir(path.substr(0, at).c_str(), S_IRWXU);
    if (at != std::string::npos) ++at;
  }
}

/// Different for each file that any process writes.
std::string temporary_name() {
  static std::atomic<uint32_t> count{0};
  uint64_t random = 0;
  if (getrandom(&random, sizeof random, 0) < 0) random = static_cast<uint64_t>(time(nullptr));
  char name[80];
  std::snprintf(name, sizeof name, "%s%d-%u-%llx", k_temporary, getpid(), count.fetch_add(1),
                static_cast<unsigned long long>(random));
  return name;
}

bool write_all(int fd, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(done));
  }
  return true;
}

}  // namespace

std::optional<PrivateFolder> PrivateFolder::open(const std::string& path) {
  OwnedFd fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status;
  if (!fd || fstat(fd.get(), &status) != 0 || !is_private(status)) return {};
  return PrivateFolder(std::move(fd));
}

std::optional<PrivateFolder> PrivateFolder::make(const std::string& path) {
  if (auto folder = open(path)) return folder;
  make_with_parents(path);
  return open(path);
}

OwnedFd PrivateFolder::open_file(const std::string& name) const {
  OwnedFd fd(openat(fd_.get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status;
  bool fits = fd && fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) && is_private(status);
  return fits ? std::move(fd) : OwnedFd();
}

bool PrivateFolder::write_file(const std::string& name, std::span<const uint8_t> bytes) const {
  std::string temporary = temporary_name();
  constexpr int k_flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
  OwnedFd fd(openat(fd_.get(), temporary.c_str(), k_flags, S_IRUSR | S_IWUSR));
  if (!fd) return false;
  bool done =
      write_all(fd.get(), bytes) && renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) == 0;
  if (!done) unlinkat(fd_.get(), temporary.c_str(), 0);
  return done;
}

void PrivateFolder::note_use(const OwnedFd& file) const { futimens(file.get(), nullptr); }

bool PrivateFolder::remove(const std::string& name) const {
  return unlinkat(fd_.get(), name.c_str(), 0) == 0;
}

std::vector<PrivateFolder::File> PrivateFolder::files() const {
  std::vector<File> found;
  // A descriptor of its own, as the position in a directory belongs to the open file.
  int fd = openat(fd_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  std::unique_ptr<DIR, int (*)(DIR*)> directory(fd < 0 ? nullptr : fdopendir(fd), closedir);
  if (!directory) return found;
  while (const dirent* entry = readdir(directory.get())) {
    struct stat status;
    if (fstatat(fd_.get(), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode))
      continue;
    if (std::strncmp(entry->d_name, k_temporary, std::strlen(k_temporary)) != 0) {
      found.push_back({entry->d_name, static_cast<uint64_t>(status.st_size), status.st_mtime});
    } else if (status.st_mtime + k_abandoned_seconds < time(nullptr)) {
      remove(entry->d_name);
    }
  }
  return found;
}

uint64_t file_size(const OwnedFd& file) {
  struct stat status;
  return fstat(file.get(), &status) == 0 ? static_cast<uint64_t>(status.st_size) : 0;
}

bool read_at(const OwnedFd& file, uint64_t offset, std::span<uint8_t> into) {
  while (!into.empty()) {
    ssize_t got = pread(file.get(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    offset += static_cast<uint64_t>(got);
    into = into.subspan(static_cast<size_t>(got));
  }
  return true;
}

}  // namespace lindvm
