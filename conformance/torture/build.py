#!/usr/bin/env python3
"""Builds GCC's C torture tests (gcc.c-torture/execute and its ieee folder) for WASI, or with lind-cc for Linux.

usage: build.py SOURCE_DIR OUT_DIR [--lind-cc build/bin/lind-cc] [--opt -O2] [--jobs N]

SOURCE_DIR is gcc.c-torture/execute. OUT_DIR gets NAME.wasm for each program that builds (ieee
tests as ieee-NAME.wasm) and not_built.txt: the name and the compiler's first error of every other.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess

COMPILER = ["clang-22", "--target=wasm32-wasi", "--no-wasm-opt"]
# The tests are C of 1990 to 2022: what newer rules made errors is accepted in silence.
LANGUAGE = ["-std=gnu17", "-w", "-fno-strict-aliasing", "-Wno-implicit-function-declaration", "-Wno-implicit-int",
            "-Wno-int-conversion", "-Wno-incompatible-pointer-types", "-Wno-return-mismatch", "-Wno-parentheses"]
LIBRARIES = ["-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_MMAN", "-lwasi-emulated-signal",
             "-lwasi-emulated-mman", "-lm", "-Wl,-z,stack-size=1048576"]
# For the tests that use setjmp: its lowering to WebAssembly exceptions and the run time for that.
GUESTS = pathlib.Path(__file__).resolve().parent.parent / "programs" / "guests"
SETJMP = [f"-I{GUESTS / 'include'}", str(GUESTS / "sjlj.c"), "-mllvm", "-wasm-enable-sjlj", "-mllvm", "-wasm-use-legacy-eh"]
# The options that a test may ask for (dg-options) and that mean the same to clang.
MEANINGFUL = re.compile(r"-std=\S+|-fwrapv|-fgnu89-inline|-fno-builtin\S*|-ffast-math|-fno-common|-fno-inline")
OPTIONS = re.compile(r'dg-(?:additional-)?options\s+\{?\s*"([^"]*)"\s*\}?\s*\}')


def asked_options(text):
    """The options of the test's dg-options lines without a target condition."""
    words = [word for found in OPTIONS.findall(text) for word in shlex.split(found)]
    return [word for word in words if MEANINGFUL.fullmatch(word)]


def build(source, target, args):
    """Compiles one test; returns the first error line, or None where it was built."""
    text = source.read_text(encoding="latin-1")
    command = [args.opt, *LANGUAGE, *asked_options(text), str(source), "-o", str(target)]
    if args.lind_cc:
        command = [args.lind_cc, *command, "-lm"]
    else:
        command = [*COMPILER, *command, *(SETJMP if "<setjmp.h>" in text else []), *LIBRARIES]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode == 0:
        return None
    target.unlink(missing_ok=True)
    errors = [line for line in done.stderr.splitlines() if "error" in line]
    return (errors or done.stderr.splitlines() or ["no message"])[0].replace(f"{source.parent}/", "")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source_dir", type=pathlib.Path)
    parser.add_argument("out_dir", type=pathlib.Path)
    parser.add_argument("--lind-cc")
    parser.add_argument("--opt", default="-O2")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    args.out_dir.mkdir(parents=True, exist_ok=True)
    sources = {source.stem: source for source in args.source_dir.glob("*.c")}
    sources |= {f"ieee-{source.stem}": source for source in (args.source_dir / "ieee").glob("*.c")}
    names = sorted(sources)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        errors = list(pool.map(lambda name: build(sources[name], args.out_dir / f"{name}.wasm", args), names))
    refused = [f"{name}: {error}\n" for name, error in zip(names, errors) if error]
    (args.out_dir / "not_built.txt").write_text("".join(refused))
    print(f"{len(names)} torture tests, {len(names) - len(refused)} built")


if __name__ == "__main__":
    main()
