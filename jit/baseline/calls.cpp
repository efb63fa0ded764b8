// Calls: arguments go to their own slots, which become the callee's parameters; results appear in the
// result register or from the first argument's slot on.

#include "jit/baseline/compiler.h"

namespace lindvm::jit {

/// Everything goes to its slot. Returns the first argument's.
uint32_t Compiler::pop_arguments(const FuncType& type) {
  auto count = static_cast<uint32_t>(type.params.size());
  materialize_top(count);
  for (uint32_t i = 0; i < count; ++i) pop();
  flush_all();
  return height_;
}

void Compiler::push_call_results(const FuncType& type) {
  if (type.results.size() != 1 || type.results[0].is_vec()) return push_results(type.results);
  ValKind kind = type.results[0].kind();
  push_reg(kind, is_vector_kind(kind) ? Masm::k_vec_result : Masm::k_int_result);
}

void Compiler::call(uint32_t function_index, bool tail) {
  const FuncType& type = func_type(module_->functions()[function_index].type);
  uint32_t imported = module_->imported_functions(), params = slot_count(type.params);
  uint32_t first = pop_arguments(type);
  bool is_import = function_index < imported;
  if (tail) {
    if (is_import) {
      lower_tail_call_import(function_index, first, params);
    } else {
      lower_tail_call(function_index - imported, first, params);
    }
    return unreachable();
  }
  if (is_import) {
    lower_call_import(function_index, first, params);
  } else {
    lower_call(function_index - imported, first, params);
  }
  push_call_results(type);
}

void Compiler::call_indirect(bool tail) {
  TypeId type_id = module_->types()[reader_.u32()];
  uint32_t table = reader_.u32();
  const FuncType& type = func_type(type_id);
  Entry index = pop();
  Reg index_reg = own(index);
  uint32_t first = pop_arguments(type), params = slot_count(type.params);
  if (tail) {
    lower_tail_call_indirect(type_id, table, index_reg, first, params);
    return unreachable();
  }
  lower_call_indirect(type_id, table, index_reg, first, params);
  push_call_results(type);
}

void Compiler::call_ref(bool tail) {
  const FuncType& type = func_type(module_->types()[reader_.u32()]);
  Entry ref = pop();
  Reg ref_reg = own(ref);
  uint32_t first = pop_arguments(type), params = slot_count(type.params);
  if (tail) {
    lower_tail_call_ref(ref_reg, first, params);
    return unreachable();
  }
  lower_call_ref(ref_reg, first, params);
  push_call_results(type);
}

}  // namespace lindvm::jit
