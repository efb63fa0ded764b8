#!/usr/bin/env python3
"""Runs every GoogleTest binary (*_tests) of a build and prints totals.

usage: unit_tests.py BIN_DIR [--timeout SECONDS] [--jobs N]

A binary that crashes or runs out of time counts as one failure more. The last line is
"N passed, N failed, N skipped"; the exit status is 1 where something failed.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile


def count_results(report):
    """Totals of one GoogleTest JSON report: [passed, failed, skipped]."""
    totals = [0, 0, 0]
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            if test.get("result") == "SKIPPED" or test.get("status") == "NOTRUN":
                totals[2] += 1
            else:
                totals[1 if test.get("failures") else 0] += 1
    return totals


def run_binary(binary, timeout):
    """Runs one binary; returns its totals and what it printed."""
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.json"
        command = [str(binary), "--gtest_brief=1", f"--gtest_output=json:{report}"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, cwd=scratch)
            output, status = done.stdout, done.returncode
        except subprocess.TimeoutExpired as late:
            text = (late.stdout or b"").decode(errors="replace")
            return [0, 1, 0], f"{text}\n{binary.name}: no end after {timeout} s"
        text = output.decode(errors="replace")
        counts = count_results(json.loads(report.read_text())) if report.exists() else [0, 0, 0]
        # Sanitizers change the status at the end, when all tests have passed.
        if status != (1 if counts[1] else 0) or not report.exists():
            counts[1] += 1
            text += f"\n{binary.name}: exit status {status}"
        return counts, text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bin_dir", type=pathlib.Path)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    args = parser.parse_args()
    binaries = sorted(args.bin_dir.resolve().glob("*_tests"))
    if not binaries:
        sys.exit(f"no test binaries in {args.bin_dir}")
    totals = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for binary, (counts, text) in zip(
                binaries, pool.map(lambda binary: run_binary(binary, args.timeout), binaries)):
            if counts[1]:
                print(text)
            print(f"{binary.name}: {counts[0]} passed, {counts[1]} failed, {counts[2]} skipped")
            totals = [total + count for total, count in zip(totals, counts)]
    print("{} passed, {} failed, {} skipped".format(*totals))
    sys.exit(1 if totals[1] else 0)


if __name__ == "__main__":
    main()
