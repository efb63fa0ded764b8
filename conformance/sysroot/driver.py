#!/usr/bin/env python3
"""lind-cc as makefiles and configure scripts use it: each class of options for real, an automake and a CMake project.

usage: driver.py --bin build/bin [--vm "build/bin/lind-vm [flags]"] [NAME ...]

A line per failing check, and as the last line "N passed, N failed, N skipped".
"""
import argparse
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


class Failed(Exception):
    pass


class Shell:
    """A scratch folder with a program in three files, and lind-cc in it as $CC, $CXX, $AR."""

    def __init__(self, folder, args):
        self.folder = folder
        self.vm = args.vm
        self.environment = {**os.environ, "CC": str(args.bin / "lind-cc"), "CXX": str(args.bin / "lind-c++"),
                            "BIN": str(args.bin)}
        for name in ("AR", "RANLIB", "NM", "STRIP"):
            self.environment[name] = str(args.bin / f"lind-{name.lower()}")
        self.write("one.c", '#include <stdio.h>\n#include "two.h"\nint main(void) { printf("%d\\n", two()); return VALUE; }\n')
        self.write("two.c", '#include "two.h"\nint two(void) { return 2; }\n')
        self.write("two.h", "int two(void);\n#ifndef VALUE\n#define VALUE 0\n#endif\n")

    def write(self, name, text):
        (self.folder / name).write_text(text)

    def run(self, command, status=0, out=None, err=None):
        """Runs a shell command; fails where its status or a part of its output is not as said."""
        done = subprocess.run(command, shell=True, cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != status:
            raise Failed(f"{command}: status {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
        for wanted, got in ((out, done.stdout), (err, done.stderr)):
            if wanted is not None and wanted not in got:
                raise Failed(f"{command}: no {wanted!r} in {got[-400:]!r}")
        return done.stdout

    def guest(self, program, status=0, out=None):
        self.run(f"{self.vm} {program}", status, out)

    def exists(self, *names):
        for name in names:
            if not (self.folder / name).exists():
                raise Failed(f"no file {name}")


@check
def compiles_and_links_in_one_step(shell):
    shell.run("$CC one.c two.c")
    shell.guest("a.out", out="2\n")
    if not os.access(shell.folder / "a.out", os.X_OK):
        raise Failed("a.out is not executable")


@check
def compiles_apart_and_links(shell):
    shell.run("$CC -c -DVALUE=7 one.c && $CC -O2 -g -c two.c -o second.o && $CC -o program one.o second.o -lm -lpthread")
    shell.guest("program", status=7, out="2\n")


@check
def links_archives(shell):
    shell.run("$CC -c two.c && $AR cr libtwo.a two.o && $RANLIB libtwo.a && $NM libtwo.a", out="T two")
    shell.run("$CC one.c -L. -ltwo -o program && $STRIP program")
    shell.guest("program", out="2\n")
    shell.run("$CC one.c -Wl,--whole-archive libtwo.a -Wl,--no-whole-archive -o whole")
    shell.guest("whole", out="2\n")


@check
def writes_what_the_mode_says(shell):
    shell.run("$CC -S two.c && grep -q 'two:' two.s && $CC -c two.s -o from_assembly.o && $CC one.c from_assembly.o -o program")
    shell.guest("program", out="2\n")
    shell.run("$CC -E one.c", out="int two(void);")
    shell.run("$CC -M one.c", out="two.h")
    shell.run("$CC -MMD -MF deps -MT target -c one.c && grep -q '^target:.*two.h' deps")
    shell.run("$CC -MD -c one.c -o one.o")
    shell.exists("one.d")
    shell.run("$CC -fsyntax-only one.c")
    shell.run("$CC -E -dM -x c /dev/null", out="__linux__")


@check
def assembles_with_the_preprocessor(shell):
    shell.write("asm.S", '#define NAME three\n.globl NAME\n.type NAME,@function\nNAME:\n.functype NAME () -> (i32)\ni32.const 3\nend_function\n')
    shell.write("use.c", "int three(void);\nint main(void) { return three(); }\n")
    shell.run("$CC use.c asm.S -o program")
    shell.guest("program", status=3)


@check
def reads_standard_input_and_response_files(shell):
    shell.run("echo 'int main(void) { return 5; }' | $CC -x c - -o program")
    shell.guest("program", status=5)
    shell.write("flags", "-DVALUE=9\none.c 'two.c'\n-o \"program\"\n")
    shell.run("$CC @flags")
    shell.guest("program", status=9, out="2\n")


@check
def takes_elf_linker_options(shell):
    shell.run("$CC one.c two.c -o program -static -pthread -rdynamic -Wl,-soname,x -Wl,-rpath,/lib -Wl,-z,relro,-z,now "
              "-Wl,--as-needed -Wl,--start-group -lm -Wl,--end-group -Wl,-O1,--sort-common -Wl,--hash-style=gnu "
              "-Wl,--gc-sections -Wl,-Map=map,--cref -Wl,--build-id=none")
    shell.guest("program", out="2\n")
    shell.exists("map")


@check
def refuses_by_name(shell):
    shell.run("$CC -shared two.c -o libtwo.so", status=1, err="shared libraries are not supported yet")
    shell.run("$CC one.c two.c -Wl,--no-such-option", status=1, err="no-such-option")
    shell.run("$CC one.c", status=1, err="undefined symbol: two")
    shell.run("$CC", status=1, err="no input files")
    shell.run("$CC --sysroot=/nowhere one.c two.c", status=1)


@check
def links_relocatably(shell):
    shell.run("$CC -c one.c two.c && $CC -r one.o two.o -o both.o && $CC both.o -o program")
    shell.guest("program", out="2\n")


@check
def answers_questions(shell):
    shell.run("$CC -dumpmachine", out="wasm32-linux-musl\n")
    shell.run("$CC --version", out="clang")
    shell.run("test -f $($CC -print-file-name=libc.a) && test -f $($CC -print-libgcc-file-name)")
    shell.run("test -d $($CC -print-sysroot)/include")
    shell.run("$CC -print-search-dirs", out="libraries: =")
    shell.run("$CC -v", err="clang version")
    shell.run("$CC -Wl,--version", out="LLD")
    shell.run("command -v $($CC -print-prog-name=ld)")


@check
def names_linux_and_not_wasi(shell):
    macros = shell.run("$CC -E -dM -x c /dev/null")
    for name in ("__linux__", "__unix__", "linux", "unix", "__wasm32__"):
        if f"#define {name} 1" not in macros:
            raise Failed(f"{name} is not defined")
    for name in ("__wasi__", "__gnu_linux__", "__EMSCRIPTEN__"):
        if name in macros:
            raise Failed(f"{name} is defined")
    strict = shell.run("$CC -std=c11 -E -dM -x c /dev/null")
    if "#define linux " in strict or "#define __linux__ 1" not in strict:
        raise Failed("an ISO mode must define __linux__ and leave linux alone")


@check
def link_time_optimization(shell):
    shell.run("$CC -O2 -flto one.c two.c -o program")
    shell.guest("program", out="2\n")
    shell.write("throw.cpp", "#include <stdexcept>\nint main() { try { throw std::runtime_error(\"x\"); } catch (std::exception&) { return 6; } }\n")
    shell.run("$CXX -O2 -flto throw.cpp -o throw")
    shell.guest("throw", status=6)


@check
def position_independent_objects_link(shell):
    shell.run("$CC -fPIC -fPIE -O2 one.c two.c -o program -pie")
    shell.guest("program", out="2\n")


@check
def finds_packages_of_the_sysroot_only(shell):
    shell.run("$BIN/lind-pkg-config --exists zlib", status=1)
    shell.write("mine.pc", "Name: mine\nDescription: x\nVersion: 1\nLibs: -lmine\nLibs.private: -lprivate\n")
    shell.run("PKG_CONFIG_PATH=. $BIN/lind-pkg-config --libs mine", out="-lmine -lprivate")


@check
def null_pointers_trap(shell):
    shell.write("null.c", "int main(int c, char **v) { return *(volatile int *)(c - 1); }\n")
    shell.run("$CC null.c -o program")
    shell.guest("program", status=139)


@check
def cmake_project(shell):
    source = HERE / "project"
    emulator = shlex.quote(";".join(shlex.split(shell.vm)))
    shell.run(f"cmake -G Ninja -S {source} -B build -DCMAKE_TOOLCHAIN_FILE=$BIN/../share/lind-toolchain.cmake "
              f"-DCMAKE_CROSSCOMPILING_EMULATOR={emulator} && cmake --build build && cd build && ctest --output-on-failure")


@check
def cmake_shared_library(shell):
    """One that a project insists on; and a test that reads a file of the source."""
    shell.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.20)\nproject(one C)\nadd_library(one SHARED one.c)\n"
                "add_executable(program program.c)\ntarget_link_libraries(program one)\nenable_testing()\n"
                "add_test(NAME reads COMMAND program ${CMAKE_SOURCE_DIR}/one.c)\n")
    shell.write("one.c", "int one(void) { return 1; }\n")
    shell.write("program.c", "#include <stdio.h>\nint one(void);\n"
                "int main(int c, char **v) { return fopen(v[1], \"r\") ? !one() : 2; }\n")
    shell.run("cmake -G Ninja -S . -B build -DCMAKE_TOOLCHAIN_FILE=$BIN/../share/lind-toolchain.cmake && cmake --build build && "
              "cd build && ctest --output-on-failure")
    shell.exists("build/libone.a")


@check
def configure_site(shell):
    """Nothing is taken for broken for want of a program that runs."""
    shell.write("configure.ac", "AC_INIT([one], [1.0])\nAC_PROG_CC\nAC_CONFIG_HEADERS([config.h])\nAC_FUNC_MALLOC\nAC_FUNC_REALLOC\n"
                "AC_FUNC_MKTIME\nAC_FUNC_LSTAT_FOLLOWS_SLASHED_SYMLINK\nAC_OUTPUT\n")
    shell.run("autoreconf -fi && CONFIG_SITE=$BIN/../share/lind-config.site ./configure --host=wasm32-linux-musl")
    shell.run("grep -q 'HAVE_MALLOC 1' config.h && grep -q 'HAVE_REALLOC 1' config.h && "
              "grep -q 'LSTAT_FOLLOWS_SLASHED_SYMLINK 1' config.h && ! grep -q 'define.*rpl_' config.h")


@check
def automake_project(shell):
    shutil.copytree(HERE / "project", shell.folder / "project")
    shell.run("cd project && autoreconf -fi && ./configure --host=wasm32-unknown-linux-musl --prefix=$PWD/installed && make && make install")
    shell.guest("project/installed/bin/program", out="sample 1 0 1 1 4 8 2.5\n")
    shell.exists("project/installed/lib/libsample.a")
    shell.run("grep -q 'HAVE_SETJMP 1' project/config.h && grep -q 'HAVE_SIGSETJMP 1' project/config.h && "
              "grep -q 'undef HAVE_NO_SUCH_FUNCTION' project/config.h")


def run_check(function, args):
    """What failed, or None."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            function(Shell(pathlib.Path(folder), args))
        except Failed as failure:
            return str(failure)
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--bin", type=lambda text: pathlib.Path(text).absolute(), required=True)
    parser.add_argument("--vm")
    args = parser.parse_intermixed_args()
    program, *flags = shlex.split(args.vm or str(args.bin / "lind-vm"))
    args.vm = shlex.join([str(pathlib.Path(program).absolute()), *flags])
    totals = [0, 0, 0]
    for function in CHECKS:
        if args.names and function.__name__ not in args.names:
            continue
        problem = run_check(function, args)
        totals[1 if problem else 0] += 1
        if problem:
            print(f"{function.__name__}: {problem}", flush=True)
    print("{} passed, {} failed, {} skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
