#include "vm/module/load.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "memory/os/virtual_memory.h"
#include "vm/module/decoder.h"
#include "vm/module/known_bodies.h"
#include "vm/module/limits.h"

namespace lindvm {

namespace {

Error too_large(uint64_t size) {
  return {ErrorKind::unsupported,
          fmt::format("module of {} bytes is larger than the limit of {}", size, k_max_module_bytes)};
}

Result<std::shared_ptr<const Module>> decode(std::unique_ptr<uint8_t[]> bytes, size_t size,
                                             const Features& features) {
  BodyKeeper* keeper = body_keeper();
  auto known = keeper ? keeper->find({bytes.get(), size}, features) : std::nullopt;
  ModuleDecoder decoder(std::move(bytes), size, features);
  if (known) decoder.set_known_bodies(*known);
  return decoder.decode();
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

Error io_error(int code) { return {ErrorKind::io, std::strerror(code)}; }

// Reads up to `size` bytes; fewer only at the end of the file.
Result<size_t> read_all(int fd, uint8_t* into, size_t size) {
  size_t done = 0;
  while (done < size) {
    ssize_t got = read(fd, into + done, size - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error(errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

}  // namespace

Result<std::shared_ptr<const Module>> load_module(std::span<const uint8_t> bytes, const Features& features) {
  if (bytes.size() > k_max_module_bytes) return too_large(bytes.size());
  auto copy = std::make_unique_for_overwrite<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), copy.get());
  return decode(std::move(copy), bytes.size(), features);
}

Result<std::shared_ptr<const Module>> load_module_file(const std::string& path, const Features& features) {
  FileDescriptor fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status;
  if (fd.get() < 0 || fstat(fd.get(), &status) != 0) return io_error(errno);
  if (S_ISDIR(status.st_mode)) return io_error(EISDIR);
  if (!S_ISREG(status.st_mode)) return Error{ErrorKind::io, "not a regular file"};
  uint64_t size = static_cast<uint64_t>(status.st_size);
  if (size > k_max_module_bytes) return too_large(size);
  auto bytes = std::make_unique_for_overwrite<uint8_t[]>(size);
  expect_filling(bytes.get(), size);
  size_t got = TRY(read_all(fd.get(), bytes.get(), size));
  return decode(std::move(bytes), got, features);
}

}  // namespace lindvm
