#!/usr/bin/env python3
"""The allocator on brk and mmap against the one on memory.grow: the program of conformance/memory, built with lind-cc and
for WASI, both run in lind-vm. Prints processor seconds and the speed as a share of the WASI build's; fails if it is
below the floor.

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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vm")
    parser.add_argument("cc")
    parser.add_argument("--operations", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--floor", type=float, default=0.5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        best = {}
        for name, compiler in (("WASI", WASI), ("Linux", [options.cc])):
            subprocess.run([*compiler, "-O2", str(SOURCE), "-o", f"{folder}/{name}"], check=True)
        for _ in range(options.runs):  # interleaved, so that the machine's moods hit both alike
            for name in ("WASI", "Linux"):
                took = seconds([*shlex.split(options.vm), f"{folder}/{name}", str(options.operations), "quiet"])
                best[name] = min(best.get(name, took), took)
    share = best["WASI"] / best["Linux"]
    print(f"WASI {best['WASI']:.2f} s, Linux {best['Linux']:.2f} s: {share:.0%} of the WASI build's speed")
    sys.exit(share < options.floor)


main()
