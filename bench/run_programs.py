#!/usr/bin/env python3
"""Runs the benchmark programs natively, in lind-vm and in the peers that are installed.

Rounds are interleaved: each round runs a program once in every engine, so that a change of the
machine's load hits all of them. The figure of an engine is the least user + system CPU time over
the rounds, as a ratio to the native build's; a program's output must be the same everywhere.
Prints tables, and writes the samples as JSON and a chart as SVG.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import time

import build_programs
import engines as engine_list
import svg_chart

TIME_LIMIT_SECONDS = 120
STARTUP_PROGRAM = "hello"


@dataclasses.dataclass
class Sample:
    """One run: exit status (128+n when killed by signal n), CPU and wall seconds, peak KiB, stdout."""
    status: int
    cpu: float
    wall: float
    rss_kib: int
    output: str


@dataclasses.dataclass
class Result:
    """All samples of one program in one engine; `problem` says why they do not count."""
    samples: list
    problem: str = ""

    @property
    def cpu(self):
        return min(s.cpu for s in self.samples)

    @property
    def median_cpu(self):
        return statistics.median(s.cpu for s in self.samples)

    @property
    def wall(self):
        return statistics.median(s.wall for s in self.samples)

    @property
    def rss_kib(self):
        return statistics.median(s.rss_kib for s in self.samples)


def run_once(launcher, command):
    read_end, write_end = os.pipe()
    try:
        line = [str(launcher), str(TIME_LIMIT_SECONDS), str(write_end), *command]
        done = subprocess.run(line, pass_fds=(write_end,), stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace")
        os.close(write_end)
        write_end = -1
        with os.fdopen(read_end, closefd=False) as stream:
            status, wall, user, system, rss = map(int, stream.read().split())
    finally:
        os.close(read_end)
        if write_end >= 0:
            os.close(write_end)
    output = done.stdout if status == 0 else done.stdout + done.stderr
    return Sample(status, (user + system) / 1e6, wall / 1e9, rss, output)


def problem_of(sample, reference):
    if sample.status != 0:
        reason = sample.output.strip().splitlines()
        return f"exit status {sample.status}" + (f": {reason[-1][:100]}" if reason else "")
    return "" if sample.output == reference else f"wrong output {sample.output.strip()[:60]!r}"


def measure(built, engines, launcher, rounds, quick):
    """{engine name: Result} for one program. An engine that fails once is not run again."""
    program = built.program
    arguments = [] if program.name == STARTUP_PROGRAM else [str(program.quick if quick else program.size)]
    results = {e.name: Result([]) for e in engines}
    reference = None
    for _ in range(rounds):
        for engine in engines:
            result = results[engine.name]
            if result.problem:
                continue
            sample = run_once(launcher, engine.command_line(built, arguments))
            if engine.role == "native":
                reference = sample.output
            result.samples.append(sample)
            result.problem = problem_of(sample, reference)
    return results


def geometric_mean(values):
    return statistics.geometric_mean(values) if values else None


def ratio_table(measured, engines, startup):
    """{program: {engine: CPU ratio to native or None}}, start-up subtracted where it is given."""
    def net(name, result):
        return max(result.cpu - startup.get(name, 0.0), 1e-6)

    table = {}
    for program, results in measured.items():
        base = net("native", results["native"])
        table[program] = {e.name: None if results[e.name].problem else net(e.name, results[e.name]) / base
                          for e in engines if e.role != "native"}
    return table


def group_means(table, programs, names):
    """{group or "all": {engine: geometric mean}}, each over the programs that the engine ran."""
    groups = {"all": list(table)}
    for program in programs:
        if program.name in table:
            groups.setdefault(program.group, []).append(program.name)
    return {group: {n: geometric_mean([table[m][n] for m in members if table[m][n]]) for n in names}
            for group, members in groups.items()}


def versus_peers(table, engines):
    """Rows (subject, peer, programs both ran, mean speed-up, least, most) of subject over peer."""
    rows = []
    for subject in (e for e in engines if e.role == "subject"):
        for peer in (e for e in engines if e.role != "native" and e.name != subject.name):
            gains = [(cells[peer.name] / cells[subject.name], program) for program, cells in table.items()
                     if cells[peer.name] and cells[subject.name]]
            if gains:
                rows.append((subject.name, peer.name, len(gains), geometric_mean([g for g, _ in gains]),
                             min(gains), max(gains)))
    return rows


def cell(value):
    return f"{value:11.2f}" if value else f"{'-':>11}"


def print_ratios(measured, table, means, names):
    print("\nCPU time relative to native (lower is better)")
    print(f"{'program':16}{'native ms':>10}" + "".join(f"{n[:11]:>12}" for n in names))
    for program, cells in table.items():
        native = measured[program]["native"].cpu * 1e3
        print(f"{program:16}{native:10.1f}" + "".join(" " + cell(cells[n]) for n in names))
    print("\nGeometric means, each over the programs that the engine ran")
    for group, values in means.items():
        print(f"{group:26}" + "".join(" " + cell(values[n]) for n in names))


def print_versus(rows):
    for subject, peer, count, mean, least, most in rows:
        print(f"{subject} against {peer}: {mean:.2f}x as fast over {count} programs "
              f"(least {least[0]:.2f}x {least[1]}, most {most[0]:.2f}x {most[1]})")


def print_startup(results):
    print(f"\nStart-up of {STARTUP_PROGRAM} (medians)\n{'engine':16}{'wall ms':>10}{'CPU ms':>10}{'RSS MiB':>10}")
    for name, result in results.items():
        if result.problem:
            print(f"{name:16}{result.problem:>10}")
        else:
            print(f"{name:16}{result.wall * 1e3:10.2f}{result.median_cpu * 1e3:10.2f}{result.rss_kib / 1024:10.1f}")


def result_json(result):
    if result.problem:
        return {"problem": result.problem}
    return {"cpu_s": result.cpu, "median_cpu_s": result.median_cpu, "median_wall_s": result.wall,
            "median_rss_kib": result.rss_kib, "cpu_samples_s": [s.cpu for s in result.samples]}


def write_results(directory, args, engines, measured, table, means, versus, startup):
    directory.mkdir(parents=True, exist_ok=True)
    document = {
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "host": {"machine": platform.machine(), "kernel": platform.release(), "cpus": os.cpu_count()},
        "rounds": args.rounds, "quick": args.quick, "startup_subtracted": not args.with_startup,
        "engines": [{"name": e.name, "role": e.role, "command": list(e.command)} for e in engines],
        "programs": {p: {n: result_json(r) for n, r in results.items()} for p, results in measured.items()},
        "ratios": table, "means": means,
        "versus": [{"subject": s, "peer": p, "programs": c, "speedup": m, "least": l, "most": h}
                   for s, p, c, m, l, h in versus],
        "startup": {n: result_json(r) for n, r in startup.items()},
    }
    (directory / "programs.json").write_text(json.dumps(document, indent=1) + "\n")
    names = [e.name for e in engines if e.role != "native"]
    rows = [(p, cells) for p, cells in table.items()]
    if rows and names:
        rows.append(("geometric mean", means["all"]))
        chart = svg_chart.grouped_bars("CPU time relative to native", f"{document['when']}, least of {args.rounds} "
                                       "rounds, log scale, lower is better", rows, names)
        (directory / "programs.svg").write_text(chart)
    print(f"\nwritten: {directory / 'programs.json'}, {directory / 'programs.svg'}")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("programs", nargs="*", help="program or group names (default: all)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each program in each engine (default 3)")
    parser.add_argument("--quick", action="store_true", help="about a tenth of the work per program")
    parser.add_argument("--check", action="store_true",
                        help="one quick round, and instead of figures how many outputs were as the native build's")
    parser.add_argument("--engine", action="append", default=[], metavar="NAME=COMMAND",
                        help="a lind-vm to measure, with its options; may be repeated (default: build/bin/lind-vm)")
    parser.add_argument("--peers", default="wasm3,iwasm", metavar="NAMES",
                        help="comma-separated: %s, all, none (default: wasm3,iwasm)"
                        % ", ".join(name for name, _, _ in engine_list.PEERS))
    parser.add_argument("--with-startup", action="store_true",
                        help="do not subtract each engine's CPU time for hello")
    parser.add_argument("--startup-rounds", type=int, default=20)
    parser.add_argument("--output", type=pathlib.Path, default=build_programs.cache_dir().parent / "bench-results",
                        metavar="DIR", help="where programs.json and programs.svg go")
    args = parser.parse_args()
    if args.check:
        args.quick, args.rounds, args.startup_rounds, args.peers = True, 1, 1, "none"
    return args


def choose_engines(args):
    subjects = [engine_list.parse_subject(text) for text in args.engine] or engine_list.default_subjects()
    if not subjects:
        print(f"lind-vm not built ({engine_list.DEFAULT_LIND_VM}): measuring the others", file=sys.stderr)
    wanted = None if args.peers == "all" else args.peers.split(",")
    known = {name for name, _, _ in engine_list.PEERS} | {"none"}
    if wanted and not known.issuperset(wanted):
        raise ValueError(f"no such peer: {', '.join(sorted(set(wanted) - known))}")
    peers, missing = engine_list.find_peers(wanted)
    if missing:
        print(f"peers not found: {', '.join(missing)} (install them or set LINDVM_PEER_...)", file=sys.stderr)
    return [engine_list.NATIVE, *subjects, *peers]


def report_problems(measured, engines):
    """Prints what failed; true when a subject is among it."""
    roles = {e.name: e.role for e in engines}
    subject_failed = False
    for program, results in measured.items():
        for name, result in results.items():
            if result.problem:
                print(f"{name} on {program}: {result.problem}", file=sys.stderr)
                subject_failed |= roles[name] != "peer"
    return subject_failed


def print_check(measured, engines):
    """The test run's closing line: one test per program and lind-vm; skipped if there is no lind-vm."""
    subjects = [e.name for e in engines if e.role == "subject"]
    results = [measured[p][name] for p in measured for name in subjects]
    failed = sum(1 for r in results if r.problem)
    print(f"{len(results) - failed} passed, {failed} failed, {0 if subjects else len(measured)} skipped")


def show_progress(name):
    if sys.stderr.isatty():
        print(f"\r{name:20}\r", end="", file=sys.stderr, flush=True)


def measure_all(args, engines):
    """(programs chosen, {program: {engine: Result}}, the same of the start-up program)."""
    programs = build_programs.load_programs()
    chosen = [p for p in build_programs.select(programs, args.programs) if p.name != STARTUP_PROGRAM]
    hello = next(p for p in programs if p.name == STARTUP_PROGRAM)
    launcher = build_programs.build_launcher()
    *built, built_hello = build_programs.build_all([*chosen, hello])
    startup = measure(built_hello, engines, launcher, args.startup_rounds, args.quick)
    measured = {}
    for item in built:
        show_progress(item.program.name)
        measured[item.program.name] = measure(item, engines, launcher, args.rounds, args.quick)
    show_progress("")
    return chosen, measured, startup


def report(args, engines, chosen, measured, startup):
    """Everything that is printed and written about a finished run."""
    subtract = {} if args.with_startup else {n: r.cpu for n, r in startup.items() if not r.problem}
    table = ratio_table(measured, engines, subtract)
    names = [e.name for e in engines if e.role != "native"]
    means = group_means(table, chosen, names)
    versus = versus_peers(table, engines)
    print_ratios(measured, table, means, names)
    print_versus(versus)
    print_startup(startup)
    write_results(args.output, args, engines, measured, table, means, versus, startup)


def main():
    args = parse_arguments()
    os.environ.setdefault("LINDVM_CODE_CACHE", "off")  # every round is a first run
    try:
        engines = choose_engines(args)
        chosen, measured, startup = measure_all(args, engines)
    except (build_programs.BuildError, ValueError) as error:
        print(f"run_programs: {error}", file=sys.stderr)
        return 2
    if not args.check:
        report(args, engines, chosen, measured, startup)
    everything = {**measured, STARTUP_PROGRAM: startup}
    subject_failed = report_problems(everything, engines)
    if args.check:
        print_check(everything, engines)
    return 1 if subject_failed else 0


if __name__ == "__main__":
    sys.exit(main())
