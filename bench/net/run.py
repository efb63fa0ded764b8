#!/usr/bin/env python3
"""Throughput over loopback: a guest that receives from a native program, one that sends to it, and both ends native for
comparison. Prints MiB/s and the share of native throughput; fails if a guest is below the floor.

usage: run.py LIND_VM LIND_CC [--mib 1024] [--runs 3] [--floor 0.7]
"""
import argparse
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent / "transfer.c"
LIMIT_SECONDS = 300


def transfer(receiver, sender, size):
    """MiB/s as the receiver sees it; both ends must agree on what was moved."""
    with subprocess.Popen([*receiver, "receive"], stdout=subprocess.PIPE, text=True) as server:
        port = server.stdout.readline().strip()
        sent = subprocess.run([*sender, "send", port, str(size)], stdout=subprocess.PIPE, text=True, check=True,
                              timeout=LIMIT_SECONDS).stdout
        received = server.stdout.read()
    told = [re.match(r"(\d+ bytes, \d+), ([\d.]+) s", text) for text in (sent, received)]
    if not all(told) or told[0][1] != told[1][1]:
        sys.exit(f"sent {sent!r}, received {received!r}")
    return size / 2**20 / float(told[1][2])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vm")
    parser.add_argument("cc")
    parser.add_argument("--mib", type=int, default=1024)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--floor", type=float, default=0.7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        native, guest = f"{folder}/native", f"{folder}/guest.wasm"
        subprocess.run(["gcc", "-O2", str(SOURCE), "-o", native], check=True)
        subprocess.run([options.cc, "-O2", str(SOURCE), "-o", guest], check=True)
        vm = [*shlex.split(options.vm), guest]
        pairs = {"native": ([native], [native]), "guest receives": (vm, [native]), "guest sends": ([native], vm)}
        best = {name: 0.0 for name in pairs}
        for _ in range(options.runs):  # interleaved, so that the machine's moods hit all alike
            for name, (receiver, sender) in pairs.items():
                best[name] = max(best[name], transfer(receiver, sender, options.mib << 20))
    passed = failed = 0
    for name, rate in best.items():
        share = rate / best["native"]
        print(f"{name:15} {rate:8.0f} MiB/s  {share:6.1%} of native")
        passed += share >= options.floor
        failed += share < options.floor
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(failed != 0)


main()
