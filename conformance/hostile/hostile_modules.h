#pragma once
// The hostile modules: each tries to make a WebAssembly engine crash, hang or exhaust memory, by its
// encoding, its declarations or what it does when run. Made on the fly, the same every time; plain data.

#include <string>
#include <vector>

#include "vm/module/module_bytes.h"

namespace lindvm::hostile {

struct HostileModule {
  std::string name;  ///< unique, says what is hostile
  testing::Bytes bytes;
};

using HostileModules = std::vector<HostileModule>;

/// All of them (200 or more).
HostileModules all_hostile_modules();

void add_hostile_encodings(HostileModules& modules);     // hostile_encodings.cpp
void add_hostile_declarations(HostileModules& modules);  // hostile_declarations.cpp
void add_hostile_bodies(HostileModules& modules);        // hostile_bodies.cpp
void add_hostile_programs(HostileModules& modules);      // hostile_programs.cpp

/// A valid module that uses every section.
testing::Bytes rich_module();

// Building blocks.

/// The func type [] -> [].
inline const testing::Bytes k_void{0x60, 0, 0};

/// `pattern`, `times` over.
testing::Bytes repeat(const testing::Bytes& pattern, size_t times);

/// A vector of `count` copies of an item.
testing::Bytes vec_of(size_t count, const testing::Bytes& item);

testing::Bytes signed_leb(int64_t value);

/// i32.const.
testing::Bytes i32(int32_t value);

/// A module with one function of type [] -> [], exported as "run"; `extra` goes between exports and code.
testing::Bytes program(const testing::Bytes& code, const testing::Bytes& before_exports = {},
                       const testing::Bytes& extra = {}, const testing::Bytes& locals = {0});

}  // namespace lindvm::hostile
