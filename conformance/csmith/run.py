#!/usr/bin/env python3
"""Random C programs from Csmith: built natively and for WASI, each must print the same checksums on both sides, in every tier.

usage: run.py LIND_VM [--first SEED] [--programs COUNT] [--seconds SECONDS] [--jobs N]

The native build is 32-bit with the guest's alignment, so that the data models agree. Guests are built with an optimisation level that
follows from the seed, as does how large the program may get. Programs that take Csmith, the compilers or their native build too long
(many do not end), and those that crash there, are replaced by those of further seeds; those that the time does not suffice for are skipped. Programs that fail are kept in a folder whose name is printed; --first SEED --programs 1 runs one again. The programs
in regressions/ are run first. Prints, as the last line, "N passed, N failed, N skipped".
"""
import argparse
import concurrent.futures
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
COMPILER = ["clang-22", "-w", "-I/usr/include/csmith"]
NATIVE = ["-m32", "-malign-double", "-O1"]
GUEST = ["--target=wasm32-wasi", "--no-wasm-opt"]
LEVELS = ["-O1", "-O2", "-O0", "-Os"]
MODES = [["--tier=interp"], ["--tier=baseline"], ["--tier=auto", "--tier-threshold=1"],
         ["--tier=auto", "--tier-threshold=1", "--verify-stack=1000"]]
SIZES = [["--max-funcs", "5", "--max-block-depth", "3"]] * 4 + [["--max-funcs", "7", "--max-block-depth", "4"]] * 4
MAKE_SECONDS = 15  # to generate or compile a program
NATIVE_SECONDS = 0.5
GUEST_SECONDS = 60
VERBOSE = "1"  # the programs' argument: print the checksum after each variable


def output(command, seconds, folder=None):
    """What a command prints, with its status where that is not 0; None where it does not end in time."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=seconds, cwd=folder, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        return None
    return done.stdout + (f"exit status {done.returncode}\n" if done.returncode else "")


def first_difference(native, guest):
    """The first line of the guest that is not the native one's."""
    lines = zip(guest.splitlines() + ["nothing"], native.splitlines() + ["nothing"])
    return next((f"{one!r} where native prints {other!r}" for one, other in lines if one != other), "more than native")


def build(source, target, options):
    """None where the program was built, False where that takes too long, else what the compiler says."""
    text = output([*COMPILER, *options, str(source), "-o", str(target)], MAKE_SECONDS)
    if text is None:
        return False
    return None if target.exists() else f"does not compile: {text[:300]}"


def ends_natively(folder, source, level):
    """As built with the guest's optimisation: compilers may remove loops that would not end."""
    native = folder / "native_as_guest"
    return build(source, native, [*NATIVE, level]) is None and output([str(native), VERBOSE], GUEST_SECONDS) is not None


def compare(vm, folder, source, level):
    """None where all agree, False where there is nothing to compare, else what differs."""
    native, guest = folder / "native", folder / "guest.wasm"
    if (problem := build(source, native, NATIVE)) is not None:
        return problem
    expected = output([str(native), VERBOSE], NATIVE_SECONDS)
    if expected is None or "exit status" in expected:  # Csmith's programs are not all free of undefined behaviour
        return False
    if (problem := build(source, guest, [*GUEST, level])) is not None:
        return problem
    for mode in MODES:
        got = output([vm, *mode, str(guest), VERBOSE], GUEST_SECONDS)
        if got is None and not ends_natively(folder, source, level):
            return False
        if got != expected:
            what = "no end" if got is None else first_difference(expected, got)
            return f"{' '.join(mode)} {level}: {what}"
    return None


class Run:
    """The programs of one run, in a scratch folder."""

    def __init__(self, options, scratch):
        self.vm, self.scratch = str(pathlib.Path(options.vm).resolve()), scratch
        self.end = time.monotonic() + options.seconds

    def has_time(self):
        return time.monotonic() < self.end

    def regression(self, source):
        return self.one(source.stem, lambda target: shutil.copy(source, target), 0)

    def seed(self, seed):
        command = ["csmith", *SIZES[seed % len(SIZES)], "--seed", str(seed), "--output"]
        return self.one(str(seed), lambda target: output([*command, str(target)], MAKE_SECONDS, target.parent), seed)

    def one(self, name, make, number):
        """(name, as compare() answers)"""
        if not self.has_time():
            return name, False
        folder = self.scratch / name
        folder.mkdir()
        source = folder / "program.c"
        if make(source) is None:
            return name, False
        outcome = compare(self.vm, folder, source, LEVELS[number % len(LEVELS)])
        if outcome:
            kept = pathlib.Path(tempfile.mkdtemp(prefix=f"lind-vm-csmith-{name}-"))
            shutil.copytree(folder, kept, dirs_exist_ok=True)
            outcome += f" ({kept})"
        shutil.rmtree(folder)
        return name, outcome


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vm")
    parser.add_argument("--first", type=int, default=random.SystemRandom().randrange(1, 1 << 30))
    parser.add_argument("--programs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    print(f"seeds from {options.first}", flush=True)
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        run, seeds = Run(options, pathlib.Path(scratch)), itertools.count(options.first)
        pending = {pool.submit(run.regression, source) for source in sorted((HERE / "regressions").glob("*.c"))}
        pending |= {pool.submit(run.seed, next(seeds)) for _ in range(options.programs)}
        while pending:
            done, pending = concurrent.futures.wait(pending, return_when=concurrent.futures.FIRST_COMPLETED)
            for name, outcome in (future.result() for future in done):
                if outcome is False and run.has_time():
                    pending.add(pool.submit(run.seed, next(seeds)))
                    continue
                totals["passed" if outcome is None else "failed" if outcome else "skipped"] += 1
                if outcome:
                    print(f"{name}: {outcome}", flush=True)
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**totals))
    raise SystemExit(totals["failed"] != 0)


main()
