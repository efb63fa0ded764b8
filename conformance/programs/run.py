#!/usr/bin/env python3
"""Runs the real programs in a WebAssembly engine and compares with their native builds.

usage: run.py PROGRAM_DIR --vm "build/bin/lind-vm --dir ." [--quick] [--timeout SECONDS] [--jobs N] [CASE ...]

PROGRAM_DIR holds wasm/NAME.wasm and native/NAME (see build.sh); cases.json beside this script says what is
run. --quick takes the small sizes, for slow builds. A line per failing case, and as the last line
"N passed, N failed, N skipped".
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent


def run_steps(case, command_of, size, timeout):
    """Runs the case's steps in a fresh folder; returns [(exit status, stdout, stderr)] of the steps."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(HERE / "scripts", folder, dirs_exist_ok=True)
        stdin = case.get("stdin", "")
        if (HERE / "scripts" / stdin).is_file():
            stdin = (HERE / "scripts" / stdin).read_text()
        results = []
        for program, *arguments in case["steps"]:
            arguments = [str(size) if argument == "SIZE" else argument for argument in arguments]
            done = subprocess.run([*command_of(program), *arguments], input=stdin.encode(), cwd=folder,
                                  env={"PATH": os.environ["PATH"]}, capture_output=True, timeout=timeout)
            results.append((done.returncode, done.stdout, done.stderr))
            stdin = ""
        return results


def first_difference(expected, actual):
    """The first line in which two outputs differ, for the report."""
    want, got = expected.splitlines(), actual.splitlines()
    for number, (a, b) in enumerate(zip(want + [b"<end>"], got + [b"<end>"]), 1):
        if a != b:
            return f"line {number}: native {a[:80]!r}, guest {b[:80]!r}"
    return f"native {len(want)} lines, guest {len(got)} lines"


def compare(case, native, guest):
    """None where all steps agree, else what differs."""
    varies = re.compile(case["varies"].encode(), re.MULTILINE) if "varies" in case else None
    for step, (want, got) in enumerate(zip(native, guest), 1):
        outputs = [varies.sub(b"", out) if varies else out for out in (want[1], got[1])]
        if outputs[0] != outputs[1]:
            return f"step {step}: {first_difference(*outputs)}; {got[2][:300].decode(errors='replace')}"
        if want[0] != got[0]:
            return f"step {step}: exit status {got[0]}, native {want[0]}; {got[2][:300].decode(errors='replace')}"
    return None


def run_case(case, args):
    """Runs one case natively and in the engine; returns (what failed or None, seconds in the engine)."""
    size = case.get("quick_size" if args.quick else "size")
    wasm, native = args.program_dir / "wasm", args.program_dir / "native"
    start = time.monotonic()
    try:
        expected = run_steps(case, lambda name: [native / name.removesuffix("-exnref")], size, args.timeout)
        start = time.monotonic()
        actual = run_steps(case, lambda name: [*args.vm, wasm / f"{name}.wasm"], size, args.timeout)
    except subprocess.TimeoutExpired as late:
        return f"no end after {late.timeout:g} s", time.monotonic() - start
    return compare(case, expected, actual), time.monotonic() - start


def absolute_command(text):
    """The engine's command line with its program path made absolute (cases run in other folders)."""
    program, *flags = shlex.split(text)
    found = shutil.which(program)
    if not found:
        sys.exit(f"no such program: {program}")
    return [str(pathlib.Path(found).absolute()), *flags]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program_dir", type=lambda text: pathlib.Path(text).resolve())
    parser.add_argument("names", nargs="*")
    parser.add_argument("--vm", required=True, type=absolute_command)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_intermixed_args()
    cases = json.loads((HERE / "cases.json").read_text())["cases"]
    cases = [case for case in cases if not args.names or case["name"] in args.names]
    totals = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for case, (problem, seconds) in zip(cases, pool.map(lambda case: run_case(case, args), cases)):
            totals[1 if problem else 0] += 1
            print(f"{case['name']:24} {seconds:6.2f} s  {problem or 'equal'}", flush=True)
    print("{} passed, {} failed, {} skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
