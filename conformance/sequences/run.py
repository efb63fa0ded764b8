#!/usr/bin/env python3
"""Pseudorandom sequences of system calls, run natively and in the VM: each call must answer the same on both sides.

usage: run.py LIND_VM LIND_CC [--first SEED] [--sequences COUNT] [--calls COUNT]

Of a sequence that differs, the calls up to the first difference are kept in a file whose name is printed; --first SEED
--sequences 1 runs it again. Prints, as the last line, "N passed, N failed, N skipped".
"""
import argparse
import itertools
import os
import pathlib
import random
import re
import shlex
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_SECONDS = 240
SHOWN = 5  # differences


def build(compiler, folder, name):
    program = folder / name
    subprocess.run([compiler, "-O1", "-w", f"-I{folder}", str(HERE / "sequences.c"), "-o", str(program)], check=True)
    return str(program)


def output(command, folder, words):
    folder.mkdir()
    done = subprocess.run([*command, *words], cwd=folder, capture_output=True, text=True, timeout=LIMIT_SECONDS)
    return done.stdout, f"ended with status {done.returncode} {done.stderr[-1000:]}" if done.returncode else ""


def sequences(text):
    """Seed to lines."""
    parts = re.split(r"^sequence (\d+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], (part.splitlines() for part in parts[2::2])))


def first_difference(native, guest):
    """The number of the first line that differs, or None."""
    pairs = itertools.zip_longest(native, guest)
    return next((at for at, (one, other) in enumerate(pairs) if one != other), None)


def report(seed, native, guest, at):
    with tempfile.NamedTemporaryFile("w", prefix=f"lind-vm-sequence-{seed}-", delete=False) as kept:
        kept.write("\n".join(native[:at + 1]))
    sides = [lines[at] if at < len(lines) else "nothing" for lines in (native, guest)]
    print(f"sequence {seed}, call {at}: native {sides[0]}\n{'':>{len(seed) + 9}} and guest {sides[1]}\n  {kept.name}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vm")
    parser.add_argument("cc")
    parser.add_argument("--first", type=int, default=random.SystemRandom().randrange(1 << 30))
    parser.add_argument("--sequences", type=int, default=300)
    parser.add_argument("--calls", type=int, default=300)
    options = parser.parse_args()
    vm = shlex.split(options.vm)
    vm[0] = str(pathlib.Path(vm[0]).resolve())
    words = [str(options.first), str(options.sequences), str(options.calls)]
    print(f"seeds from {options.first}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run([str(HERE / "make_table.py"), str(folder / "table.inc")], check=True)
        native_run = output([build(os.environ.get("CC", "gcc"), folder, "native")], folder / "one", words)
        view = ["--dir", f"{folder / 'two'}::/"]
        guest_run = output([*vm, *view, build(options.cc, folder, "guest")], folder / "two", words)
        subprocess.run(["chmod", "-R", "u+rwx", name], check=True)
    problems = [f"{side}: {run[1]}" for side, run in (("native", native_run), ("guest", guest_run)) if run[1]]
    native, guest = sequences(native_run[0]), sequences(guest_run[0])
    differing = [(seed, at) for seed in native
                 if (at := first_difference(native[seed], guest.get(seed, []))) is not None]
    print(*problems, sep="\n", end="\n" if problems else "")
    for seed, at in differing[:SHOWN]:
        report(seed, native[seed], guest.get(seed, []), at)
    failed = len(differing) + len(problems)
    print(f"{options.sequences - len(differing)} passed, {failed} failed, 0 skipped")
    raise SystemExit(failed != 0)


main()
