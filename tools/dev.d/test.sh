# The test run. One row per suite: name | time limit in seconds | command. A suite prints
# "N passed, N failed, N skipped" as its last line; the closing line is the sum over all suites.
# A suite that prints no such line, runs out of time, or ends with an error counts as one failure.

test_presets=(release gcc-release asan aarch64)

# The commands may use $torture, $programs, $linux_torture and $linux_programs, the folders with built guests, and $sysroot and $cxx_sysroot, lind-cc's. Where no tier is named,
# tiers are mixed as by default; auto1 compiles whatever is called twice. release and gcc-release differ in compiler and the
# interpreter's dispatcher; verify clones the guest stack throughout. aarch64 is cross-built and runs under emulation.
suite_table() {
  cat <<'EOF'
layers           |  60 | tools/layer_check.py
unit-release     | 300 | tools/dev.d/unit_tests.py build/bin
unit-gcc         | 300 | tools/dev.d/unit_tests.py build/gcc-release/bin
unit-asan        | 300 | tools/dev.d/unit_tests.py build/asan/bin
cli-release      | 120 | conformance/cli/run.py build/bin/lind-vm
cli-asan         | 180 | conformance/cli/run.py build/asan/bin/lind-vm
spec-release     | 120 | tools/dev.d/spec_suite build/bin/lind-vm
spec-interp      | 120 | tools/dev.d/spec_suite build/bin/lind-vm --tier=interp
spec-gcc         | 120 | tools/dev.d/spec_suite build/gcc-release/bin/lind-vm --tier=interp
spec-verify      | 240 | tools/dev.d/spec_suite build/bin/lind-vm --verify-stack=10 --tier=interp
spec-asan        | 300 | tools/dev.d/spec_suite build/asan/bin/lind-vm
spec-baseline    | 120 | tools/dev.d/spec_suite build/bin/lind-vm --tier=baseline
spec-auto1       | 120 | tools/dev.d/spec_suite build/bin/lind-vm --tier=auto --tier-threshold=1
spec-jit-verify  | 240 | tools/dev.d/spec_suite build/bin/lind-vm --tier=baseline --verify-stack=10
spec-mix-verify  | 240 | tools/dev.d/spec_suite build/bin/lind-vm --tier=auto --tier-threshold=1 --verify-stack=10
torture-release  | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm build/bin/lind-vm
torture-interp   | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm 'build/bin/lind-vm --tier=interp'
torture-gcc      | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm 'build/gcc-release/bin/lind-vm --tier=interp'
torture-verify   | 180 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --timeout 60 --vm 'build/bin/lind-vm --tier=interp --verify-stack=50'
torture-asan     | 300 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm build/asan/bin/lind-vm
torture-baseline | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm 'build/bin/lind-vm --tier=baseline'
torture-auto1    | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm 'build/bin/lind-vm --tier=auto --tier-threshold=1'
torture-jit-verify | 180 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --timeout 60 --vm 'build/bin/lind-vm --tier=baseline --verify-stack=50'
aarch64-spec     | 400 | tools/dev.d/aarch64_spec
aarch64-torture  | 400 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --timeout 60 --every 4 --vm 'tools/dev.d/aarch64_lind_vm --tier=baseline'
aarch64-programs | 400 | conformance/programs/run.py $programs --quick --vm 'tools/dev.d/aarch64_lind_vm --tier=baseline --dir .'
aarch64-fuzz     | 240 | LINDVM_PROGRAM=lindvm-fuzz tools/dev.d/aarch64_lind_vm run 100 90 "${LINDVM_FUZZ_SEED:-0}" conformance/fuzz/regressions
wasi-release     |  60 | conformance/wasi/run.py build/bin/lind-vm
wasi-verify      |  60 | conformance/wasi/run.py 'build/bin/lind-vm --tier=interp --verify-stack=10'
wasi-asan        | 120 | conformance/wasi/run.py build/asan/bin/lind-vm
syscalls-release | 300 | LINDVM_SYSROOT=$sysroot conformance/syscalls/run.py build/bin/lind-vm build/bin/lind-cc
syscalls-verify  | 300 | LINDVM_SYSROOT=$sysroot conformance/syscalls/run.py 'build/bin/lind-vm --tier=interp --verify-stack=10' build/bin/lind-cc
syscalls-baseline| 120 | LINDVM_SYSROOT=$sysroot conformance/syscalls/run.py 'build/bin/lind-vm --tier=baseline' build/bin/lind-cc
syscalls-auto1   | 120 | LINDVM_SYSROOT=$sysroot conformance/syscalls/run.py 'build/bin/lind-vm --tier=auto --tier-threshold=1' build/bin/lind-cc
syscalls-jit-verify | 120 | LINDVM_SYSROOT=$sysroot conformance/syscalls/run.py 'build/bin/lind-vm --tier=baseline --verify-stack=10' build/bin/lind-cc
syscalls-asan    | 300 | LINDVM_SYSROOT=$sysroot conformance/syscalls/run.py build/asan/bin/lind-vm build/bin/lind-cc
syscalls-table   | 120 | LINDVM_SYSROOT=$sysroot conformance/syscalls/table.py build/bin/lind-vm build/bin/lind-cc
sequences        | 120 | LINDVM_SYSROOT=$sysroot conformance/sequences/run.py build/bin/lind-vm build/bin/lind-cc
memory-release   | 300 | LINDVM_SYSROOT=$sysroot conformance/memory/run.py build/bin/lind-vm build/bin/lind-cc
programs-release | 180 | conformance/programs/run.py $programs --vm 'build/bin/lind-vm --dir .'
programs-interp  | 180 | conformance/programs/run.py $programs --quick --vm 'build/bin/lind-vm --tier=interp --dir .'
programs-baseline | 180 | conformance/programs/run.py $programs --vm 'build/bin/lind-vm --tier=baseline --dir .'
programs-auto    | 180 | conformance/programs/run.py $programs --quick --vm 'build/bin/lind-vm --tier=auto --tier-threshold=50 --dir .'
programs-cached  | 240 | conformance/programs/cached.sh $programs build/bin/lind-vm
programs-jit-verify | 120 | conformance/programs/run.py $programs --quick --vm 'build/bin/lind-vm --tier=baseline --verify-stack=1000 --dir .'
programs-gcc     | 120 | conformance/programs/run.py $programs --quick --vm 'build/gcc-release/bin/lind-vm --tier=interp --dir .'
programs-verify  | 120 | conformance/programs/run.py $programs --quick --vm 'build/bin/lind-vm --tier=interp --verify-stack=1000 --dir .'
programs-asan    | 240 | conformance/programs/run.py $programs --quick --vm 'build/asan/bin/lind-vm --dir .'
hostile-release  |  60 | build/bin/lindvm-hostile modules
hostile-baseline |  60 | build/bin/lindvm-hostile modules baseline
hostile-asan     | 180 | build/asan/bin/lindvm-hostile modules
mutants-release  |  60 | build/bin/lindvm-hostile mutations 10000 "$(tools/dev.d/spec_suite --folder)"
tiers-release    | 120 | build/bin/lindvm-hostile tiers 10000 "$(tools/dev.d/spec_suite --folder)"
tiers-asan       | 240 | build/asan/bin/lindvm-hostile tiers 2000 "$(tools/dev.d/spec_suite --folder)"
mutants-asan     | 180 | build/asan/bin/lindvm-hostile mutations 10000 "$(tools/dev.d/spec_suite --folder)"
fuzz-release     | 240 | build/bin/lindvm-fuzz run 1000 120 "${LINDVM_FUZZ_SEED:-0}" conformance/fuzz/regressions
fuzz-asan        | 240 | build/asan/bin/lindvm-fuzz run 100 120 "${LINDVM_FUZZ_SEED:-0}" conformance/fuzz/regressions
csmith           | 300 | conformance/csmith/run.py build/bin/lind-vm ${LINDVM_FUZZ_SEED:+--first "$LINDVM_FUZZ_SEED"}
sysroot-release  | 300 | LINDVM_SYSROOT=$cxx_sysroot conformance/sysroot/run.py --bin build/bin
lind-cc          | 300 | LINDVM_SYSROOT=$cxx_sysroot conformance/sysroot/driver.py --bin build/bin
linux-programs   | 300 | conformance/programs/run.py $linux_programs --suite conformance/linux-programs --vm 'build/bin/lind-vm --dir .'
linux-sessions   | 120 | conformance/linux-programs/sessions.py $linux_programs --vm 'build/bin/lind-vm --dir .'
linux-torture    | 120 | conformance/torture/run.py $linux_torture --known conformance/torture/known_failures.txt --vm build/bin/lind-vm
diagnostics-release | 60 | LINDVM_SYSROOT=$sysroot conformance/diagnostics/run.py build/bin/lind-vm build/bin/lind-cc
diagnostics-verify | 60 | LINDVM_SYSROOT=$sysroot conformance/diagnostics/run.py 'build/bin/lind-vm --tier=interp --verify-stack=10' build/bin/lind-cc
diagnostics-baseline | 60 | LINDVM_SYSROOT=$sysroot conformance/diagnostics/run.py 'build/bin/lind-vm --tier=baseline' build/bin/lind-cc
debugging        |  60 | conformance/debugging/run.py build/bin/lind-vm
net-transfer     | 120 | LINDVM_SYSROOT=$sysroot bench/net/run.py build/bin/lind-vm build/bin/lind-cc --mib 64 --runs 1 --floor 0
bench-programs   | 180 | bench/run_programs.py --check --engine lind-vm=build/bin/lind-vm --engine gcc=build/gcc-release/bin/lind-vm
EOF
}

dev_suites() { chosen_suites | cut -d"|" -f1; }

suite_totals='^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$'
passed=0 failed=0 skipped=0

# run_suite NAME LIMIT COMMAND: run it into its log, print its line, add to the totals.
run_suite() {
  local name=$1 limit=$2 command=$3 log=$log_dir/$1.log status=0 line p=0 f=0 s=0 start=$SECONDS
  timeout --kill-after=10 "$limit" bash -c "$command" >"$log" 2>&1 </dev/null || status=$?
  line=$(grep -E "$suite_totals" "$log" | tail -n 1) || true
  if [ -n "$line" ]; then read -r p _ f _ s _ <<<"$line"; fi
  if [ "$f" = 0 ] && { [ -z "$line" ] || [ "$status" != 0 ]; }; then f=1; fi
  printf '%-18s %6d passed %5d failed %5d skipped  %4d s' "$name" "$p" "$f" "$s" $((SECONDS - start))
  case $status in
    124 | 137) printf '  (stopped: over its time limit of %s s)\n' "$limit" ;;
    *) if [ "$f" = 0 ]; then echo; else printf '  (see %s)\n' "$log"; fi ;;
  esac
  if [ "$f" != 0 ]; then tail -n 15 "$log" | cut -c1-200 | sed 's/^/    /'; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# test_builds COMMANDS: make the builds that the commands name.
test_builds() {
  local preset start
  for preset in "${test_presets[@]}"; do
    [[ $1 == *"$(build_dir "$preset")/bin"* || ($preset == aarch64 && $1 == *tools/dev.d/aarch64_*) ]] || continue
    start=$SECONDS
    if quiet_build "$preset"; then
      printf '%-18s built %42d s\n' "$preset" $((SECONDS - start))
    else
      failed=$((failed + 1))
    fi
  done
}

# test_guests NAME COMMANDS: where the commands use $NAME, build those guests and export the folder under that name.
test_guests() {
  local name=$1 log=$log_dir/guests-$1.log start=$SECONDS folder
  [[ $2 == *"\$$name"* ]] || return 0
  if folder=$("${name}_guests" 2>"$log"); then
    printf '%-18s built %42d s\n' "$name guests" $((SECONDS - start))
  else
    failed=$((failed + 1))
    say "the $name guests were not built, see $log"
    tail -n 5 "$log"
  fi
  export "$name=${folder:-}"
}

# chosen_suites [NAME...]: the rows of the table, or those named, without the padding.
chosen_suites() {
  local name limit command wanted=" $* "
  while IFS='|' read -r name limit command; do
    name=${name%% *} command=${command# }
    if [ $# = 0 ] || [[ $wanted == *" $name "* ]]; then printf '%s|%d|%s\n' "$name" $((limit)) "$command"; fi
  done < <(suite_table)
}

dev_test() {
  local rows name limit command
  export LINDVM_CODE_CACHE=off  # what is to be tested would not be made; the suites of the cache name a folder
  rows=$(chosen_suites "$@")
  [ -n "$rows" ] || die "no such suite; tools/dev suites lists them"
  mkdir -p "$log_dir"
  test_builds "$rows"
  test_guests torture "$rows"
  test_guests programs "$rows"
  test_guests sysroot "$rows"
  test_guests cxx_sysroot "$rows"
  test_guests linux_torture "$rows"
  test_guests linux_programs "$rows"
  while IFS='|' read -r name limit command <&3; do
    run_suite "$name" "$limit" "$command"
  done 3<<<"$rows"
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
}
