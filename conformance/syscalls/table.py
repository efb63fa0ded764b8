#!/usr/bin/env python3
"""Whether the programs make every call: each row of the VM's call table that is implemented must be seen to succeed, to
fail and, where an argument is an address that the call reads or writes, to answer EFAULT.

usage: table.py LIND_VM LIND_CC

Runs the programs of run.py with --strace. What unseen.txt lists, with a reason, counts as skipped, or as failed where it
is seen after all; so do the calls of programs that the host's kernel is too old for. Prints what is missing and, as the
last line, "N passed, N failed, N skipped", counted in calls.
"""
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import run

TABLE = run.HERE.parents[1] / "syscalls/table"
ROW = re.compile(r"^SYS\((\w+), *\d+, *[\w| ]+, *(\w+), *\w+(.*)\)$", re.MULTILINE)  # name, support, columns
NOT_IMPLEMENTED = {"None", "Core"}
# Columns whose argument is no address that the call follows, whatever its value.
PLAIN = {"address", "at_fd", "choice", "clock_id", "fd", "fd_number", "flags", "int32", "mode", "offset", "offset_high_first",
         "signal_number", "size", "socket_fd", "socket_type"}
TRACED = re.compile(r"(?:\[pid +\d+\] )?(?:<\.\.\. )?(\w+)(?:\(| resumed>).* = (?:-1 (E\w+)|.*)")


def wanted():
    """Call to what must be seen of it."""
    rows = {}
    for path in TABLE.glob("*.def"):
        for name, support, columns in ROW.findall(path.read_text()):
            kinds = set(re.findall(r'(\w+)<[^<>]*"', columns))
            if support not in NOT_IMPLEMENTED:
                rows[name] = {"success", "error"} | ({"EFAULT"} if kinds - PLAIN else set())
    return rows


def seen_of(vm, lind_cc, source):
    """(call, what is seen of it) pairs of a program's runs."""
    guest, seen = run.build(lind_cc, source, "wasm"), set()
    for arguments in run.runs_of(source):
        with run.root_directory() as folder, tempfile.NamedTemporaryFile("r", errors="replace") as trace:
            command = [*vm, f"--strace={trace.name}", "--dir", f"{folder}::/", str(guest), *arguments]
            subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True,
                           timeout=run.LIMIT_SECONDS, env=run.ENVIRONMENT)
            for name, error in (match.groups() for match in map(TRACED.match, trace) if match):
                seen |= {(name, "error"), (name, error)} if error else {(name, "success")}
    return seen


def exceptions():
    """(call, what) to the reason."""
    lines = (run.HERE / "unseen.txt").read_text().splitlines()
    fields = [line.split(": ", 2) for line in lines if line and not line.startswith("#")]
    return {(name, what): reason for name, what, reason in fields}


def all_seen(vm, lind_cc, sources):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return set().union(*pool.map(lambda source: seen_of(vm, lind_cc, source), sources))


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    vm = shlex.split(sys.argv[1])
    vm[0] = str(pathlib.Path(vm[0]).resolve())
    sources = list(run.HERE.glob("*.c"))
    served = [source for source in sources if run.host_serves(source)]
    left_out = "".join(source.read_text() for source in sources if source not in served)
    seen, excepted = all_seen(vm, sys.argv[2], served), exceptions()
    needed = {(name, what) for name, whats in wanted().items() for what in whats}
    unseen = needed - seen - excepted.keys()
    problems = {f"{name}: no program makes it answer {what}" for name, what in unseen if name not in left_out}
    problems |= {f"{name}: answers {what}, but is listed" for name, what in seen & excepted.keys()}
    problems |= {f"{name}: {what} is listed, but not needed" for name, what in excepted.keys() - needed}
    print(*sorted(problems), sep="\n", end="\n" if problems else "")
    skipped = {name for name, _ in (excepted.keys() & needed) | unseen}
    passed = {name for name, _ in needed} - skipped
    print(f"{len(passed)} passed, {len(problems)} failed, {len(skipped)} skipped")
    sys.exit(bool(problems))


main()
