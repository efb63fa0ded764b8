#!/usr/bin/env bash
# The program suite with a code cache of its own: filled by a first pass, used by the second, in both tiers that use it;
# then with everything compiled ahead of time.
#
# usage: cached.sh GUESTS LIND_VM
#
# The last line is the sum of all passes: "N passed, N failed, N skipped".
set -u
guests=$1 vm=$(realpath "$2")
LINDVM_CODE_CACHE=$(mktemp -d)
export LINDVM_CODE_CACHE
trap 'rm -rf "$LINDVM_CODE_CACHE"' EXIT
passed=0 failed=0 skipped=0

pass() {
  local log line
  log=$("$(dirname "$0")"/run.py "$guests" --quick \
    --vm "env LINDVM_CODE_CACHE=$LINDVM_CODE_CACHE $vm $* --dir .")
  line=$(tail -n 1 <<<"$log")
  printf '%s: %s\n' "$*" "$line"
  if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+)\ skipped$ ]]; then
    passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
  else
    failed=$((failed + 1))
  fi
  if [ "${BASH_REMATCH[2]:-1}" != 0 ]; then printf '%s\n' "$log"; fi
}

pass --tier=auto
pass --tier=auto
pass --tier=baseline
"$vm" cache stats
"$vm" compile "$guests"/wasm/*.wasm || failed=$((failed + 1))
pass --tier=auto
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
