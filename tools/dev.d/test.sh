# The test run. One row per suite: name | time limit in seconds | command. A suite prints
# "N passed, N failed, N skipped" as its last line; the closing line is the sum over all suites.
# A suite that prints no such line, runs out of time, or ends with an error counts as one failure.

test_presets=(release gcc-release asan)

# The commands may use $torture and $programs, the folders with built guests. release and gcc-release differ in compiler and dispatcher; verify clones the guest stack throughout.
suite_table() {
  cat <<'EOF'
layers           |  60 | tools/layer_check.py
unit-release     | 300 | tools/dev.d/unit_tests.py build/bin
unit-gcc         | 300 | tools/dev.d/unit_tests.py build/gcc-release/bin
unit-asan        | 300 | tools/dev.d/unit_tests.py build/asan/bin
cli-release      | 120 | conformance/cli/run.py build/bin/lind-vm
cli-asan         | 180 | conformance/cli/run.py build/asan/bin/lind-vm
spec-release     | 120 | tools/dev.d/spec_suite build/bin/lind-vm
spec-gcc         | 120 | tools/dev.d/spec_suite build/gcc-release/bin/lind-vm
spec-verify      | 240 | tools/dev.d/spec_suite build/bin/lind-vm --verify-stack
spec-asan        | 300 | tools/dev.d/spec_suite build/asan/bin/lind-vm
torture-release  | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm build/bin/lind-vm
torture-gcc      | 120 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm build/gcc-release/bin/lind-vm
torture-verify   | 180 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm 'build/bin/lind-vm --verify-stack'
torture-asan     | 300 | conformance/torture/run.py $torture --known conformance/torture/known_failures.txt --vm build/asan/bin/lind-vm
programs-release | 180 | conformance/programs/run.py $programs --vm 'build/bin/lind-vm --dir .'
programs-gcc     | 120 | conformance/programs/run.py $programs --quick --vm 'build/gcc-release/bin/lind-vm --dir .'
programs-verify  | 120 | conformance/programs/run.py $programs --quick --vm 'build/bin/lind-vm --verify-stack --dir .'
programs-asan    | 240 | conformance/programs/run.py $programs --quick --vm 'build/asan/bin/lind-vm --dir .'
bench-programs   | 180 | bench/run_programs.py --check --engine lind-vm=build/bin/lind-vm --engine gcc=build/gcc-release/bin/lind-vm
EOF
}

dev_suites() { suite_table | cut -d'|' -f1; }

suite_totals='^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$'
passed=0 failed=0 skipped=0

# run_suite NAME LIMIT COMMAND: run it into its log, print its line, add to the totals.
run_suite() {
  local name=$1 limit=$2 command=$3 log=$log_dir/$1.log status=0 line p=0 f=0 s=0 start=$SECONDS
  if [[ $command == *lind-vm* && ! -d tools/lind-vm ]]; then command="echo '0 passed, 0 failed, 1 skipped'"; fi
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

test_builds() {
  local preset start
  for preset in "${test_presets[@]}"; do
    start=$SECONDS
    if quiet_build "$preset"; then
      printf '%-18s built %42d s\n' "$preset" $((SECONDS - start))
    else
      failed=$((failed + 1))
    fi
  done
}

# test_guests: build or find what the suites run; exported for their commands.
test_guests() {
  local start=$SECONDS
  torture=$(torture_guests 2>"$log_dir/guests-torture.log") || { failed=$((failed + 1)); tail -n 5 "$log_dir/guests-torture.log"; }
  programs=$(program_guests 2>"$log_dir/guests-programs.log") || { failed=$((failed + 1)); tail -n 5 "$log_dir/guests-programs.log"; }
  export torture programs
  printf '%-18s built %42d s\n' guests $((SECONDS - start))
}

# trim TEXT: without the spaces around it.
trim() { local text=${1#"${1%%[![:space:]]*}"}; printf '%s' "${text%"${text##*[![:space:]]}"}"; }

dev_test() {
  local name limit command wanted=" $* "
  mkdir -p "$log_dir"
  test_builds
  test_guests
  while IFS='|' read -r name limit command <&3; do
    name=$(trim "$name")
    if [ $# -gt 0 ] && [[ $wanted != *" $name "* ]]; then continue; fi
    run_suite "$name" "$(trim "$limit")" "$(trim "$command")"
  done 3< <(suite_table)
  printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  [ "$failed" = 0 ]
}
