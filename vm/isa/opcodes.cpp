#include "vm/isa/opcodes.h"

namespace lindvm {
namespace {

constexpr std::string_view k_feature_names[] = {
#define FEATURE(id, description) #id,
#include "vm/isa/features.def"
};

constexpr std::string_view k_immediates[] = {
#define IMMEDIATES(id, description) description,
#include "vm/isa/immediates.def"
};

constexpr std::string_view k_operand_type_names[] = {"i32", "i64", "f32", "f64", "v128", "addr"};

}  // namespace

std::string_view to_string(Feature feature) { return k_feature_names[static_cast<unsigned>(feature)]; }
std::string_view describe(Imm imm) { return k_immediates[static_cast<unsigned>(imm)]; }
std::string_view to_string(OperandType type) { return k_operand_type_names[static_cast<unsigned>(type)]; }

}  // namespace lindvm
