#!/usr/bin/env python3
"""Whether the programs make every call: each row of the VM's call table that is implemented must be seen to succeed, to
fail, to answer EFAULT where an argument is an address that the call reads or writes, and to answer each error that its
manual page documents (documented.txt).

usage: table.py LIND_VM LIND_CC

Runs the programs of run.py with --strace. What unseen.txt lists, with a reason, counts as skipped, or as failed where it
is seen after all; so do the calls of programs that the host's kernel is too old for. Prints what is missing and, as the
last line, "N passed, N failed, N skipped", counted in things to be seen of a call.
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
PLAIN = {"address", "at_fd", "bits", "bits_and_mode", "choice", "clock_id", "fd", "fd_number", "flags", "futex_operation", "int32",
         "mode", "named", "offset", "offset_high_first", "signal_number", "size", "socket_fd", "socket_type", "wait_options"}
TRACED = re.compile(r"(?:\[pid +\d+\] )?(?:<\.\.\. )?(\w+)(?:\(| resumed>).* = (?:-1 (E\w+)|.*)")


def wanted():
    """Call to what must be seen of it."""
    rows = {}
    for path in TABLE.glob("*.def"):
        for name, support, columns in ROW.findall(path.read_text()):
            kinds = set(re.findall(r'(\w+)<[^<>]*"', columns))
            if support not in NOT_IMPLEMENTED:
                rows[name] = {"success", "error"} | ({"EFAULT"} if kinds - PLAIN else set())
    for name, errors in fields_of("documented.txt", 2):
        rows[name] |= set(errors.split())
    return rows


def fields_of(list_name, count):
    """The lines "field: field: ..." of a list."""
    lines = (run.HERE / list_name).read_text().splitlines()
    return [line.split(": ", count - 1) for line in lines if line and not line.startswith("#")]


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


def exceptions(needed):
    """Of the (call, what) pairs that are needed and others: those that are listed by name, and those that are listed for
    all calls."""
    listed = [(name, what) for name, whats, _ in fields_of("unseen.txt", 3) for what in whats.split()]
    for_all = {what for name, what in listed if name == "*"}
    return {pair for pair in listed if pair[0] != "*"}, {pair for pair in needed if pair[1] in for_all}


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
    seen = all_seen(vm, sys.argv[2], served)
    needed = {(name, what) for name, whats in wanted().items() for what in whats}
    named, for_all = exceptions(needed)
    unseen = needed - seen - named - for_all
    problems = {f"{name}: no program makes it answer {what}" for name, what in unseen if name not in left_out}
    problems |= {f"{name}: answers {what}, but is listed" for name, what in seen & named}
    problems |= {f"{name}: {what} is listed, but not needed" for name, what in named - needed}
    print(*sorted(problems), sep="\n", end="\n" if problems else "")
    passed = needed & seen - named
    print(f"{len(passed)} passed, {len(problems)} failed, {len(needed - passed) - len(problems)} skipped")
    sys.exit(bool(problems))


main()
