// Calls of every kind.

#include "conformance/fuzz/body.h"

namespace lindvm::fuzz {

// Directly, or by a reference.
Node BodyGenerator::call(uint32_t function, bool is_tail) {
  const FunctionInfo callee = env_.functions[function];
  Nodes nodes = operands(callee.params);
  Types results = is_tail ? Types{} : callee.results;
  if (!random_.one_in(3))
    return node(is_tail ? Op::ReturnCall : Op::Call, std::move(nodes), results, {function});
  bool is_any = random_.one_in(20);  // null perhaps
  nodes.push_back(is_any ? expression({Kind::typed, callee.type}) : ref_func(function));
  return node(is_tail ? Op::ReturnCallRef : Op::CallRef, std::move(nodes), results, {callee.type});
}

Node BodyGenerator::call_through_table(uint32_t function, uint32_t table, uint32_t entry, bool is_tail) {
  const FunctionInfo callee = env_.functions[function];
  Kind kind = env_.tables[table].address();
  Nodes nodes = operands(callee.params);
  nodes.push_back(random_.one_in(40) ? table_index(table) : number(kind, entry));
  return node(is_tail ? Op::ReturnCallIndirect : Op::CallIndirect, std::move(nodes),
              is_tail ? Types{} : callee.results, {callee.type, table});
}

std::optional<Node> BodyGenerator::call_returning(const Types& results, bool is_tail) {
  std::vector<uint32_t> fitting = env_.functions_returning(results);
  if (fitting.empty()) return std::nullopt;
  uint32_t function = random_.pick(fitting);
  if (random_.one_in(2)) return call(function, is_tail);
  uint32_t table = random_.one_in(5) ? 1 : 0;
  const std::vector<uint32_t>& entries = env_.tables[table].functions;
  for (uint32_t i = 0; i < entries.size(); i++)
    if (entries[i] == function) return call_through_table(function, table, i, is_tail);
  return call(function, is_tail);
}

Node BodyGenerator::call_statement() {
  Types results = random_.pick(env_.functions).results;
  return discard(*call_returning(results, false));
}

Node BodyGenerator::tail_call() { return *call_returning(function_.results, true); }

}  // namespace lindvm::fuzz
