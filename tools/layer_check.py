#!/usr/bin/env python3
"""Checks that includes go only along memory <- vm <- {jit, syscalls} <- {tools, bench, conformance}.

usage: layer_check.py [ROOT]

Prints each include that breaks the rule, then "N passed, N failed, N skipped" over the source files.
"""
import pathlib
import re
import sys

MAY_INCLUDE = {
    "memory": {"memory"},
    "vm": {"vm", "memory"},
    "jit": {"jit", "vm", "memory"},
    "syscalls": {"syscalls", "vm", "memory"},
}
TOP = {"tools", "bench", "conformance"}
for layer in TOP:
    MAY_INCLUDE[layer] = set(MAY_INCLUDE) | TOP
SOURCES = {".h", ".cpp", ".inc", ".def"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)


def violations(root, path):
    """The includes of one file that leave its layer's arrows, as (line, include)."""
    layer = path.relative_to(root).parts[0]
    text = path.read_text(encoding="utf-8", errors="replace")
    for match in INCLUDE.finditer(text):
        target = match.group(1)
        top = target.split("/")[0]
        if top in MAY_INCLUDE and top not in MAY_INCLUDE[layer]:
            yield text.count("\n", 0, match.start(1)) + 1, target
        elif ".." in target.split("/"):
            yield text.count("\n", 0, match.start(1)) + 1, target


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()
    passed = failed = 0
    for layer in MAY_INCLUDE:
        for path in sorted((root / layer).rglob("*")):
            if path.suffix not in SOURCES:
                continue
            broken = list(violations(root, path))
            for line, target in broken:
                print(f'{path.relative_to(root)}:{line}: {layer} may not include "{target}"')
            passed, failed = passed + (not broken), failed + bool(broken)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
