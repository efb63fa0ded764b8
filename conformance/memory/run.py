#!/usr/bin/env python3
"""What guests may expect of memory that is mapped by the VM: the allocator gives it back, processes share files through
it, and mappings may be larger than what is resident.

usage: run.py LIND_VM LIND_CC [--operations COUNT]

Compares with native builds of the same programs (bench/malloc measures speed). Prints figures, what failed and, as the last
line, "N passed, N failed, N skipped".
"""
import argparse
import pathlib
import shlex
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_SECONDS = 600
MOST_RESIDENT = 1.2      # of the native build's memory, beside what the VM itself takes
VM_MIB = 24              # for the VM itself: code, stacks, tables
FILLED_SHARE = 10        # one of so many operations, where all bytes are written
MAPPING_MIB = 256        # resident of a mapping of 3 GiB that is used piece by piece


class Suite:
    def __init__(self, vm, lind_cc, operations, folder):
        self.vm, self.lind_cc, self.operations, self.folder = vm, lind_cc, operations, pathlib.Path(folder)
        self.passed = self.failed = 0

    def check(self, name, holds, words):
        print(f"{name}: {'' if holds else 'FAILED: '}{words}")
        self.passed += bool(holds)
        self.failed += not holds

    def build(self, compiler, name, kind):
        program = self.folder / f"{name}.{kind}"
        subprocess.run([*compiler, "-O2", str(HERE / f"{name}.c"), "-o", str(program)], check=True)
        return str(program)

    def native(self, name):
        return [self.build(["gcc"], name, "native")]

    def guest(self, name):
        return [*self.vm, "--dir", f"{self.folder}::/", self.build([self.lind_cc], name, "wasm")]

    def malloc(self, how, operations):
        native = observe([*self.native("malloc_stress"), str(operations), how])
        guest = observe([*self.guest("malloc_stress"), str(operations), how])
        for when in ("peak", "live", "freed"):
            most = native[when] * MOST_RESIDENT + VM_MIB
            self.check(f"malloc {how} {when}", guest[when] <= most, f"{guest[when]:.0f} MiB resident, native {native[when]:.0f}")
        self.check(f"malloc {how} output", guest["output"] == native["output"], guest["output"].strip())

    def malloc_sparse(self):
        self.malloc("sparse", self.operations)

    def malloc_filled(self):
        self.malloc("filled", self.operations // FILLED_SHARE)

    def shared_file(self):
        programs = {"native": self.native("shared_writes"), "guest": self.guest("shared_writes")}
        for first, second in [("guest", "guest"), ("guest", "native"), ("native", "guest")]:
            path = self.folder / "counter"
            path.unlink(missing_ok=True)
            path.touch()
            one = subprocess.Popen([*programs[first], "counter", "FIRST"], cwd=self.folder)
            two = subprocess.run([*programs[second], "counter", "SECOND"], cwd=self.folder, capture_output=True,
                                 text=True, timeout=LIMIT_SECONDS)
            done = one.wait(LIMIT_SECONDS) == 0 and two.stdout == "2000 turns\n"
            self.check(f"shared file, {first} and {second}", done, two.stdout.strip() + two.stderr.strip())

    def large_mapping(self):
        found = observe([*self.guest("large_mapping"), "large"], self.folder)
        self.check("large mapping", found["output"].startswith("sum 7140 last 119"), found["output"].strip())
        self.check("large mapping memory", found["peak"] <= MAPPING_MIB, f"{found['peak']:.0f} MiB at most resident")
        (self.folder / "large").unlink()


def memory_mib(pid, line):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    found = [int(words.split()[1]) / 1024 for words in text.splitlines() if words.startswith(line)]
    return found[0] if found else 0  # a process that has ended has none


def observe(command, folder=None):
    """Runs a program that waits for a line after each of its own: its resident memory at each, its peak, its output."""
    found = {"output": "", "peak": 0}
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            found["output"] += line
            word = line.strip()
            found["peak"] = max(found["peak"], memory_mib(process.pid, "VmHWM:"))
            if word in ("live", "freed"):
                found[word] = memory_mib(process.pid, "VmRSS:")
            if word in ("live", "freed") or word.startswith("sum"):
                process.stdin.write("\n")
                process.stdin.flush()
        if process.wait(LIMIT_SECONDS) != 0:
            raise RuntimeError(f"{command}: status {process.returncode}")
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("vm")
    parser.add_argument("lind_cc")
    parser.add_argument("--operations", type=int, default=10_000_000)
    options = parser.parse_args()
    vm = shlex.split(options.vm)
    vm[0] = str(pathlib.Path(vm[0]).resolve())
    with tempfile.TemporaryDirectory() as folder:
        suite = Suite(vm, options.lind_cc, options.operations, folder)
        for part in (suite.malloc_sparse, suite.malloc_filled, suite.shared_file, suite.large_mapping):
            try:
                part()
            except Exception as error:  # a part that cannot be run has failed
                suite.check(part.__name__, False, str(error))
    print(f"{suite.passed} passed, {suite.failed} failed, 0 skipped")
    raise SystemExit(suite.failed != 0)


main()
