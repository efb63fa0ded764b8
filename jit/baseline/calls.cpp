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

/// The callee's code and its instance's index are where the convention has them.
void Compiler::finish_call(const FuncType& type, uint32_t first_slot, bool tail, bool restores_instance) {
  uint32_t params = slot_count(type.params);
  if (tail) {
    lower_tail_jump(first_slot, params);
    return unreachable();
  }
  lower_guest_call(first_slot, params);
  if (restores_instance) lower_restore_instance();
  push_call_results(type);
}

void Compiler::call(uint32_t function_index, bool tail) {
  const FuncType& type = func_type(module_->functions()[function_index].type);
  uint32_t imported = module_->imported_functions();
  uint32_t first = pop_arguments(type);
  bool is_import = function_index < imported;
  if (is_import) {
    lower_load_import(function_index);
    lower_enter_instance(false);
  } else {
    lower_load_code(function_index - imported);
  }
  // A callee of the same instance may end in another by a tail call.
  finish_call(type, first, tail, is_import || code_->owner->has_tail_calls());
}

void Compiler::call_indirect(bool tail) {
  TypeId type_id = module_->types()[reader_.u32()];
  uint32_t table = reader_.u32();
  const FuncType& type = func_type(type_id);
  Entry index = pop();
  Reg index_reg = own(index);
  uint32_t first = pop_arguments(type);
  lower_load_table_entry(type_id, table, index_reg);
  lower_enter_instance(true);
  finish_call(type, first, tail, true);
}

void Compiler::call_ref(bool tail) {
  const FuncType& type = func_type(module_->types()[reader_.u32()]);
  Entry ref = pop();
  Reg ref_reg = own(ref);
  uint32_t first = pop_arguments(type);
  lower_load_function(ref_reg);
  lower_enter_instance(true);
  finish_call(type, first, tail, true);
}

}  // namespace lindvm::jit
