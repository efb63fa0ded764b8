#!/usr/bin/env python3
"""Runs the real programs in a WebAssembly engine and compares with their native builds.

usage: run.py PROGRAM_DIR --vm "build/bin/lind-vm --dir ." [--suite FOLDER] [--quick] [--timeout SECONDS] [--jobs N] [CASE ...]

PROGRAM_DIR holds wasm/NAME.wasm and native/NAME (see build.sh), and perhaps files/ (or what a case names as its "files"); FOLDER, by default the one of this script,
holds cases.json, which says what is run, and perhaps scripts/. --quick takes the small sizes, for slow builds. A line per failing case, and as the last line
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


def run_steps(case, command_of, size, args):
    """Runs the case's steps in a fresh folder; returns [(exit status, stdout, stderr)] of the steps."""
    with tempfile.TemporaryDirectory() as folder:
        for files in (args.suite / "scripts", args.program_dir / case.get("files", "files")):
            if files.is_dir():
                shutil.copytree(files, folder, dirs_exist_ok=True, symlinks=True)
        stdin = case.get("stdin", "")
        if stdin and (pathlib.Path(folder) / stdin).is_file():
            stdin = (pathlib.Path(folder) / stdin).read_text()
        results = []
        for program, *arguments in case["steps"]:
            arguments = [str(size) if argument == "SIZE" else argument for argument in arguments]
            done = subprocess.run([*command_of(program), *arguments], input=stdin.encode(), cwd=folder,
                                  env={"PATH": os.environ["PATH"], **case.get("env", {})}, capture_output=True,
                                  timeout=args.timeout)
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


def judge_alone(case, steps):
    """For programs that check themselves: None where every step ends with 0 and the last one prints what is expected."""
    for step, (status, out, err) in enumerate(steps, 1):
        if status != 0:
            return f"step {step}: exit status {status}; {(out + err)[-300:].decode(errors='replace')}"
    found = re.search(case["expect"].encode(), steps[-1][1], re.MULTILINE)
    return None if found else f"does not print {case['expect']!r}: {steps[-1][1][-200:]!r}"


def expand(case, suite):
    """A case with "lines" stands for one case per line of that file: the arguments, and perhaps "< FILE" for the input."""
    if "lines" not in case:
        return [case]
    cases = []
    for number, line in enumerate((suite / case["lines"]).read_text().splitlines(), 1):
        words, stdin = re.fullmatch(r"(.*?)(?: < ([\w.]+))?", line).groups()
        arguments = shlex.split(words)
        cases.append({"name": f"{case['name']}-{number}-{arguments[0]}", "stdin": stdin or "", "steps": [[case["program"], *arguments]],
                      **{key: case[key] for key in ("env", "varies") if key in case}})
    return cases


def run_case(case, args):
    """Runs one case natively and in the engine; returns (what failed or None, seconds in the engine)."""
    size = case.get("quick_size" if args.quick else "size")
    wasm, native = args.program_dir / "wasm", args.program_dir / "native"
    start = time.monotonic()
    try:
        actual = run_steps(case, lambda name: [*args.vm, wasm / f"{name}.wasm"], size, args)
        seconds = time.monotonic() - start
        if "expect" in case:
            return judge_alone(case, actual), seconds
        expected = run_steps(case, lambda name: [native / name.removesuffix("-exnref")], size, args)
    except subprocess.TimeoutExpired as late:
        return f"no end after {late.timeout:g} s", time.monotonic() - start
    return compare(case, expected, actual), seconds


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
    parser.add_argument("--suite", type=pathlib.Path, default=HERE)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_intermixed_args()
    cases = json.loads((args.suite / "cases.json").read_text())["cases"]
    cases = [one for case in cases for one in expand(case, args.suite)]
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
