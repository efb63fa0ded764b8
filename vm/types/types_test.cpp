#include "vm/types/types.h"

#include <gtest/gtest.h>

#include "vm/types/canonical.h"

namespace lindvm {
namespace {

SubType func(std::vector<ValType> params, std::vector<ValType> results) {
  SubType type;
  type.func = {std::move(params), std::move(results)};
  return type;
}

SubType structure(std::vector<FieldType> fields, std::optional<TypeId> super = {}, bool is_final = true) {
  SubType type;
  type.kind = CompositeKind::struct_;
  type.struct_.fields = std::move(fields);
  type.is_final = is_final;
  if (super) type.super = ValType::ref(HeapType(*super), true);
  return type;
}

TypeId add(SubType type) { return *canonicalize(RecGroup{std::move(type)}); }

ValType ref(TypeId id, bool nullable = true) { return ValType::ref(HeapType(id), nullable); }

TEST(ValType, KeepsItsParts) {
  TypeId id{123456};
  ValType type = ref(id, false);
  EXPECT_TRUE(type.is_ref());
  EXPECT_TRUE(type.is_concrete());
  EXPECT_FALSE(type.is_nullable());
  EXPECT_EQ(type.heap().type_id(), id);
  EXPECT_EQ(type.with_nullable(true), ref(id, true));
  EXPECT_FALSE(type.is_defaultable());
  EXPECT_EQ(k_funcref.heap().kind(), HeapKind::func);
  EXPECT_EQ(slot_count(k_v128), 2u);
  EXPECT_EQ(slot_count(k_exnref), 1u);
}

TEST(ValType, Prints) {
  EXPECT_EQ(to_string(k_i64), "i64");
  EXPECT_EQ(to_string(k_funcref), "funcref");
  EXPECT_EQ(to_string(ValType::ref(HeapKind::struct_, false)), "(ref struct)");
  EXPECT_EQ(to_string(FuncType{{k_i32, k_v128}, {k_f32}}), "[i32 v128] -> [f32]");
}

TEST(Canonical, EqualTypesHaveEqualIds) {
  TypeId first = add(func({k_i32}, {k_f64}));
  EXPECT_EQ(first, add(func({k_i32}, {k_f64})));
  EXPECT_EQ(first, canonicalize(FuncType{{k_i32}, {k_f64}}));
  EXPECT_NE(first, add(func({k_f64}, {k_i32})));
  EXPECT_NE(first, add(func({k_i32, k_f64}, {})));
  EXPECT_EQ(func_type(first).results, std::vector<ValType>{k_f64});
}

TEST(Canonical, GroupsAreIsoRecursive) {
  // (rec (struct (ref null $self))) is not (struct (ref null $that)), although unrolled they look alike.
  FieldType self{ValType::group_relative(0, true), Packing::none, false};
  TypeId recursive = add(structure({self}));
  EXPECT_EQ(recursive, add(structure({self})));
  TypeId unrolled = add(structure({{ref(recursive), Packing::none, false}}));
  EXPECT_NE(recursive, unrolled);
  // Members of groups of different shapes differ.
  RecGroup pair{func({}, {}), func({}, {})};
  std::optional<TypeId> in_pair = canonicalize(pair);
  ASSERT_TRUE(in_pair);
  EXPECT_NE(*in_pair, add(func({}, {})));
  EXPECT_EQ(*in_pair, *canonicalize(pair));
}

TEST(Canonical, DeclaredSubtypes) {
  FieldType number{k_i32, Packing::none, false};
  TypeId base = add(structure({number}, {}, false));
  TypeId middle = add(structure({number, number}, base, false));
  TypeId leaf = add(structure({number, number, number}, middle));
  TypeId stranger = add(structure({number, number, number, number}));
  EXPECT_TRUE(matches_super(middle) && matches_super(leaf));
  EXPECT_TRUE(is_subtype(leaf, base) && is_subtype(leaf, middle) && is_subtype(leaf, leaf));
  EXPECT_FALSE(is_subtype(base, leaf) || is_subtype(stranger, base));
  EXPECT_EQ(super_type(leaf), middle);
  EXPECT_FALSE(matches_super(add(structure({}, base))));                        // fewer fields
  EXPECT_FALSE(matches_super(add(structure({number, number, number}, leaf))));  // final
}

TEST(Canonical, AbstractHeapTypes) {
  TypeId function = add(func({}, {}));
  TypeId record = add(structure({}));
  EXPECT_TRUE(is_subtype(ref(function), k_funcref));
  EXPECT_FALSE(is_subtype(ref(record), k_funcref));
  EXPECT_TRUE(is_subtype(ref(record), ValType::ref(HeapKind::eq, true)));
  EXPECT_TRUE(is_subtype(ValType::ref(HeapKind::none, false), ref(record)));
  EXPECT_FALSE(is_subtype(ValType::ref(HeapKind::none, false), ref(function)));
  EXPECT_TRUE(is_subtype(ValType::ref(HeapKind::nofunc, true), ref(function)));
  EXPECT_FALSE(is_subtype(ref(function, true), ref(function, false)));
  EXPECT_TRUE(is_subtype(ref(function, false), ref(function, true)));
  EXPECT_FALSE(is_subtype(k_externref, ValType::ref(HeapKind::any, true)));
  EXPECT_TRUE(is_subtype(k_bottom, k_i32));
  EXPECT_FALSE(is_subtype(k_i32, k_i64));
}

TEST(Canonical, ChainsOfSubtypesAreBounded) {
  TypeId last = add(structure({}, {}, false));
  uint32_t depth = 0;
  for (; depth < 1000; depth++) {
    std::optional<TypeId> next = canonicalize(RecGroup{structure({}, last, false)});
    if (!next) break;
    last = *next;
  }
  EXPECT_EQ(depth, k_max_subtyping_depth);
}

}  // namespace
}  // namespace lindvm
