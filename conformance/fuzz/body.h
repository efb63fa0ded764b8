#pragma once
// Makes up function bodies that are valid by construction: statements, and expressions of a wanted type. What
// the opcode table says of a row (operands, results, immediates) is all that is known about most opcodes.
// Trees are kept small by a budget of nodes. Rules that every body keeps:
//
//   - it ends: loops and functions take from the module's fuel, and give up when there is none;
//   - it mostly does not trap: addresses, divisors and the like are brought into range, but not always;
//   - no NaN's bits are observed: they are the one thing that tiers may differ in (vm/isa/semantics/float.h).
//
// One thread.

#include "conformance/fuzz/environment.h"

namespace lindvm::fuzz {

/// Is the opcode implemented, and so expected to occur in generated modules?
bool is_executable(Op op);

class BodyGenerator {
 public:
  BodyGenerator(Environment& environment, FunctionTree& function);

  /// Fills in locals, prologue and body. The function's type is given.
  void generate();

 private:
  struct Label {
    Types types;
    bool is_target = true;
    bool is_catch = false;  ///< of a legacy try, within its handlers: what `rethrow` may name
  };
  /// A memory or table with how it is addressed.
  struct Target {
    uint32_t index = 0;
    Kind address = Kind::i32;
    uint64_t offset = 0;
  };
  struct StatementKind {
    unsigned weight;
    Node (BodyGenerator::*make)();
  };
  struct ExpressionKind {
    unsigned weight;
    std::optional<Node> (BodyGenerator::*make)(Type type);  ///< none: not for this type
  };
  static const StatementKind k_statements[];
  static const StatementKind k_terminators[];
  static const ExpressionKind k_expressions[];

  // Building blocks (body.cpp).
  testing::CodeBuilder start(Op op, std::initializer_list<uint32_t> indices = {});
  Node node(Op op, Nodes operands, Types results, std::initializer_list<uint32_t> indices = {});
  bool spend();
  Nodes operands(const Types& types);
  Nodes sequence(const Types& results);
  Node expression(Type type);
  Node statement();
  Node terminator();
  Node values(const Types& types);
  Node consume(const Types& types);
  Node discard(Node producer);
  Node constant(Type type);
  Node number(Kind kind, uint64_t value);
  Node leaf(Type type);
  Node reference_leaf(Type type);
  Node ref_func(uint32_t function);
  Node condition() { return expression({Kind::i32}); }
  std::optional<uint32_t> local_of(Type type);
  uint32_t reserved_local(Type type);
  uint32_t scratch_local(Type type);
  std::optional<uint32_t> global_of(Type type, bool is_mutable);
  Node masked(Node value, Kind kind, uint64_t mask);
  Node canonical(Node value, Op equal);
  Node observable(Type type);

  // Rows of the opcode table with a signature (rows.cpp).
  Node row(Op op, const Target& target);
  std::optional<Target> target_of(Op op);
  void spread(Op op, Target& target, uint64_t size);
  Node row_operand(Op op, unsigned index, const Target& target);
  Node address(Op op, const Target& target);
  Node guarded(Op op, unsigned index, Type type);
  Node bulk_operand(Op op, unsigned index, const Target& target);
  testing::CodeBuilder row_code(Op op, const Target& target);
  std::optional<Node> row_expression(Type type);
  std::optional<Node> pair_row();
  Node row_statement();

  // Variables, memories, tables, references (things.cpp).
  std::optional<Node> leaf_expression(Type type) { return leaf(type); }
  std::optional<Node> tee_expression(Type type);
  std::optional<Node> select_expression(Type type);
  std::optional<Node> table_expression(Type type);
  std::optional<Node> reference_expression(Type type);
  Node truth_of_reference();
  Node i31_value();
  Node local_statement();
  Node global_statement();
  Node drop_statement();
  Node nop_statement();
  Node fence_statement();
  Node memory_copy_statement();
  Node table_statement();
  Node table_index(uint32_t table);
  Node small(Kind kind, uint32_t limit) { return number(kind, random_.below(limit)); }

  // Structured control and branches (control.cpp).
  testing::CodeBuilder opening(Op op, const Types& params, const Types& results);
  Bytes fuel_check();
  Arm arm(const testing::CodeBuilder& opening, const Types& params, Label label, const Types& results);
  Node block(Op op, const Types& results);
  Node structured(const Types& results);
  std::optional<Node> structured_expression(Type type) { return structured({type}); }
  std::optional<Node> null_branch_expression(Type type);
  Node block_statement() { return structured({}); }
  Node counted_loop_statement();
  Node guarded_terminator_statement();
  Node branch_if_statement();
  Node branch_on_null_statement();
  std::optional<uint32_t> label_with(const Types& types);
  uint32_t any_label();
  Types label_types(uint32_t depth) const { return labels_[labels_.size() - 1 - depth].types; }
  Node branch();
  Node branch_table();
  Node return_results();
  Node unreachable();

  // Exceptions in both encodings (exceptions.cpp).
  Node legacy_try(const Types& results);
  testing::CodeBuilder clauses(const Types& results, bool keeps_reference);
  Node try_table(const Types& results);
  Node throw_tag();
  Node throw_ref();
  Node rethrow();

  // Calls (calls.cpp).
  Node call(uint32_t function, bool is_tail);
  Node call_through_table(uint32_t function, uint32_t table, uint32_t entry, bool is_tail);
  std::optional<Node> call_returning(const Types& results, bool is_tail);
  std::optional<Node> call_expression(Type type) { return call_returning({type}, false); }
  Node call_statement();
  Node tail_call();

  Environment& env_;
  Random& random_;
  FunctionTree& function_;
  std::vector<Label> labels_;                       // outermost first; the function's own is the first
  std::vector<std::pair<Type, uint32_t>> scratch_;  // the locals of canonical()
  unsigned budget_;
  unsigned depth_ = 0;
  unsigned counted_loops_ = 0;
};

}  // namespace lindvm::fuzz
