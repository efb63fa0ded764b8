#include "tools/lind-cc/driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace lind_cc {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

/// Every test names the sysroot, so that none depends on what is built.
Words with_sysroot(Words words) {
  words.emplace_back("--sysroot=/sysroot");
  return words;
}

Words command_of(const Words& words, bool cxx = false) {
  const Plan made = plan(with_sysroot(words), cxx);
  EXPECT_FALSE(made.error) << *made.error;
  return made.command;
}

/// What wasm-ld gets.
Words linker_words(const Words& words) {
  Words found;
  const Words command = command_of(words);
  for (size_t i = 0; i + 1 < command.size(); i++) {
    if (command[i] == "-Xlinker") found.push_back(command[i + 1]);
  }
  return found;
}

bool has(const Words& words, const char* word) { return std::ranges::find(words, word) != words.end(); }

TEST(Driver, LinksAProgramOfTheLinuxAbi) {
  const Words words = linker_words({"a.c", "-o", "a"});
  for (const char* word :
       {"--import-memory", "--table-base=3", "--export=__tls_base", "/sysroot/lib/crt1.o", "-lc"}) {
    EXPECT_THAT(words, Contains(word));
  }
  EXPECT_THAT(command_of({"a.c"}), Contains("-nostdlib"));
}

TEST(Driver, OptionsThatStopBeforeTheLinkAddNothingForTheLinker) {
  for (const char* option : {"-c", "-S", "-E", "-M", "-MM", "-fsyntax-only"}) {
    EXPECT_TRUE(linker_words({option, "a.c"}).empty()) << option;
  }
  EXPECT_FALSE(linker_words({"-MMD", "-MF", "a.d", "a.c"}).empty());
}

TEST(Driver, AValueIsNoInput) {
  EXPECT_TRUE(linker_words({"-o", "a.c"}).empty());
  EXPECT_TRUE(linker_words({"-v"}).empty());
  EXPECT_THAT(command_of({"-MF", "-c", "a.c"}), Contains("-nostdlib"));
}

TEST(Driver, DropsWhatOnlyElfLinkersTake) {
  const Words plain = linker_words({"a.o"});
  const Words dropped[] = {
      {"a.o", "-Wl,-soname,libx.so.1"},
      {"a.o", "-Wl,-rpath,/usr/lib,-rpath-link=/lib"},
      {"a.o", "-Wl,-rpath", "-Wl,/usr/lib"},
      {"a.o", "-Xlinker", "-h", "-Xlinker", "name"},
      {"a.o", "-Wl,-z,relro", "-Wl,-z,now", "-z", "noexecstack", "-Wl,-znodelete"},
      {"a.o", "-Wl,--as-needed,--start-group,--end-group,-(,-)"},
      {"a.o", "-Wl,--version-script=x.map", "-Wl,--hash-style=gnu", "-Wl,-Bsymbolic"},
      {"a.o", "-Wl,-R/usr/lib", "-Wl,-melf_i386", "-Wl,-m,elf_i386"},
      {"a.o", "-Wl,--cref"},
      {"a.o", "-static", "-rdynamic", "-pie", "-static-libgcc", "-fuse-ld=gold"},
  };
  for (const Words& words : dropped) EXPECT_EQ(linker_words(words), plain) << words.back();
}

TEST(Driver, KeepsWhatWasmLdKnowsOrRefuses) {
  const Words words =
      linker_words({"a.o", "-Wl,--gc-sections,-Map=a.map", "-Wl,-z,stack-size=1048576", "-Wl,--nonsense"});
  for (const char* word : {"--gc-sections", "-Map=a.map", "stack-size=1048576", "--nonsense"}) {
    EXPECT_THAT(words, Contains(word));
  }
}

TEST(Driver, LinkerWordsKeepTheirPlaceAmongTheInputs) {
  const Words command = command_of({"a.o", "-Wl,--whole-archive", "b.a", "-Wl,--no-whole-archive", "-lc"});
  const auto at = [&](const char* word) { return std::ranges::find(command, word) - command.begin(); };
  EXPECT_LT(at("a.o"), at("--whole-archive"));
  EXPECT_LT(at("--whole-archive"), at("b.a"));
  EXPECT_LT(at("b.a"), at("--no-whole-archive"));
}

TEST(Driver, SharedLibrariesAreRefusedByName) {
  const Plan made = plan(with_sysroot({"-shared", "a.o", "-o", "liba.so"}), false);
  ASSERT_TRUE(made.error);
  EXPECT_THAT(*made.error, HasSubstr("shared libraries are not supported yet"));
  EXPECT_FALSE(plan(with_sysroot({"-shared", "-c", "a.c"}), false).error);
}

TEST(Driver, RelocatableLinksGetNoProgramsParts) {
  const Words words = linker_words({"-r", "a.o", "b.o", "-o", "c.o"});
  EXPECT_EQ(words, (Words{"-r"}));
}

TEST(Driver, AnswersAboutTheTarget) {
  EXPECT_EQ(plan({"-dumpmachine"}, false).answer, "wasm32-linux-musl");
  EXPECT_EQ(plan(with_sysroot({"-print-libgcc-file-name"}), false).answer,
            "/sysroot/lib/libclang_rt.builtins.a");
  EXPECT_THAT(*plan(with_sysroot({"-print-prog-name=ar"}), false).answer, HasSubstr("-ar"));
  EXPECT_EQ(plan(with_sysroot({"-print-file-name=no-such-file"}), false).answer, "no-such-file");
  EXPECT_THAT(command_of({"--version"}), Not(Contains("-nostdlib")));
}

TEST(Driver, DefinesWhatLinuxProgramsExpect) {
  EXPECT_TRUE(has(command_of({"-c", "a.c"}), "-D__linux__=1"));
  EXPECT_TRUE(has(command_of({"-c", "a.c"}), "-Dlinux=1"));
  EXPECT_TRUE(has(command_of({"-std=gnu11", "-c", "a.c"}), "-Dlinux=1"));
  EXPECT_FALSE(has(command_of({"-std=c99", "-c", "a.c"}), "-Dlinux=1"));
  EXPECT_FALSE(has(command_of({"-ansi", "-c", "a.c"}), "-Dlinux=1"));
}

TEST(Driver, CxxHasExceptionsUnlessRefused) {
  EXPECT_TRUE(has(command_of({"-c", "a.cpp"}, true), "-fwasm-exceptions"));
  EXPECT_TRUE(has(command_of({"-c", "a.cpp"}), "-fwasm-exceptions"));
  EXPECT_TRUE(has(command_of({"-x", "c++", "-c", "-"}), "-D_GNU_SOURCE=1"));
  EXPECT_FALSE(has(command_of({"-c", "a.cpp", "-fno-exceptions"}, true), "-fwasm-exceptions"));
  EXPECT_FALSE(has(command_of({"-c", "a.c"}), "-fwasm-exceptions"));
  EXPECT_TRUE(has(command_of({"-fexceptions", "-c", "a.c"}), "-fwasm-exceptions"));
}

TEST(Driver, ReadsResponseFiles) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "lind_cc_response";
  std::ofstream(file) << "-c 'a b.c'\n-DX=\"1 2\" \\\"y\\\"";
  const Words command = command_of({"@" + file.string()});
  std::filesystem::remove(file);
  EXPECT_THAT(command, Contains("a b.c"));
  EXPECT_THAT(command, Contains("-DX=1 2"));
  EXPECT_THAT(command, Contains("\"y\""));
  EXPECT_THAT(command, Not(Contains("-nostdlib")));
  EXPECT_THAT(command_of({"@no-such-file"}), Contains("@no-such-file"));
}

}  // namespace
}  // namespace lind_cc
