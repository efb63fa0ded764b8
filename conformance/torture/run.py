#!/usr/bin/env python3
"""Runs the built torture tests in a WebAssembly engine; each must exit with status 0.

usage: run.py GUEST_DIR --vm "build/bin/lind-vm [flags]" [--known FILE] [--timeout SECONDS] [--jobs N] [--every N] [NAME ...]

FILE lists the known failures, "NAME: reason" per line. They are run too and counted as skipped; one
that passes is a failure of the run, so that the list stays true. With --every only each Nth program runs, for
engines that are slow to start. Only failures are printed, and as
the last line "N passed, N failed, N skipped".
"""
import argparse
import concurrent.futures
import os
import pathlib
import shlex
import subprocess
import sys


def read_known(path):
    """The known failures as {name: reason}."""
    if path is None:
        return {}
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


def run(command, timeout):
    """Runs one program; returns None where it exits with 0, else what happened."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout)
    except subprocess.TimeoutExpired:
        return f"no end after {timeout:g} s"
    if done.returncode == 0:
        return None
    lines = done.stdout.decode(errors="replace").strip().splitlines()
    return f"exit status {done.returncode}" + (f": {lines[0][:150]}" if lines else "")


def judge(name, outcome, known):
    """(column of the totals, line to print or None) for one program's outcome."""
    if outcome is None:
        return (1, f"{name}: passes, but is listed as a known failure") if name in known else (0, None)
    return (2, None) if name in known else (1, f"{name}: {outcome}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("guest_dir", type=pathlib.Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--vm", required=True)
    parser.add_argument("--known", type=pathlib.Path)
    parser.add_argument("--timeout", type=float, default=10)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_intermixed_args()
    vm, known = shlex.split(args.vm), read_known(args.known)
    names = args.names or sorted(path.stem for path in args.guest_dir.glob("*.wasm"))[::args.every]
    if not names:
        sys.exit(f"no programs in {args.guest_dir}")
    totals = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        outcomes = pool.map(lambda name: run([*vm, str(args.guest_dir / f"{name}.wasm")], args.timeout), names)
        for name, outcome in zip(names, outcomes):
            column, line = judge(name, outcome, known)
            totals[column] += 1
            if line:
                print(line, flush=True)
    print("{} passed, {} failed, {} skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
