#pragma once
// What a generated module consists of besides its function bodies: types, imports, memories, tables, globals,
// tags, segments. Bodies look here for what they can use, and add types and tags. One thread.

#include <optional>
#include <span>

#include "conformance/fuzz/random.h"
#include "conformance/fuzz/tree.h"

namespace lindvm::fuzz {

struct FunctionInfo {
  uint32_t type = 0;
  Types params, results;
};

struct MemoryInfo {
  bool is_64 = false, is_shared = false;
  uint64_t bytes = 0;  ///< at the start
  Kind address() const { return is_64 ? Kind::i64 : Kind::i32; }
};

/// Entries are a power of two. Table 0 is never written by bodies, so that calls through it mostly succeed.
struct TableInfo {
  Type element;
  bool is_64 = false;
  uint32_t size = 0;
  std::vector<uint32_t> functions = {};  ///< what the entries are at the start; the rest is null
  Kind address() const { return is_64 ? Kind::i64 : Kind::i32; }
};

struct GlobalInfo {
  Type type;
  bool is_mutable = false;
};

struct TagInfo {
  uint32_t index = 0;
  Types params;
};

class Environment {
 public:
  /// Makes up a module.
  explicit Environment(Random& random);

  Random& random;
  testing::ModuleBuilder builder;
  std::vector<FunctionInfo> functions;  ///< imported ones first
  uint32_t imported = 0;
  std::vector<MemoryInfo> memories;
  std::vector<TableInfo> tables;
  std::vector<GlobalInfo> globals;
  uint32_t fuel = 0;  ///< the global that makes every program end; not in `globals`, but numbered after them
  std::vector<TagInfo> tags;
  std::vector<uint32_t> data_sizes;     ///< of passive data segments
  std::vector<uint32_t> element_sizes;  ///< of passive element segments, of functions
  std::bitset<k_op_count> used;

  Type any_type();
  /// Any type that results and globals may have: whose values the host can make and compare.
  Type plain_type();
  Types some_types(uint32_t most, bool plain = false);
  uint32_t type_of(const Types& params, const Types& results) {
    return builder.type(codes(params), codes(results));
  }
  /// A tag with that payload, made if need be; none where there are many already.
  std::optional<TagInfo> tag_with(const Types& params);

  /// Functions that give the results, by index.
  std::vector<uint32_t> functions_returning(const Types& results) const;
  std::vector<uint32_t> functions_of_type(uint32_t type) const;

 private:
  void make_functions();
  void make_memories();
  void make_tables();
  void make_globals();
  void make_segments();
  std::vector<uint32_t> some_functions(uint32_t count);

  std::vector<uint32_t> referable_;  // type indices that values may refer to
};

}  // namespace lindvm::fuzz
