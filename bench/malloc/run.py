#!/usr/bin/env python3
"""The allocator on brk and mmap against the one on memory.grow: the program of conformance/memory, built with lind-cc and
for WASI, both run in lind-vm, and natively with the C library of this machine. Prints processor seconds and the speed as a
share of the WASI build's, for blocks in which a byte every 64 KiB is written and for filled ones (a fifth of the
operations); fails if the former is below the floor.

usage: run.py LIND_VM LIND_CC [--operations 10000000] [--runs 3] [--floor 0.5]
"""
import argparse
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "conformance/memory/malloc_stress.c"
WASI = ["clang-22", "--target=wasm32-wasi", "-Wno-deprecated", "--no-wasm-opt"]
LIMIT_SECONDS = 300


def seconds(command):
    """Processor time, since other work may be going on."""
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=LIMIT_SECONDS)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def compare(programs, arguments, runs):
    """The least seconds of each, and the Linux build's speed as a share of the WASI build's."""
    best = {}
    for _ in range(runs):  # interleaved, so that the machine's moods hit all alike
        for name, program in programs.items():
            took = seconds([*program, *arguments])
            best[name] = min(best.get(name, took), took)
    share = best["WASI"] / best["Linux"]
    times = ", ".join(f"{name} {took:.2f} s" for name, took in best.items())
    print(f"{' '.join(arguments)}: {times}: Linux has {share:.0%} of the WASI build's speed", flush=True)
    return share


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vm")
    parser.add_argument("cc")
    parser.add_argument("--operations", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--floor", type=float, default=0.5)
    options = parser.parse_args()
    compilers = {"WASI": WASI, "Linux": [options.cc], "native": ["gcc"]}
    with tempfile.TemporaryDirectory() as folder:
        programs = {name: [f"{folder}/{name}"] for name in compilers}
        for name, compiler in compilers.items():
            subprocess.run([*compiler, "-O2", str(SOURCE), "-o", *programs[name]], check=True)
        for name in ("WASI", "Linux"):
            programs[name] = [*shlex.split(options.vm), *programs[name]]
        share = compare(programs, [str(options.operations), "sparse", "quiet"], options.runs)
        compare(programs, [str(options.operations // 5), "filled", "quiet"], options.runs)
    sys.exit(share < options.floor)


main()
