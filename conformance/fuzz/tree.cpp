#include "conformance/fuzz/tree.h"

namespace lindvm::fuzz {

using testing::ByteWriter, testing::CodeBuilder;

testing::TypeCodes codes(const Types& types) {
  testing::TypeCodes encoded;
  for (const Type& type : types) encoded.push_back(type.code());
  return encoded;
}

void write(const Nodes& nodes, ByteWriter& out) {
  for (const Node& node : nodes) {
    write(node.operands, out);
    for (const Arm& arm : node.arms) {
      out.bytes(arm.opening);
      write(arm.body, out);
    }
    out.bytes(node.code);
  }
}

namespace {

void push_zero(const Type& type, CodeBuilder& out) {
  switch (type.kind) {
    case Kind::i32:
      out.i32_const(0);
      return;
    case Kind::i64:
      out.i64_const(0);
      return;
    case Kind::f32:
      out.f32_const(0);
      return;
    case Kind::f64:
      out.f64_const(0);
      return;
    case Kind::v128:
      out.v128_const({});
      return;
    case Kind::funcref:
    case Kind::externref:
    case Kind::exnref:
      out.op(Op::RefNull).raw().u8(static_cast<uint8_t>(type.kind));
      return;
    case Kind::typed:
      out.op(Op::RefNull).raw().s64(type.type_index);
      return;
  }
}

}  // namespace

Bytes zeros(const Types& types) {
  CodeBuilder out;
  for (const Type& type : types) push_zero(type, out);
  return out.data();
}

Bytes Program::bytes() const {
  testing::ModuleBuilder module = declarations;
  for (const FunctionTree& function : functions) {
    CodeBuilder code;
    code.raw().bytes(function.prologue);
    write(function.body, code.raw());
    module.function(function.type, codes(function.locals), code.end());
  }
  return module.build();
}

}  // namespace lindvm::fuzz
