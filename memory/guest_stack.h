#pragma once
// The control stack of one guest thread (DESIGN.md section 5): frames of guest functions, nothing of the
// host. It grows downward from top(); below the usable part lies a guard that no frame can step over, so that
// overflow is a fault. Owned by the guest thread's context; used by the host thread that runs it.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "memory/os/virtual_memory.h"

namespace lindvm {

/// Largest frame; functions with larger ones are refused or probe.
inline constexpr size_t k_max_guest_frame = size_t{1} << 20;
inline constexpr size_t k_guest_stack_guard = k_max_guest_frame + 64 * 1024;
inline constexpr size_t k_guest_stack_upper_guard = 64 * 1024;
inline constexpr size_t k_default_guest_stack = size_t{8} << 20;

class GuestStack {
 public:
  GuestStack() = default;
  GuestStack(GuestStack&&) noexcept = default;
  GuestStack& operator=(GuestStack&& other) noexcept;
  ~GuestStack();

  /// A stack of at least `usable_bytes`, which take host memory as they are touched; nothing if the host has
  /// no address space left.
  static std::optional<GuestStack> create(size_t usable_bytes = k_default_guest_stack);

  /// One past the highest usable word; aligned to 64 bytes.
  uint64_t* top() const { return reinterpret_cast<uint64_t*>(low() + usable_); }
  /// The lowest usable word.
  uint64_t* limit() const { return reinterpret_cast<uint64_t*>(low()); }
  size_t usable_bytes() const { return usable_; }
  explicit operator bool() const { return static_cast<bool>(storage_); }

  /// Is the address in the usable part?
  bool contains(const void* address) const {
    auto* byte = static_cast<const std::byte*>(address);
    return byte >= low() && byte < low() + usable_;
  }
  /// Is it in a guard: did the stack overflow (or underflow)?
  bool in_guard(const void* address) const { return storage_.contains(address) && !contains(address); }

  /// A stack elsewhere, of the same size, with the words [sp, top) at the same distance from its top.
  std::optional<GuestStack> clone_used(const uint64_t* sp) const;
  /// The clone's address for one of ours.
  template <class T>
  T* relocated(T* address, const GuestStack& clone) const {
    return reinterpret_cast<T*>(reinterpret_cast<uintptr_t>(clone.top()) -
                                (reinterpret_cast<uintptr_t>(top()) - reinterpret_cast<uintptr_t>(address)));
  }
  /// Makes every later use of this stack a fault (the verification mode abandons it).
  void make_inaccessible();

 private:
  std::byte* low() const { return storage_.base() + k_guest_stack_guard; }

  Reservation storage_;
  size_t usable_ = 0;
};

}  // namespace lindvm
