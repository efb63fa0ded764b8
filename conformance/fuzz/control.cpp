// Structured control, loops that end, and branches.

#include "conformance/fuzz/body.h"

namespace lindvm::fuzz {

using testing::CodeBuilder;

namespace {

constexpr unsigned k_most_counted_loops = 2;  // within each other: they take no fuel

Bytes end_bytes() { return CodeBuilder().end().data(); }

}  // namespace

CodeBuilder BodyGenerator::opening(Op op, const Types& params, const Types& results) {
  CodeBuilder code = start(op);
  if (params.empty() && results.empty())
    code.raw().u8(0x40);
  else if (params.empty() && results.size() == 1)
    results.front().code().write(code.raw());
  else
    code.raw().s64(env_.type_of(params, results));
  return code;
}

// Takes a unit of fuel; returns from the function where there is none.
Bytes BodyGenerator::fuel_check() {
  CodeBuilder code;
  code.op(Op::GlobalGet, {env_.fuel}).op(Op::I32Eqz).block(Op::If);
  code.raw().bytes(zeros(function_.results));
  code.op(Op::Return).end();
  code.op(Op::GlobalGet, {env_.fuel}).i32_const(1).op(Op::I32Sub).op(Op::GlobalSet, {env_.fuel});
  return code.data();
}

Arm BodyGenerator::arm(const CodeBuilder& opening, const Types& params, Label label, const Types& results) {
  labels_.push_back(std::move(label));
  Arm made{opening.data(), {}};
  if (!params.empty()) made.body.push_back(consume(params));
  for (Node& node : sequence(results)) made.body.push_back(std::move(node));
  labels_.pop_back();
  return made;
}

Node BodyGenerator::block(Op op, const Types& results) {
  Types params = random_.one_in(3) ? env_.some_types(3) : Types{};
  Node made;
  made.operands = operands(params);
  made.results = results;
  if (op == Op::If) made.operands.push_back(condition());
  CodeBuilder code = opening(op, params, results);
  if (op == Op::Loop) code.raw().bytes(fuel_check());
  made.arms.push_back(arm(code, params, {op == Op::Loop ? params : results}, results));
  if (op == Op::If && (params != results || random_.one_in(2)))
    made.arms.push_back(arm(start(Op::Else), params, {results}, results));
  start(Op::End);
  made.code = end_bytes();
  return made;
}

Node BodyGenerator::structured(const Types& results) {
  switch (random_.below(10)) {
    case 0:
    case 1:
      return block(Op::Block, results);
    case 2:
    case 3:
    case 4:
      return block(Op::Loop, results);
    case 5:
    case 6:
      return block(Op::If, results);
    case 7:
      return legacy_try(results);
    default:
      return try_table(results);
  }
}

// A loop that passes a few times, as compilers write them: the counter is a local of its own. It needs no
// fuel, and so nothing else may branch to it.
Node BodyGenerator::counted_loop_statement() {
  if (counted_loops_ >= k_most_counted_loops) return block(Op::Loop, {});
  counted_loops_++;
  uint32_t counter = reserved_local({Kind::i32});
  CodeBuilder code;
  code.i32_const(random_.between(2, 10)).local_set(counter);
  code.raw().bytes(opening(Op::Loop, {}, {}).data());
  Node made;
  made.arms.push_back(arm(code, {}, {{}, false}, {}));
  made.code = start(Op::LocalGet, {counter})
                  .i32_const(1)
                  .op(Op::I32Sub)
                  .local_tee(counter)
                  .op(Op::BrIf, {0})
                  .end()
                  .data();
  counted_loops_--;
  return made;
}

Node BodyGenerator::guarded_terminator_statement() {
  Node made;
  made.operands.push_back(condition());
  labels_.push_back({});
  Arm arm{opening(Op::If, {}, {}).data(), {}};
  arm.body.push_back(terminator());
  labels_.pop_back();
  made.arms.push_back(std::move(arm));
  made.code = end_bytes();
  return made;
}

std::optional<uint32_t> BodyGenerator::label_with(const Types& types) {
  std::vector<uint32_t> fitting;
  for (uint32_t depth = 0; depth < labels_.size(); depth++) {
    const Label& label = labels_[labels_.size() - 1 - depth];
    if (label.is_target && label.types == types) fitting.push_back(depth);
  }
  if (fitting.empty()) return std::nullopt;
  return random_.pick(fitting);
}

// The function's own label is always there.
uint32_t BodyGenerator::any_label() {
  for (int i = 0; i < 4; i++) {
    uint32_t depth = random_.below(labels_.size());
    if (labels_[labels_.size() - 1 - depth].is_target) return depth;
  }
  return static_cast<uint32_t>(labels_.size() - 1);
}

Node BodyGenerator::branch_if_statement() {
  uint32_t label = any_label();
  Types types = label_types(label);
  Nodes nodes = operands(types);
  nodes.push_back(condition());
  return discard(node(Op::BrIf, std::move(nodes), types, {label}));
}

Node BodyGenerator::branch_on_null_statement() {
  uint32_t label = any_label();
  Types types = label_types(label);
  Type reference{random_.one_in(2) ? Kind::funcref : Kind::externref};
  Nodes nodes = operands(types);
  nodes.push_back(expression(reference));
  types.push_back(reference);
  return discard(node(Op::BrOnNull, std::move(nodes), types, {label}));
}

// A block that a reference leaves early if it is not null.
std::optional<Node> BodyGenerator::null_branch_expression(Type type) {
  if (!type.is_ref()) return std::nullopt;
  Node made;
  made.results = {type};
  labels_.push_back({{type}});
  Arm arm{opening(Op::Block, {}, {type}).data(), {}};
  Nodes nodes;
  nodes.push_back(expression(type));
  arm.body.push_back(node(Op::BrOnNonNull, std::move(nodes), {}, {0}));
  arm.body.push_back(expression(type));
  labels_.pop_back();
  made.arms.push_back(std::move(arm));
  made.code = end_bytes();
  return made;
}

Node BodyGenerator::branch() {
  uint32_t label = any_label();
  return node(Op::Br, operands(label_types(label)), {}, {label});
}

Node BodyGenerator::branch_table() {
  uint32_t label = any_label();
  Types types = label_types(label);
  std::vector<uint32_t> labels(random_.below(6));
  for (uint32_t& one : labels) one = *label_with(types);
  Node made;
  made.operands = operands(types);
  made.operands.push_back(random_.one_in(4) ? condition() : masked(condition(), Kind::i32, 7));
  start(Op::BrTable);
  made.code = CodeBuilder().br_table(labels, label).data();
  return made;
}

Node BodyGenerator::return_results() { return node(Op::Return, operands(function_.results), {}); }

Node BodyGenerator::unreachable() {
  if (!random_.one_in(4)) return return_results();
  return node(Op::Unreachable, {}, {});
}

}  // namespace lindvm::fuzz
