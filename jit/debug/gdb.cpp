#include "jit/debug/gdb.h"

#include <memory>
#include <mutex>

// Names, layout and meaning of all this are the debugger's.
extern "C" {

enum JitAction : uint32_t { k_no_action, k_registered, k_unregistered };

struct JitCodeEntry {
  JitCodeEntry* next;
  JitCodeEntry* previous;
  const uint8_t* image;
  uint64_t image_size;
};

struct JitDescriptor {
  uint32_t version;
  uint32_t action;
  JitCodeEntry* relevant;
  JitCodeEntry* first;
};

extern JitDescriptor __jit_debug_descriptor;
JitDescriptor __jit_debug_descriptor = {1, k_no_action, nullptr, nullptr};

/// The debugger has a breakpoint here.
void __jit_debug_register_code();
[[gnu::noinline, gnu::used]] void __jit_debug_register_code() { asm volatile("" ::: "memory"); }
}

namespace lindvm::jit {
namespace {

/// An image in the debugger's list, never taken out.
struct Registration {
  explicit Registration(std::vector<uint8_t> elf)
      : image(std::move(elf)), entry{nullptr, nullptr, image.data(), image.size()} {}
  std::vector<uint8_t> image;
  JitCodeEntry entry;
};

std::mutex g_mutex;

void publish(JitCodeEntry& entry) {
  std::lock_guard lock(g_mutex);
  JitDescriptor& list = __jit_debug_descriptor;
  entry.next = list.first;
  if (list.first) list.first->previous = &entry;
  list.first = &entry;
  list.relevant = &entry;
  list.action = k_registered;
  __jit_debug_register_code();
}

}  // namespace

void tell_debugger(std::span<const DebugPiece> pieces) {
  if (pieces.empty()) return;
  auto registration = std::make_unique<Registration>(make_elf_image(pieces));
  publish(registration.release()->entry);
}

}  // namespace lindvm::jit
