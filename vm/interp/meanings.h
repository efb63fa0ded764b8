#pragma once
// Meaning<Op::id>::call applies the pure meaning of a numeric opcode, as the opcode table names it. Only
// opcodes that compute on operands (and lane immediates) have one.

#include "vm/interp/registers.h"
#include "vm/isa/opcodes.h"
#include "vm/isa/semantics.h"

namespace lindvm::interp {

template <Op id>
struct Meaning;

#define LINDVM_MEANING(id, ...)                             \
  template <>                                               \
  struct Meaning<Op::id> {                                  \
    template <class... T>                                   \
    LINDVM_BODY static constexpr auto call(T... operands) { \
      return sem::__VA_ARGS__(operands...);                 \
    }                                                       \
  };
#define LINDVM_MEANING_None(id, ...) LINDVM_MEANING(id, __VA_ARGS__)
#define LINDVM_MEANING_Lane(id, ...) LINDVM_MEANING(id, __VA_ARGS__)
#define LINDVM_MEANING_Shuffle(id, ...) LINDVM_MEANING(id, __VA_ARGS__)
#define LINDVM_MEANING_BlockType(...)
#define LINDVM_MEANING_Label(...)
#define LINDVM_MEANING_LabelTable(...)
#define LINDVM_MEANING_FuncIndex(...)
#define LINDVM_MEANING_TypeTable(...)
#define LINDVM_MEANING_TypeIndex(...)
#define LINDVM_MEANING_LocalIndex(...)
#define LINDVM_MEANING_GlobalIndex(...)
#define LINDVM_MEANING_TableIndex(...)
#define LINDVM_MEANING_TableTable(...)
#define LINDVM_MEANING_ElemTable(...)
#define LINDVM_MEANING_ElemIndex(...)
#define LINDVM_MEANING_DataMem(...)
#define LINDVM_MEANING_DataIndex(...)
#define LINDVM_MEANING_MemIndex(...)
#define LINDVM_MEANING_MemMem(...)
#define LINDVM_MEANING_MemArg(...)
#define LINDVM_MEANING_MemArgLane(...)
#define LINDVM_MEANING_V128Const(...)
#define LINDVM_MEANING_I32Const(...)
#define LINDVM_MEANING_I64Const(...)
#define LINDVM_MEANING_F32Const(...)
#define LINDVM_MEANING_F64Const(...)
#define LINDVM_MEANING_SelectTypes(...)
#define LINDVM_MEANING_HeapType(...)
#define LINDVM_MEANING_RefTypeCast(...)
#define LINDVM_MEANING_TagIndex(...)
#define LINDVM_MEANING_TryTableClauses(...)
#define LINDVM_MEANING_TypeField(...)
#define LINDVM_MEANING_TypeTypes(...)
#define LINDVM_MEANING_TypeData(...)
#define LINDVM_MEANING_TypeElem(...)
#define LINDVM_MEANING_TypeLength(...)
#define LINDVM_MEANING_AtomicFence(...)
#define OP(id, code, text, imm, signature, feature, traits, ...) LINDVM_MEANING_##imm(id, __VA_ARGS__)
#include "vm/isa/opcodes.def"
#undef LINDVM_MEANING
#undef LINDVM_MEANING_None
#undef LINDVM_MEANING_Lane
#undef LINDVM_MEANING_Shuffle
#undef LINDVM_MEANING_BlockType
#undef LINDVM_MEANING_Label
#undef LINDVM_MEANING_LabelTable
#undef LINDVM_MEANING_FuncIndex
#undef LINDVM_MEANING_TypeTable
#undef LINDVM_MEANING_TypeIndex
#undef LINDVM_MEANING_LocalIndex
#undef LINDVM_MEANING_GlobalIndex
#undef LINDVM_MEANING_TableIndex
#undef LINDVM_MEANING_TableTable
#undef LINDVM_MEANING_ElemTable
#undef LINDVM_MEANING_ElemIndex
#undef LINDVM_MEANING_DataMem
#undef LINDVM_MEANING_DataIndex
#undef LINDVM_MEANING_MemIndex
#undef LINDVM_MEANING_MemMem
#undef LINDVM_MEANING_MemArg
#undef LINDVM_MEANING_MemArgLane
#undef LINDVM_MEANING_V128Const
#undef LINDVM_MEANING_I32Const
#undef LINDVM_MEANING_I64Const
#undef LINDVM_MEANING_F32Const
#undef LINDVM_MEANING_F64Const
#undef LINDVM_MEANING_SelectTypes
#undef LINDVM_MEANING_HeapType
#undef LINDVM_MEANING_RefTypeCast
#undef LINDVM_MEANING_TagIndex
#undef LINDVM_MEANING_TryTableClauses
#undef LINDVM_MEANING_TypeField
#undef LINDVM_MEANING_TypeTypes
#undef LINDVM_MEANING_TypeData
#undef LINDVM_MEANING_TypeElem
#undef LINDVM_MEANING_TypeLength
#undef LINDVM_MEANING_AtomicFence

}  // namespace lindvm::interp
