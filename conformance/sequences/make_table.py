#!/usr/bin/env python3
"""Makes the C table of the calls of rows.txt, with their arguments' kinds, from the VM's own call table.

usage: make_table.py OUT_FILE
"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE.parents[1] / "syscalls/table"
NATIVE = {"llseek": "lseek", "fadvise64_64": "fadvise64"}  # others lose the size in their names
# Bits that ask for what depends on the file system or the machine, or that one side need not have.
LEFT_OUT = {"O_ASYNC", "O_DIRECT", "O_TMPFILE", "O_NOCTTY", "RENAME_WHITEOUT", "FALLOC_FL_COLLAPSE_RANGE",
            "FALLOC_FL_INSERT_RANGE", "RWF_HIPRI", "RWF_NOWAIT", "RWF_ATOMIC", "RWF_DONTCACHE", "MFD_HUGETLB", "MFD_EXEC",
            "MFD_NOEXEC_SEAL", "AT_STATX_DONT_SYNC", "AT_STATX_FORCE_SYNC", "SEEK_DATA", "SEEK_HOLE"}


def flag_sets():
    sets = {}
    for name, flag, value in re.findall(r"^FLAG\((\w+), (\w+), (\w+)\)", (TABLE / "flags.def").read_text(), re.M):
        base = 8 if re.fullmatch(r"0\d+", value) else 0
        sets.setdefault(name, {})[flag] = int(value, base)
    return sets


def call_rows():
    """name: (number, column texts)"""
    rows = {}
    for path in TABLE.glob("*.def"):
        for line in re.findall(r"^SYS\((.*)\)$", path.read_text(), re.M):
            fields = [field.strip() for field in line.split(", ")]
            text = line.split(fields[4], 1)[1]
            rows[fields[0]] = (int(fields[1]), re.findall(r'(?:late_)?(\w+)<(?:([\w: ]+), )?"', text))
    return rows


def kind_text(name, kind, parameter, sets, words):
    if kind in ("flags", "choice"):
        bits = {flag: value for flag, value in sets[parameter.split("::")[1]].items() if flag not in LEFT_OUT}
        free = [value for flag, value in bits.items() if "+" + flag not in words and "-" + flag not in words]
        always = sum(value for flag, value in bits.items() if "+" + flag in words)
        return f"{{k_{kind}, {always}, (const unsigned[]){{{', '.join(map(str, free))}}}, {len(free)}}}"
    if kind in ("out", "in"):
        return f"{{k_{kind}_{parameter.split()[-1]}, 0, 0, 0}}"
    if name == "fallocate" and kind == "offset":  # what is asked for is taken
        return "{k_offset_near, 0, 0, 0}"
    if kind == "bits":  # any number is taken
        return "{k_size, 0, 0, 0}"
    if kind == "offset" and name in ("preadv", "pwritev", "preadv2", "pwritev2"):
        return "{k_offset_in_two, 0, 0, 0}"
    return f"{{k_{kind}, 0, 0, 0}}"


def main():
    rows, sets, lines = call_rows(), flag_sets(), []
    for line in (HERE / "rows.txt").read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, *words = line.split()
        number, columns = rows[name]
        native = NATIVE.get(name, name if name in ("pread64", "pwrite64", "getdents64") else name.removesuffix("64"))
        kinds = ", ".join(kind_text(name, kind, parameter, sets, words) for kind, parameter in columns)
        lines.append(f'{{"{name}", NUMBER({number}, SYS_{native}), {len(columns)}, {{{kinds}}}}},\n')
    pathlib.Path(sys.argv[1]).write_text("".join(lines))


main()
