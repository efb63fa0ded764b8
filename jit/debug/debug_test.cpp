// What debuggers are told: call frame information as bytes, and the ELF images around it as libelf and libdw
// read them.

#include <elfutils/libdw.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "jit/debug/cfi.h"
#include "jit/debug/debug_piece.h"
#include "jit/target_stubs.h"

namespace lindvm::jit {
namespace {

using ::testing::ElementsAre;

TEST(Cfi, WritesWhatDwarfSays) {
  CfiWriter cfi;
  cfi.cfa(7, 8);
  cfi.saved(16, 8);
  cfi.at(0x102);
  cfi.cfa(7, 1000);
  cfi.moved(16, 12);
  cfi.remember();
  cfi.restore();
  EXPECT_THAT(cfi.take(), ElementsAre(0x0c, 7, 8, 0x80 | 16, 1, 0x04, 0x02, 0x01, 0, 0, 0x0c, 7, 0xe8, 0x07,
                                      0x09, 16, 12, 0x0a, 0x0b));
}

TEST(Cfi, ExpressionsHaveTheirLengthInFront) {
  CfiWriter cfi;
  cfi.cfa(DwarfExpression().reg(14, -16).load64().add(200));
  cfi.saved(16, DwarfExpression().reg(0).load32().shift_left(3).reg(7, 8).add());
  EXPECT_THAT(cfi.take(), ElementsAre(0x0f, 6, 0x70 + 14, 0x70, 0x06, 0x23, 0xc8, 0x01,  //
                                      0x10, 16, 9, 0x70, 0, 0x94, 4, 0x33, 0x24, 0x77, 8, 0x22));
}

class ElfImage : public ::testing::Test {
 protected:
  static std::vector<uint8_t> unwind(int32_t distance) {
    CfiWriter cfi;
    cfi.cfa(target::k_dwarf_stack_pointer, distance);
    cfi.saved(target::k_dwarf_return_address, 8);
    return cfi.take();
  }

  ElfImage() {
    elf_version(EV_CURRENT);
    const DebugPiece pieces[] = {{"first", code_, 16, unwind(8)}, {"second", code_ + 32, 10, unwind(24)}};
    image_ = make_elf_image(pieces);
    elf_ = elf_memory(reinterpret_cast<char*>(image_.data()), image_.size());
  }
  ~ElfImage() override { elf_end(elf_); }

  Elf_Data* section(uint32_t type) {
    for (Elf_Scn* each = elf_nextscn(elf_, nullptr); each; each = elf_nextscn(elf_, each)) {
      if (elf64_getshdr(each)->sh_type == type) return elf_getdata(each, nullptr);
    }
    return nullptr;
  }
  /// The register and the distance that make the canonical frame address at an offset of the code.
  std::vector<std::pair<int, uint64_t>> frame_address(uint64_t offset) {
    std::unique_ptr<Dwarf_CFI, int (*)(Dwarf_CFI*)> cfi(dwarf_getcfi_elf(elf_), dwarf_cfi_end);
    Dwarf_Frame* frame = nullptr;
    if (dwarf_cfi_addrframe(cfi.get(), reinterpret_cast<uintptr_t>(code_) + offset, &frame) != 0) return {};
    Dwarf_Op* operations = nullptr;
    size_t count = 0;
    dwarf_frame_cfa(frame, &operations, &count);
    std::vector<std::pair<int, uint64_t>> found;
    for (size_t i = 0; i < count; ++i) found.emplace_back(operations[i].number, operations[i].number2);
    std::free(frame);
    return found;
  }

  alignas(16) uint8_t code_[64] = {};
  std::vector<uint8_t> image_;
  Elf* elf_ = nullptr;
};

TEST_F(ElfImage, NamesThePieces) {
  ASSERT_NE(elf_, nullptr);
  Elf_Data* symbols = section(SHT_SYMTAB);
  Elf_Data* names = section(SHT_STRTAB);
  ASSERT_TRUE(symbols && names);
  auto* table = static_cast<const Elf64_Sym*>(symbols->d_buf);
  ASSERT_EQ(symbols->d_size, 3 * sizeof(Elf64_Sym));
  EXPECT_EQ(static_cast<const char*>(names->d_buf) + table[2].st_name, std::string("second"));
  EXPECT_EQ(table[2].st_value, reinterpret_cast<uintptr_t>(code_ + 32));
  EXPECT_EQ(table[2].st_size, 10u);
}

TEST_F(ElfImage, UnwindsEachByItsOwnRules) {
  EXPECT_THAT(frame_address(3), ElementsAre(std::pair(int{target::k_dwarf_stack_pointer}, uint64_t{8})));
  EXPECT_THAT(frame_address(32), ElementsAre(std::pair(int{target::k_dwarf_stack_pointer}, uint64_t{24})));
  EXPECT_TRUE(frame_address(20).empty());
}

}  // namespace
}  // namespace lindvm::jit
