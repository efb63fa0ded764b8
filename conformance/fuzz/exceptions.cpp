// Throwing and catching, with try_table and in the legacy encoding.

#include "conformance/fuzz/body.h"

namespace lindvm::fuzz {

using testing::CodeBuilder, testing::ByteWriter;

namespace {

enum Clause : uint8_t { k_catch, k_catch_ref, k_catch_all, k_catch_all_ref };

}  // namespace

// Handlers, or delegation to any enclosing label.
Node BodyGenerator::legacy_try(const Types& results) {
  Node made;
  made.results = results;
  made.arms.push_back(arm(opening(Op::LegacyTry, {}, results), {}, {results}, results));
  if (random_.one_in(5)) {
    made.code = start(Op::LegacyDelegate, {random_.below(labels_.size())}).data();
    return made;
  }
  uint32_t handlers = random_.below(3);
  for (uint32_t i = 0; i < handlers && !env_.tags.empty(); i++) {
    TagInfo tag = random_.pick(env_.tags);
    made.arms.push_back(arm(start(Op::LegacyCatch, {tag.index}), tag.params, {results, true, true}, results));
  }
  if (random_.one_in(2))
    made.arms.push_back(arm(start(Op::LegacyCatchAll), {}, {results, true, true}, results));
  made.code = CodeBuilder().end().data();
  return made;
}

// A handler for a tag whose payload is `results`, or, where there is none, for all, at the innermost label;
// and some more that go to whichever labels fit.
CodeBuilder BodyGenerator::clauses(const Types& results, bool keeps_reference) {
  std::optional<TagInfo> tag;
  if (!results.empty() || random_.one_in(2)) tag = env_.tag_with(results);
  ByteWriter rows;
  uint32_t count = 0;
  auto add = [&](Clause kind, std::optional<uint32_t> tag_index, uint32_t label) {
    rows.u8(kind);
    if (tag_index) rows.u32(*tag_index);
    rows.u32(label);
    count++;
  };
  for (const TagInfo& other : env_.tags) {
    std::optional<uint32_t> label = label_with(other.params);
    if (label && random_.one_in(3)) add(k_catch, other.index, *label);
  }
  if (tag)
    add(keeps_reference ? k_catch_ref : k_catch, tag->index, 0);
  else if (results.empty())
    add(keeps_reference ? k_catch_all_ref : k_catch_all, std::nullopt, 0);
  CodeBuilder code;
  code.raw().u32(count);
  code.raw().bytes(rows.data());
  return code;
}

// block (results, exnref?) { try_table (results) { ... } null? }
Node BodyGenerator::try_table(const Types& results) {
  bool keeps_reference = random_.one_in(3);
  Types outer = results;
  if (keeps_reference) outer.push_back({Kind::exnref});
  labels_.push_back({outer});
  CodeBuilder head = opening(Op::TryTable, {}, results);
  head.raw().bytes(clauses(results, keeps_reference).data());
  Node guarded{{}, {}, CodeBuilder().end().data(), results};
  guarded.arms.push_back(arm(head, {}, {results}, results));

  Arm around{opening(Op::Block, {}, outer).data(), {}};
  around.body.push_back(std::move(guarded));
  if (keeps_reference) around.body.push_back(constant({Kind::exnref}));
  labels_.pop_back();
  Node made{{}, {}, CodeBuilder().end().data(), outer};
  made.arms.push_back(std::move(around));
  if (!keeps_reference) return made;
  Node taker = consume({{Kind::exnref}});
  taker.operands.push_back(std::move(made));
  taker.results = results;
  return taker;
}

Node BodyGenerator::throw_tag() {
  std::optional<TagInfo> tag = env_.tag_with(env_.some_types(3));
  TagInfo thrown = tag ? *tag : random_.pick(env_.tags);
  return node(Op::Throw, operands(thrown.params), {}, {thrown.index});
}

// Mostly of what was caught before.
Node BodyGenerator::throw_ref() {
  if (!random_.one_in(4) && !local_of({Kind::exnref})) return throw_tag();
  Nodes nodes;
  nodes.push_back(expression({Kind::exnref}));
  return node(Op::ThrowRef, std::move(nodes), {});
}

Node BodyGenerator::rethrow() {
  for (uint32_t depth = 0; depth < labels_.size(); depth++)
    if (labels_[labels_.size() - 1 - depth].is_catch) return node(Op::LegacyRethrow, {}, {}, {depth});
  return throw_tag();
}

}  // namespace lindvm::fuzz
