#include "conformance/fuzz/body.h"

#include <algorithm>
#include <limits>

#include "vm/testing/edge_values.h"

namespace lindvm::fuzz {

using testing::CodeBuilder;

namespace {

constexpr unsigned k_deepest = 9;

// What the interpreter treats in ways of their own; of the gc proposal, that is all that is implemented.
constexpr Op k_treated[] = {
#define LINDVM_SPECIAL(op, treatment, handler) Op::op,
#include "vm/interp/treatments.def"
#undef LINDVM_SPECIAL
};

V128 quiet_nans(bool are_single) {
  V128 lanes;
  for (unsigned i = 0; i < 4; i++) lanes.set_lane<uint32_t>(i, are_single ? 0x7fc00000 : i % 2 * 0x7ff80000);
  return lanes;
}

}  // namespace

bool is_executable(Op op) {
  return op_info(op).feature != Feature::gc || std::ranges::find(k_treated, op) != std::end(k_treated);
}

const BodyGenerator::StatementKind BodyGenerator::k_statements[] = {
    {30, &BodyGenerator::local_statement},
    {10, &BodyGenerator::global_statement},
    {30, &BodyGenerator::row_statement},
    {4, &BodyGenerator::drop_statement},
    {1, &BodyGenerator::nop_statement},
    {1, &BodyGenerator::fence_statement},
    {2, &BodyGenerator::memory_copy_statement},
    {4, &BodyGenerator::table_statement},
    {14, &BodyGenerator::block_statement},
    {8, &BodyGenerator::counted_loop_statement},
    {9, &BodyGenerator::guarded_terminator_statement},
    {6, &BodyGenerator::branch_if_statement},
    {2, &BodyGenerator::branch_on_null_statement},
    {10, &BodyGenerator::call_statement},
};

const BodyGenerator::StatementKind BodyGenerator::k_terminators[] = {
    {8, &BodyGenerator::branch},    {4, &BodyGenerator::branch_table}, {3, &BodyGenerator::return_results},
    {5, &BodyGenerator::tail_call}, {6, &BodyGenerator::throw_tag},    {2, &BodyGenerator::throw_ref},
    {3, &BodyGenerator::rethrow},   {1, &BodyGenerator::unreachable},
};

const BodyGenerator::ExpressionKind BodyGenerator::k_expressions[] = {
    {12, &BodyGenerator::leaf_expression},      {50, &BodyGenerator::row_expression},
    {6, &BodyGenerator::tee_expression},        {6, &BodyGenerator::select_expression},
    {2, &BodyGenerator::table_expression},      {4, &BodyGenerator::reference_expression},
    {8, &BodyGenerator::structured_expression}, {2, &BodyGenerator::null_branch_expression},
    {7, &BodyGenerator::call_expression},
};

BodyGenerator::BodyGenerator(Environment& environment, FunctionTree& function)
    : env_(environment),
      random_(environment.random),
      function_(function),
      budget_(random_.one_in(4) ? 400 : random_.between(20, 150)) {}

void BodyGenerator::generate() {
  uint32_t count = random_.one_in(6) ? random_.between(20, 60) : random_.between(3, 12);
  for (uint32_t i = 0; i < count; i++) function_.locals.push_back(env_.any_type());
  labels_.push_back({function_.results});
  function_.prologue = fuel_check();
  function_.body = sequence(function_.results);
}

CodeBuilder BodyGenerator::start(Op op, std::initializer_list<uint32_t> indices) {
  env_.used.set(static_cast<size_t>(op));
  CodeBuilder code;
  code.op(op, indices);
  return code;
}

Node BodyGenerator::node(Op op, Nodes operands, Types results, std::initializer_list<uint32_t> indices) {
  return {std::move(operands), {}, start(op, indices).data(), std::move(results)};
}

bool BodyGenerator::spend() {
  if (budget_ == 0 || depth_ >= k_deepest) return false;
  budget_--;
  return true;
}

// Several of them may come from one node.
Nodes BodyGenerator::operands(const Types& types) {
  Nodes nodes;
  for (size_t i = 0; i < types.size();) {
    size_t left = types.size() - i;
    size_t run = left > 1 && random_.one_in(6) ? 2 + random_.below(left - 1) : 1;
    auto first = types.begin() + static_cast<std::ptrdiff_t>(i);
    nodes.push_back(run == 1 ? expression(types[i])
                             : values(Types(first, first + static_cast<std::ptrdiff_t>(run))));
    i += run;
  }
  return nodes;
}

Node BodyGenerator::values(const Types& types) {
  if (spend()) {
    depth_++;
    std::optional<Node> made;
    if (types == Types{{Kind::i64}, {Kind::i64}} && !random_.one_in(3)) made = pair_row();
    if (!made && random_.one_in(2)) made = call_returning(types, false);
    if (!made) made = structured(types);
    depth_--;
    return *made;
  }
  Node node{{}, {}, {}, types};
  for (const Type& type : types) node.operands.push_back(leaf(type));
  return node;
}

// Statements, sometimes a way out with dead code behind it, and the results.
Nodes BodyGenerator::sequence(const Types& results) {
  Nodes nodes;
  uint32_t count = labels_.size() == 1 ? random_.between(3, 12) : random_.below(4);
  for (uint32_t i = 0; i < count && budget_ > 0; i++) nodes.push_back(statement());
  if (labels_.size() > 1 && random_.one_in(6)) {
    nodes.push_back(terminator());
    if (!random_.one_in(3)) return nodes;
    nodes.push_back(statement());
  }
  for (Node& node : operands(results)) nodes.push_back(std::move(node));
  return nodes;
}

Node BodyGenerator::expression(Type type) {
  if (!spend()) return leaf(type);
  depth_++;
  std::optional<Node> made = (this->*random_.weighted(k_expressions).make)(type);
  depth_--;
  return made ? std::move(*made) : leaf(type);
}

Node BodyGenerator::statement() {
  if (!spend()) return nop_statement();
  depth_++;
  Node made = (this->*random_.weighted(k_statements).make)();
  depth_--;
  return made;
}

Node BodyGenerator::terminator() {
  depth_++;
  Node made = (this->*random_.weighted(k_terminators).make)();
  depth_--;
  return made;
}

// Takes values off the stack, into locals where there are any of the type.
Node BodyGenerator::consume(const Types& types) {
  Node node;
  CodeBuilder code;
  for (size_t i = types.size(); i-- > 0;) {
    std::optional<uint32_t> local = local_of(types[i]);
    CodeBuilder one = local ? start(Op::LocalSet, {*local}) : start(Op::Drop);
    code.raw().bytes(one.data());
  }
  node.code = code.data();
  return node;
}

Node BodyGenerator::discard(Node producer) {
  Node taker = consume(producer.results);
  taker.operands.push_back(std::move(producer));
  return taker;
}

Node BodyGenerator::number(Kind kind, uint64_t value) {
  CodeBuilder code;
  if (kind == Kind::i64)
    code.i64_const(value);
  else
    code.i32_const(static_cast<uint32_t>(value));
  return {{}, {}, code.data(), {{kind}}};
}

Node BodyGenerator::constant(Type type) {
  static const auto edges32 = testing::edge_values_i32();
  static const auto edges64 = testing::edge_values_i64();
  static const auto edges_f32 = testing::edge_values_f32();
  static const auto edges_f64 = testing::edge_values_f64();
  static const auto edges_v128 = testing::edge_values_v128();
  CodeBuilder code;
  bool is_edge = !random_.one_in(3);
  switch (type.kind) {
    case Kind::i32:
      start(Op::I32Const);
      code.i32_const(is_edge ? random_.pick(edges32) : random_.below(100));
      break;
    case Kind::i64:
      start(Op::I64Const);
      code.i64_const(is_edge ? random_.pick(edges64) : random_.bits());
      break;
    case Kind::f32:
      start(Op::F32Const);
      code.f32_const(is_edge ? random_.pick(edges_f32) : static_cast<float>(random_.below(1000)) / 8);
      break;
    case Kind::f64:
      start(Op::F64Const);
      code.f64_const(is_edge ? random_.pick(edges_f64) : static_cast<double>(random_.below(100000)) / 64);
      break;
    case Kind::v128:
      start(Op::V128Const);
      code.v128_const(random_.pick(edges_v128));
      break;
    case Kind::funcref:
    case Kind::externref:
    case Kind::exnref:
    case Kind::typed:
      start(Op::RefNull);
      code.raw().bytes(zeros({type}));
      break;
  }
  return {{}, {}, code.data(), {type}};
}

Node BodyGenerator::leaf(Type type) {
  if (!random_.one_in(4)) {
    if (auto local = local_of(type)) return node(Op::LocalGet, {}, {type}, {*local});
  }
  if (random_.one_in(3)) {
    if (auto global = global_of(type, false)) return node(Op::GlobalGet, {}, {type}, {*global});
  }
  return type.is_ref() ? reference_leaf(type) : constant(type);
}

Node BodyGenerator::reference_leaf(Type type) {
  if (type.kind == Kind::funcref && !random_.one_in(4)) return ref_func(random_.below(env_.functions.size()));
  if (type.kind == Kind::typed && !random_.one_in(8)) {
    std::vector<uint32_t> fitting = env_.functions_of_type(type.type_index);
    if (!fitting.empty()) return ref_func(random_.pick(fitting));
  }
  return constant(type);
}

Node BodyGenerator::ref_func(uint32_t function) {
  return node(Op::RefFunc, {}, {{Kind::typed, env_.functions[function].type}}, {function});
}

std::optional<uint32_t> BodyGenerator::local_of(Type type) {
  std::vector<uint32_t> fitting;
  uint32_t params = static_cast<uint32_t>(function_.params.size());
  for (uint32_t i = 0; i < params; i++)
    if (function_.params[i] == type) fitting.push_back(i);
  for (uint32_t i = 0; i < function_.locals.size(); i++)
    if (function_.locals[i] == type) fitting.push_back(params + i);
  if (fitting.empty()) return std::nullopt;
  return random_.pick(fitting);
}

uint32_t BodyGenerator::reserved_local(Type type) {
  type.is_reserved = true;
  function_.locals.push_back(type);
  return static_cast<uint32_t>(function_.params.size() + function_.locals.size() - 1);
}

std::optional<uint32_t> BodyGenerator::global_of(Type type, bool is_mutable) {
  std::vector<uint32_t> fitting;
  for (uint32_t i = 0; i < env_.globals.size(); i++)
    if (env_.globals[i].type == type && (!is_mutable || env_.globals[i].is_mutable)) fitting.push_back(i);
  if (fitting.empty()) return std::nullopt;
  return random_.pick(fitting);
}

Node BodyGenerator::masked(Node value, Kind kind, uint64_t mask) {
  Op op = kind == Kind::i64 ? Op::I64And : Op::I32And;
  Nodes operands;
  operands.push_back(std::move(value));
  operands.push_back(number(kind, mask));
  return node(op, std::move(operands), {{kind}});
}

uint32_t BodyGenerator::scratch_local(Type type) {
  for (const auto& [known, local] : scratch_)
    if (known == type) return local;
  return scratch_.emplace_back(type, reserved_local(type)).second;
}

// The value with every NaN replaced by the same one; `equal` compares such values.
Node BodyGenerator::canonical(Node value, Op equal) {
  Type type = value.results.front();
  uint32_t local = scratch_local(type);
  CodeBuilder code = start(Op::LocalTee, {local});
  if (type.kind == Kind::f32) code.f32_const(std::numeric_limits<float>::quiet_NaN());
  if (type.kind == Kind::f64) code.f64_const(std::numeric_limits<double>::quiet_NaN());
  if (type.kind == Kind::v128) code.v128_const(quiet_nans(equal == Op::F32x4Eq));
  code.local_get(local).local_get(local).op(equal).op(type.kind == Kind::v128 ? Op::V128Bitselect
                                                                              : Op::Select);
  Node made{{}, {}, code.data(), {type}};
  made.operands.push_back(std::move(value));
  return made;
}

// An expression whose bits may be looked at.
Node BodyGenerator::observable(Type type) {
  Node value = expression(type);
  if (!type.is_float() || value.results.size() != 1) return value;
  return canonical(std::move(value), type.kind == Kind::f32 ? Op::F32Eq : Op::F64Eq);
}

}  // namespace lindvm::fuzz
