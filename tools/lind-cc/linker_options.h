#pragma once
// The linker's options as programs' makefiles give them, made for ELF linkers, and what of them wasm-ld gets.
// Plain values; main thread only.

#include <string>
#include <vector>

namespace lind_cc {

/// Takes the linker's arguments one after the other, since an option's value may be the next one.
class LinkerOptions {
 public:
  /// A word of -Wl,WORD,WORD or of -Xlinker WORD.
  void add(const std::string& word);

  /// What wasm-ld gets for the words since the last call.
  std::vector<std::string> take();

 private:
  enum class Pending { Nothing, DroppedValue, Keyword };

  Pending pending_ = Pending::Nothing;
  std::vector<std::string> words_;
};

}  // namespace lind_cc
