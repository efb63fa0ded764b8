#include "memory/address_map.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>

#include "memory/address_map_parts.h"
#include "memory/os/host_pages.h"

namespace lindvm {
namespace {

constexpr uint32_t k_sharing_mask = 0x0f;
constexpr uint32_t k_validated_flags = MAP_SHARED_VALIDATE | MAP_FIXED | MAP_ANONYMOUS | MAP_DENYWRITE |
                                       MAP_EXECUTABLE | MAP_GROWSDOWN | MAP_LOCKED | MAP_NORESERVE |
                                       MAP_POPULATE | MAP_NONBLOCK | MAP_STACK;
/// Mappings of the host that are left to the VM itself.
constexpr size_t k_mappings_for_vm = 4096;

/// Of all address maps of the process, about.
std::atomic<size_t> g_host_mappings{0};

bool is_fixed(uint32_t flags) { return flags & (MAP_FIXED | MAP_FIXED_NOREPLACE); }

int check_sharing(const MapRequest& request) {
  switch (request.flags & k_sharing_mask) {
    case MAP_SHARED:
    case MAP_PRIVATE:
      return 0;
    case MAP_SHARED_VALIDATE:
      if (request.flags & MAP_ANONYMOUS) return -EINVAL;
      return request.flags & ~k_validated_flags ? -EOPNOTSUPP : 0;
    default:
      return -EINVAL;
  }
}

/// In the order in which Linux finds faults.
int check_request(const MapRequest& request, uint64_t end) {
  if (request.offset % k_guest_page != 0) return -EINVAL;
  if (!(request.flags & MAP_ANONYMOUS) && fcntl(request.file.fd, F_GETFD) < 0) return -EBADF;
  if (request.length == 0) return -EINVAL;
  if (request.length > end) return -ENOMEM;
  // File pages are counted in 32 bits.
  uint64_t pages = page_up(request.length) / k_guest_page;
  if (request.offset / k_guest_page + pages > UINT32_MAX) return -EOVERFLOW;
  if (request.flags & MAP_HUGETLB) return -ENOMEM;  // the host has no such pages for guests
  return 0;
}

uint32_t area_flags_of(const MapRequest& request) {
  uint32_t flags = request.area_flags;
  if ((request.flags & k_sharing_mask) != MAP_PRIVATE) flags |= k_area_shared;
  if (request.flags & MAP_NORESERVE) flags |= k_area_no_reserve;
  if (request.flags & MAP_STACK) flags |= k_area_stack;
  if (request.flags & MAP_GROWSDOWN) flags |= k_area_grows_down;
  if (request.flags & MAP_LOCKED) flags |= k_area_locked;
  return flags;
}

std::shared_ptr<const Backing> named(std::string name) {
  auto backing = std::make_shared<Backing>();
  backing->name = std::move(name);
  return backing;
}

}  // namespace

std::unique_ptr<AddressMap> AddressMap::create(std::shared_ptr<LinearMemory> memory,
                                               const AddressLayout& layout, const AddressLimits& limits,
                                               int& error) {
  assert(memory->is_mapped());
  std::unique_ptr<AddressMap> map(new AddressMap(std::move(memory), layout, limits));
  error = map->map_image(layout);
  if (error != 0) map.reset();
  return map;
}

AddressMap::AddressMap(std::shared_ptr<LinearMemory> memory, const AddressLayout& layout,
                       const AddressLimits& limits)
    : memory_(std::move(memory)),
      end_(std::min(memory_->size_bytes() & ~(k_guest_page - 1), k_end)),
      heap_start_(layout.heap_start),
      image_end_(page_up(layout.image_bytes)),
      areas_(std::max({k_guest_page, image_end_, page_up(layout.heap_start)}), end_),
      limits_(limits),
      break_(layout.heap_start) {}

AddressMap::~AddressMap() { g_host_mappings -= counted_mappings_; }

int AddressMap::map_image(const AddressLayout& layout) {
  std::lock_guard lock(mutex_);
  if (image_end_ > end_) return -ENOMEM;
  uint64_t begin = layout.traps_at_null ? k_guest_page : 0;
  uint64_t stack_begin = std::clamp(layout.stack_begin, begin, image_end_);
  uint64_t stack_end = std::clamp(page_up(layout.stack_end), stack_begin, image_end_);
  std::shared_ptr<const Backing> image = named(layout.image_name);
  auto add_part = [&](uint64_t from, uint64_t to, uint32_t flags, std::shared_ptr<const Backing> backing) {
    if (from >= to) return 0;
    Area area{.begin = from, .end = to, .prot = PROT_READ | PROT_WRITE, .flags = flags};
    area.backing = std::move(backing);
    if (area.bytes() + areas_.totals().mapped > limits_.address_space) return -ENOMEM;
    return add(std::move(area), false);
  };
  int error = add_part(begin, stack_begin, 0, image);
  if (error == 0) error = add_part(stack_begin, stack_end, k_area_stack, named("[stack]"));
  if (error == 0) error = add_part(stack_end, image_end_, 0, image);
  return error;
}

int64_t AddressMap::map(const MapRequest& request) {
  if (int error = check_request(request, end_); error != 0) return error;
  std::lock_guard lock(mutex_);
  uint64_t length = page_up(request.length);
  int64_t placed = place(request, length);
  if (placed < 0) return placed;
  if (request.flags & MAP_LOCKED && limits_.locked == 0) return -EPERM;
  if (int error = check_sharing(request); error != 0) return error;

  Area area{.begin = static_cast<uint64_t>(placed), .end = static_cast<uint64_t>(placed) + length};
  area.prot = request.prot & (PROT_READ | PROT_WRITE | PROT_EXEC);
  area.flags = area_flags_of(request) | lock_future_;
  uint64_t replaced = areas_.mapped_within(area.begin, area.end);
  if (int error = check_limits(area, replaced); error != 0) return error;
  if (int error = check_file(request, area); error != 0) return error;
  int error = add(std::move(area), request.flags & MAP_POPULATE);
  return error != 0 ? error : placed;
}

int64_t AddressMap::place(const MapRequest& request, uint64_t length) const {
  return is_fixed(request.flags) ? place_fixed(request, length) : find_space(request.address, length);
}

int64_t AddressMap::place_fixed(const MapRequest& request, uint64_t length) const {
  uint64_t begin = request.address;
  if (begin > end_ - length) return -ENOMEM;
  if (begin % k_guest_page != 0) return -EINVAL;
  if (begin < k_guest_page) return -EPERM;  // NULL
  if (request.flags & MAP_FIXED_NOREPLACE && !areas_.is_free(begin, begin + length)) return -EEXIST;
  return static_cast<int64_t>(begin);
}

int64_t AddressMap::find_space(uint64_t hint, uint64_t length) const {
  uint64_t begin = hint & ~(k_guest_page - 1);  // as Linux rounds hints
  if (begin >= k_guest_page && begin <= end_ - length && areas_.is_free(begin, begin + length)) {
    return static_cast<int64_t>(begin);
  }
  std::optional<uint64_t> found = areas_.find_space(length);
  return found ? static_cast<int64_t>(*found) : -ENOMEM;
}

int AddressMap::check_limits(const Area& area, uint64_t replaced_bytes) const {
  const AreaTotals& totals = areas_.totals();
  if (area.flags & k_area_locked && totals.locked + area.bytes() > limits_.locked) return -EAGAIN;
  if (totals.mapped + area.bytes() - replaced_bytes > limits_.address_space) return -ENOMEM;
  bool is_data = !area.is_shared() && area.prot & PROT_WRITE;
  if (is_data && totals.data + area.bytes() > limits_.data) return -ENOMEM;
  return has_room_for_mappings(3) ? 0 : -ENOMEM;
}

int AddressMap::check_file(const MapRequest& request, Area& area) {
  if (request.flags & MAP_ANONYMOUS) return area.is_shared() ? back_with_shared_memory(area) : 0;
  int access = fcntl(request.file.fd, F_GETFL) & O_ACCMODE;
  if (area.is_shared() && area.prot & PROT_WRITE && access != O_RDWR) return -EACCES;
  if (access == O_WRONLY) return -EACCES;
  int error = 0;
  area.backing = backing_of(request.file, error);
  area.offset = request.offset;
  return error;
}

int AddressMap::back_with_shared_memory(Area& area) {
  auto backing = std::make_shared<Backing>();
  if (!host_pages::create_shared_memory(area.bytes(), backing->file)) return -ENOMEM;
  backing->name = "/dev/zero (deleted)";
  struct stat status{};
  if (fstat(backing->file.get(), &status) == 0) backing->inode = status.st_ino;
  area.backing = std::move(backing);
  return 0;
}

// Descriptors of the host are few, so mappings of a file share one.
std::shared_ptr<const Backing> AddressMap::backing_of(const MappedFile& file, int& error) {
  struct stat status{};
  if (fstat(file.fd, &status) != 0) return error = -errno, nullptr;
  int access = fcntl(file.fd, F_GETFL) & O_ACCMODE;
  FileKey key{status.st_dev, status.st_ino, access, file.name};
  auto known = files_.find(key);
  if (known != files_.end()) {
    if (auto backing = known->second.lock()) return backing;
  }
  auto backing = std::make_shared<Backing>();
  backing->file = OwnedFd(fcntl(file.fd, F_DUPFD_CLOEXEC, 0));
  if (!backing->file) return error = -ENOMEM, nullptr;
  backing->name = file.name;
  backing->device = status.st_dev;
  backing->inode = status.st_ino;
  std::erase_if(files_, [](const auto& entry) { return entry.second.expired(); });
  files_[key] = backing;
  return backing;
}

int AddressMap::map_host(const Area& area, bool populate) const {
  if (!area.has_file()) return host_pages::map_anonymous(host(area.begin), area.bytes(), area.prot, populate);
  host_pages::FileRange file{area.backing->file.get(), area.offset, area.is_shared()};
  return host_pages::map_file(host(area.begin), area.bytes(), area.prot, file, populate);
}

/// In place of what is there, and in one step of the host's: other threads of the guest may be using it.
int AddressMap::add(Area area, bool populate) {
  uint64_t begin = area.begin, end = area.end;
  if (int error = map_host(area, populate); error != 0) {
    remove(begin, end);  // as the host may have done
    return error;
  }
  areas_.erase(begin, end);
  uint32_t lock_flags = area.flags & k_area_lock_mask;
  area.flags &= ~k_area_lock_mask;
  areas_.insert(std::move(area));
  // As on Linux, a mapping that is to be locked exists even if the host cannot keep all of it in memory.
  if (lock_flags != 0) lock_range(begin, end, lock_flags);
  note_usage();
  return 0;
}

int AddressMap::remove(uint64_t begin, uint64_t end) {
  if (int error = host_pages::release(host(begin), end - begin); error != 0) return error;
  areas_.erase(begin, end);
  note_usage();
  return 0;
}

int AddressMap::unmap(uint64_t begin, uint64_t length) {
  if (begin % k_guest_page != 0 || length == 0) return -EINVAL;
  if (length > end_ || begin > end_ - page_up(length)) return -EINVAL;
  std::lock_guard lock(mutex_);
  uint64_t end = begin + page_up(length);
  if (areas_.is_free(begin, end)) return 0;
  bool splits = areas_.find(begin) && areas_.find(end - 1);
  if (splits && !has_room_for_mappings(2)) return -ENOMEM;
  return remove(begin, end);
}

int AddressMap::check_place(uint64_t begin, uint64_t length, uint64_t& end) const {
  if (begin % k_guest_page != 0) return -EINVAL;
  if (length > end_ || begin > end_ || page_up(length) > end_ - begin) return -ENOMEM;
  end = begin + page_up(length);
  return 0;
}

int AddressMap::protect(uint64_t begin, uint64_t length, uint32_t prot) {
  constexpr uint32_t k_grows = PROT_GROWSDOWN | PROT_GROWSUP, k_prot_sem = 0x8;
  if ((prot & k_grows) == k_grows) return -EINVAL;
  uint64_t end = 0;
  if (begin % k_guest_page != 0) return -EINVAL;
  if (length == 0) return 0;
  if (int error = check_place(begin, length, end); error != 0) return error;
  if (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC | k_prot_sem | k_grows)) return -EINVAL;
  std::lock_guard lock(mutex_);
  const Area* first = areas_.find(begin);
  if (first && prot & PROT_GROWSUP) return -EINVAL;
  if (first && prot & PROT_GROWSDOWN) {
    if (!(first->flags & k_area_grows_down)) return -EINVAL;
    begin = first->begin;
  }
  prot &= PROT_READ | PROT_WRITE | PROT_EXEC;
  return visit(begin, end, Holes::stop, [&](const Area& area) {
    if (area.prot == prot) return 0;
    bool adds_data = !area.is_shared() && prot & PROT_WRITE && !(area.prot & PROT_WRITE);
    if (adds_data && areas_.totals().data + area.bytes() > limits_.data) return -ENOMEM;
    if (!has_room_for_mappings(2)) return -ENOMEM;
    if (int error = host_pages::protect(host(area.begin), area.bytes(), prot); error != 0) return error;
    areas_.change(area.begin, area.end, [&](Area& changed) { changed.prot = prot; });
    note_usage();
    return 0;
  });
}

uint64_t AddressMap::heap_end(uint64_t at_break) const { return std::max(image_end_, page_up(at_break)); }

uint64_t AddressMap::set_break(uint64_t request) {
  std::lock_guard lock(mutex_);
  if (request < heap_start_ || request > end_ - k_guest_page) return break_;
  uint64_t old_end = heap_end(break_), new_end = heap_end(request);
  if (new_end > old_end && !grow_heap(old_end, request)) return break_;
  if (new_end < old_end && remove(new_end, old_end) != 0) return break_;
  return break_ = request;
}

bool AddressMap::grow_heap(uint64_t old_end, uint64_t new_break) {
  Area area{.begin = old_end, .end = heap_end(new_break), .prot = PROT_READ | PROT_WRITE};
  area.flags = k_area_heap | lock_future_;
  // A page is left between the heap and what comes after it.
  if (!areas_.is_free(old_end, area.end + k_guest_page)) return false;
  if (new_break - heap_start_ + image_end_ > limits_.data) return false;
  return check_limits(area, 0) == 0 && add(std::move(area), false) == 0;
}

int AddressMap::detach(uint64_t begin, uint64_t& inode) {
  if (begin % k_guest_page != 0) return -EINVAL;
  std::lock_guard lock(mutex_);
  std::shared_ptr<const Backing> attached;
  for (const Area& area : areas_.within(begin, end_)) {
    bool is_piece = area.flags & k_area_segment && area.begin - begin == area.offset;
    if (!is_piece || (attached && area.backing != attached)) continue;
    attached = area.backing;
    if (int error = remove(area.begin, area.end); error != 0) return error;
  }
  if (!attached) return -EINVAL;
  inode = attached->inode;
  return 0;
}

AddressMap::Attachments AddressMap::attachments(uint64_t inode) const {
  std::lock_guard lock(mutex_);
  Attachments found;
  for (const auto& [begin, area] : areas_.all()) {
    if (!(area.flags & k_area_segment) || area.backing->inode != inode) continue;
    ++found.areas;
    found.bytes += area.bytes();
  }
  return found;
}

AddressLimits AddressMap::limits() const {
  std::lock_guard lock(mutex_);
  return limits_;
}

void AddressMap::set_limits(const AddressLimits& limits) {
  std::lock_guard lock(mutex_);
  limits_ = limits;
}

bool AddressMap::has_room_for_mappings(size_t count) const {
  size_t most = host_pages::max_mappings();
  size_t usable = most > 2 * k_mappings_for_vm ? most - k_mappings_for_vm : most / 2;
  return g_host_mappings.load(std::memory_order_relaxed) + count <= usable;
}

void AddressMap::note_usage() {
  peak_ = std::max(peak_, areas_.totals().mapped);
  size_t count = areas_.host_mappings();
  g_host_mappings += count - counted_mappings_;
  counted_mappings_ = count;
}

std::vector<Area> AddressMap::areas() const {
  std::vector<Area> joined;
  std::lock_guard lock(mutex_);
  for (const auto& [begin, area] : areas_.all()) {
    if (!joined.empty() && joined.back().continues_as(area)) {
      joined.back().end = area.end;
    } else {
      joined.push_back(area);
    }
  }
  return joined;
}

bool AddressMap::find(uint64_t address, Area& area) const {
  std::lock_guard lock(mutex_);
  const Area* found = areas_.find(address);
  if (found) area = *found;
  return found != nullptr;
}

uint64_t AddressMap::resident_bytes(uint64_t begin, uint64_t end) const {
  return host_pages::resident_bytes(host(begin), end - begin);
}

AddressUsage AddressMap::usage() const {
  std::lock_guard lock(mutex_);
  AddressUsage usage{.totals = areas_.totals(), .peak = peak_, .image = image_end_};
  usage.heap = page_up(break_) - std::min(page_up(break_), image_end_);
  for (const auto& [begin, area] : areas_.all()) {
    uint64_t resident = resident_bytes(begin, area.end);
    usage.resident += resident;
    if (area.has_file()) usage.resident_shared += resident;
  }
  usage.peak_resident = peak_resident_ = std::max(peak_resident_, usage.resident);
  return usage;
}

size_t AddressMap::host_mappings() const {
  std::lock_guard lock(mutex_);
  return areas_.host_mappings();
}

}  // namespace lindvm
