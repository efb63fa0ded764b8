#!/usr/bin/env python3
"""Builds the benchmark programs of bench/programs twice, for WASI and for the host.

Used by run_programs.py and `tools/dev bench`; on its own it prints where the executables are.
Results live outside the tree, in ${XDG_CACHE_HOME:-~/.cache}/lind-vm/bench-programs, under a name
that hashes the sources, the flags and the compiler's version, so a rebuild happens only when one of
them changes and several checkouts share the work.
"""

import argparse
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import subprocess
import sys

BENCH_DIR = pathlib.Path(__file__).resolve().parent
PROGRAMS_DIR = BENCH_DIR / "programs"
VERSION_SUFFIXES = ("-22", "")

# The same optimisation on both sides. Contraction is off so that a host with fused multiply-add
# computes the same bits; --no-wasm-opt keeps clang from running whatever wasm-opt is on PATH.
COMMON_FLAGS = ["-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"]
WASI_FLAGS = ["--target=wasm32-wasi", "-Wno-deprecated", "--no-wasm-opt"]
CPP_FLAGS = ["-std=c++20", "-fno-exceptions", "-fno-rtti"]


class BuildError(Exception):
    """A program that does not compile, or a compiler that is not installed."""


@dataclasses.dataclass(frozen=True)
class Program:
    """A row of programs.json; `size` and `quick` are the two problem sizes (argv[1])."""
    name: str
    source: str
    group: str
    size: int
    quick: int

    @property
    def is_cpp(self):
        return self.source.endswith(".cpp")


@dataclasses.dataclass(frozen=True)
class Built:
    """A program and its two executables."""
    program: Program
    native: pathlib.Path
    wasm: pathlib.Path


def load_programs():
    rows = json.loads((PROGRAMS_DIR / "programs.json").read_text())["programs"]
    return [Program(**row) for row in rows]


def cache_dir():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return pathlib.Path(base) / "lind-vm" / "bench-programs"


def find_compiler(name):
    """The clang whose version the project builds with, or an unversioned one."""
    for suffix in VERSION_SUFFIXES:
        try:
            done = subprocess.run([name + suffix, "--version"], capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            continue
        return name + suffix, done.stdout
    raise BuildError(f"{name} not found (Debian: clang-22 lld-22 wasi-libc libclang-rt-22-dev-wasm32 "
                     "libc++-22-dev-wasm32)")


def compile_command(program, compiler, for_wasi):
    command = [compiler, *COMMON_FLAGS]
    if for_wasi:
        command += WASI_FLAGS
        if program.group == "simd":
            command.append("-msimd128")
    if program.is_cpp:
        command += CPP_FLAGS
    return command + [str(PROGRAMS_DIR / program.source), "-lm"]


def compile_cached(name, suffix, command, inputs, version):
    """The executable's path, compiled by `command` if the cache does not have it."""
    key = hashlib.sha256(version.encode() + json.dumps(command).encode())
    for path in inputs:
        key.update(path.read_bytes())
    output = cache_dir() / f"{name}-{key.hexdigest()[:16]}{suffix}"
    if output.exists():
        return output
    output.parent.mkdir(parents=True, exist_ok=True)
    partial = output.with_suffix(f".{os.getpid()}{suffix}")
    done = subprocess.run(command + ["-o", str(partial)], capture_output=True, text=True)
    if done.returncode != 0:
        raise BuildError(f"{' '.join(command)}\n{done.stderr}")
    partial.rename(output)
    return output


def build_one(program, compiler, version, for_wasi):
    inputs = sorted(PROGRAMS_DIR.glob("*.h")) + [PROGRAMS_DIR / program.source]
    return compile_cached(program.name, ".wasm" if for_wasi else ".native",
                          compile_command(program, compiler, for_wasi), inputs, version)


def build_launcher():
    """The measuring helper, launch.c, for the host."""
    compiler, version = find_compiler("clang")
    source = BENCH_DIR / "launch.c"
    return compile_cached("launch", "", [compiler, *COMMON_FLAGS, str(source)], [source], version)


def build_all(programs, jobs=2):
    """Builds every program for both targets; returns a list of Built in the given order."""
    compilers = {False: find_compiler("clang"), True: find_compiler("clang++")}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        pending = []
        for program in programs:
            compiler, version = compilers[program.is_cpp]
            pending.append([pool.submit(build_one, program, compiler, version, wasi) for wasi in (False, True)])
        return [Built(p, native.result(), wasm.result()) for p, (native, wasm) in zip(programs, pending)]


def select(programs, patterns):
    """The programs whose name or group is among `patterns`, or all when there are none."""
    if not patterns:
        return programs
    known = {p.name for p in programs} | {p.group for p in programs}
    unknown = [p for p in patterns if p not in known]
    if unknown:
        raise BuildError(f"no such program or group: {', '.join(unknown)}")
    return [p for p in programs if p.name in patterns or p.group in patterns]


def main():
    parser = argparse.ArgumentParser(description="Build the benchmark programs for WASI and for the host.")
    parser.add_argument("programs", nargs="*", help="names or groups (default: all)")
    parser.add_argument("-j", "--jobs", type=int, default=2)
    parser.add_argument("--link-into", type=pathlib.Path, metavar="DIR",
                        help="also put NAME.wasm and NAME.native symlinks there")
    args = parser.parse_args()
    try:
        built = build_all(select(load_programs(), args.programs), args.jobs)
    except BuildError as error:
        print(f"build_programs: {error}", file=sys.stderr)
        return 1
    for item in built:
        print(f"{item.program.name}\t{item.native}\t{item.wasm}")
        if args.link_into:
            args.link_into.mkdir(parents=True, exist_ok=True)
            for target in (item.native, item.wasm):
                link = args.link_into / (item.program.name + target.suffix)
                link.unlink(missing_ok=True)
                link.symlink_to(target)
    return 0


if __name__ == "__main__":
    sys.exit(main())
