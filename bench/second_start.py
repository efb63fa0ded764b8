#!/usr/bin/env python3
"""How soon a large program prints its first byte, with its code in the cache: at most 15 ms for 10+ MB.

usage: second_start.py [--vm LIND-VM] [--runs N] [--size MB] [--limit MS] FOLDER

FOLDER holds the guests of conformance/programs (tools/dev guests programs). The program is SQLite's shell, its functions
repeated until the module has the size, which prints the answer of a query. The least over the runs counts, as other load on the
machine only adds to it. The last line is a suite's totals.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time

QUERY = ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) "
         "SELECT sum(i) FROM n;")
ANSWER = b"5050\n"


def read_leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def leb(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def sections(data):
    at = 8
    while at < len(data):
        kind = data[at]
        size, at = read_leb(data, at + 1)
        yield kind, data[at:at + size]
        at += size


def repeated(content, copies):
    """A vector section with its items several times over."""
    count, at = read_leb(content, 0)
    return leb(count * copies) + content[at:] * copies


def enlarged(data, size):
    """The module without its custom sections, and with all functions repeated until it has the size."""
    functions, code, custom = 3, 10, 0
    parts = [(kind, content) for kind, content in sections(data) if kind != custom]
    code_bytes = next(len(content) for kind, content in parts if kind == code)
    copies = 1 + -(-(size - sum(len(content) for _, content in parts)) // code_bytes)
    out = data[:8]
    for kind, content in parts:
        content = repeated(content, copies) if kind in (functions, code) else content
        out += bytes([kind]) + leb(len(content)) + content
    return out


def first_output(command):
    """Milliseconds until the first byte and until the end, and what was printed."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as process:
        first = os.read(process.stdout.fileno(), 1)
        first_at = time.perf_counter()
        rest = process.stdout.read()
    return (first_at - start) * 1e3, (time.perf_counter() - start) * 1e3, first + rest


def first_outputs(command, runs):
    """The times in ascending order; the output must be right each time."""
    results = [first_output(command) for _ in range(runs)]
    assert all(output == ANSWER for _, _, output in results), results
    return sorted(first for first, _, _ in results)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--vm", default="build/bin/lind-vm")
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--size", type=float, default=12)
    parser.add_argument("--limit", type=float, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lindvm-start-") as work:
        os.environ["LINDVM_CODE_CACHE"] = f"{work}/cache"
        module = f"{work}/large.wasm"
        data = enlarged((options.folder / "wasm/sqlite3.wasm").read_bytes(), int(options.size * 1e6))
        pathlib.Path(module).write_bytes(data)
        arguments = [module, ":memory:", QUERY]
        cold = first_outputs([options.vm, "--no-cache", *arguments], 3)
        subprocess.run([options.vm, "compile", module], check=True)
        warm = first_outputs([options.vm, *arguments], options.runs)
    median = warm[len(warm) // 2]
    print(f"{len(data) / 1e6:.1f} MB module: first output after {cold[0]:.1f} ms without the cache, "
          f"with it {warm[0]:.1f} ms at best, {median:.1f} ms in the median (limit {options.limit:g} ms)")
    passed = warm[0] <= options.limit
    print(f"{int(passed)} passed, {int(not passed)} failed, 0 skipped")
    sys.exit(not passed)


if __name__ == "__main__":
    main()
