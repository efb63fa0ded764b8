#pragma once
// Decoding and validating a module in one pass over its bytes (spec 5.5, 3.4). One ModuleDecoder per
// load_module call, on one thread; function bodies go to the FunctionValidator.

#include <cstdint>
#include <memory>
#include <vector>

#include "vm/module/features.h"
#include "vm/module/known_bodies.h"
#include "vm/module/module.h"
#include "vm/module/reader.h"
#include "vm/module/type_decoder.h"
#include "vm/module/validator.h"

namespace lindvm {

class ModuleDecoder {
 public:
  ModuleDecoder(std::unique_ptr<uint8_t[]> bytes, size_t size, const Features& features);

  /// The module is one that was valid before: bodies are taken as known instead of being validated.
  void set_known_bodies(const BodySummaries& known) { known_ = known; }

  Result<std::shared_ptr<const Module>> decode();

 private:
  void header();
  void section();
  void enter_order(uint8_t id, uint64_t at);
  void section_contents(uint8_t id, uint32_t size);
  void custom_section(uint32_t size);
  void type_section();
  void import_section();
  void function_section();
  void table_section();
  void memory_section();
  void tag_section();
  void global_section();
  void export_section();
  void start_section();
  void element_section();
  void data_count_section();
  void code_section();
  bool adopt_known_bodies();
  void data_section();
  void finish();

  uint32_t count(size_t already, uint32_t limit, const char* what);
  void import();
  void add_function(uint32_t type_index, uint64_t at);
  void add_tag();
  void add_memory(const MemoryType& type, uint64_t at);
  void table();
  void element_segment();
  void element_functions(ElementSegment& segment);
  void element_expressions(ElementSegment& segment);
  void data_segment();
  void function_body(ModuleFunction& function);
  ConstExpr const_expr(ValType expected);
  uint32_t known_index(ExternKind kind, uint32_t index, uint64_t at);
  size_t index_space_size(ExternKind kind) const;

  Features features_;
  std::shared_ptr<Module> module_;
  Module& m_;
  Reader reader_;
  TypeDecoder type_decoder_;
  FunctionValidator validator_;
  uint32_t last_rank_ = 0;  // of the sections seen so far
  uint32_t section_end_ = 0;
  uint32_t bodies_ = 0;  // function bodies seen
  std::optional<BodySummaries> known_;
};

}  // namespace lindvm
