// Instructions on locals, globals, tables and references, and the parametric ones.

#include "conformance/fuzz/body.h"

namespace lindvm::fuzz {

using testing::CodeBuilder;

namespace {

Nodes list(Node first) {
  Nodes nodes;
  nodes.push_back(std::move(first));
  return nodes;
}

}  // namespace

std::optional<Node> BodyGenerator::tee_expression(Type type) {
  std::optional<uint32_t> local = local_of(type);
  if (!local) return std::nullopt;
  return node(Op::LocalTee, list(expression(type)), {type}, {*local});
}

std::optional<Node> BodyGenerator::select_expression(Type type) {
  Nodes nodes = operands({type, type, {Kind::i32}});
  if (!type.is_ref() && !random_.one_in(3)) return node(Op::Select, std::move(nodes), {type});
  CodeBuilder code = start(Op::SelectTyped, {1});
  type.code().write(code.raw());
  return Node{std::move(nodes), {}, code.data(), {type}};
}

Node BodyGenerator::table_index(uint32_t table) {
  const TableInfo& info = env_.tables[table];
  if (random_.one_in(100)) return expression({info.address()});
  return masked(expression({info.address()}), info.address(), info.size - 1);
}

std::optional<Node> BodyGenerator::table_expression(Type type) {
  uint32_t table = random_.below(env_.tables.size());
  const TableInfo& info = env_.tables[table];
  if (type == info.element) return node(Op::TableGet, list(table_index(table)), {type}, {table});
  if (type.kind != info.address() || table == 0) return std::nullopt;
  Nodes nodes = list(expression(info.element));
  nodes.push_back(small(info.address(), 3));
  return node(Op::TableGrow, std::move(nodes), {type}, {table});
}

// The heap type of i31 values is within these expressions only.
Node BodyGenerator::i31_value() { return node(Op::RefI31, list(expression({Kind::i32})), {{Kind::i32}}); }

Node BodyGenerator::truth_of_reference() {
  Nodes nodes;
  switch (random_.below(5)) {
    case 0:
      nodes = list(i31_value());
      nodes.push_back(i31_value());
      return node(Op::RefEq, std::move(nodes), {{Kind::i32}});
    case 1:
      return node(Op::I31GetS, list(i31_value()), {{Kind::i32}});
    case 2:
      return node(Op::I31GetU, list(i31_value()), {{Kind::i32}});
    default: {
      Type type = random_.one_in(2) ? Type{Kind::funcref} : env_.any_type();
      if (!type.is_ref()) type = {Kind::externref};
      return node(Op::RefIsNull, list(expression(type)), {{Kind::i32}});
    }
  }
}

std::optional<Node> BodyGenerator::reference_expression(Type type) {
  if (type.kind == Kind::i32) return truth_of_reference();
  if (type.kind == Kind::externref) {
    Node any = node(Op::AnyConvertExtern, list(expression(type)), {type});
    return node(Op::ExternConvertAny, list(std::move(any)), {type});
  }
  if (type.kind == Kind::funcref || (type.kind == Kind::typed && random_.one_in(10)))
    return node(Op::RefAsNonNull, list(random_.one_in(10) ? expression(type) : reference_leaf(type)), {type});
  return std::nullopt;
}

Node BodyGenerator::local_statement() {
  uint32_t params = static_cast<uint32_t>(function_.params.size());
  uint32_t local = random_.below(params + function_.locals.size());
  Type type = local < params ? function_.params[local] : function_.locals[local - params];
  if (type.is_reserved) return nop_statement();
  return node(Op::LocalSet, list(expression(type)), {}, {local});
}

Node BodyGenerator::global_statement() {
  Type type = env_.plain_type();
  std::optional<uint32_t> global = global_of(type, true);
  if (!global) return drop_statement();
  return node(Op::GlobalSet, list(expression(type)), {}, {*global});
}

Node BodyGenerator::drop_statement() { return node(Op::Drop, list(expression(env_.any_type())), {}); }

Node BodyGenerator::nop_statement() { return node(Op::Nop, {}, {}); }

Node BodyGenerator::fence_statement() {
  CodeBuilder code = start(Op::AtomicFence);
  code.raw().u8(0);
  return {{}, {}, code.data(), {}};
}

Node BodyGenerator::memory_copy_statement() {
  uint32_t to = random_.below(env_.memories.size()), from = random_.below(env_.memories.size());
  Kind to_kind = env_.memories[to].address(), from_kind = env_.memories[from].address();
  Kind count = to_kind == Kind::i32 || from_kind == Kind::i32 ? Kind::i32 : Kind::i64;
  Nodes nodes;
  nodes.push_back(masked(expression({to_kind}), to_kind, 0x7fff));
  nodes.push_back(masked(expression({from_kind}), from_kind, 0x7fff));
  nodes.push_back(random_.one_in(100) ? expression({count}) : masked(expression({count}), count, 0x3ff));
  return node(Op::MemoryCopy, std::move(nodes), {}, {to, from});
}

// On the tables that may change: 1 of functions, 2 of the host's references.
Node BodyGenerator::table_statement() {
  uint32_t to = random_.between(1, 2), from = to == 1 ? random_.below(2) : 2;
  const TableInfo& info = env_.tables[to];
  Nodes nodes = list(table_index(to));
  if (random_.one_in(3)) {
    nodes.push_back(expression(info.element));
    return node(Op::TableSet, std::move(nodes), {}, {to});
  }
  if (random_.one_in(2)) {
    nodes = list(small(info.address(), 8));
    nodes.push_back(expression(info.element));
    nodes.push_back(small(info.address(), 3));
    return node(Op::TableFill, std::move(nodes), {}, {to});
  }
  Kind from_kind = env_.tables[from].address();
  nodes = list(small(info.address(), 8));
  nodes.push_back(small(from_kind, 8));
  nodes.push_back(small(info.is_64 && env_.tables[from].is_64 ? Kind::i64 : Kind::i32, 4));
  return node(Op::TableCopy, std::move(nodes), {}, {to, from});
}

}  // namespace lindvm::fuzz
