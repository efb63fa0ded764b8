# What a contributor runs before a push, and the formatter.

# Not the .inc and .def tables: their columns are aligned by hand. Not the guests' C programs: some say how they are to be
# run in a long line; and the port of musl is written as musl is.
our_sources() { git ls-files '*.cpp' '*.h' ':!tools/sysroot/musl' ':!conformance/syscalls' ':!conformance/sysroot'; }

dev_format() { our_sources | xargs -r clang-format-22 -i; }

check_format() {
  local unformatted
  unformatted=$(our_sources | xargs -r clang-format-22 --dry-run 2>&1 | sed -n 's/^\([^ :]*\):[0-9]*:[0-9]*: warning: .*/\1/p' | sort -u)
  [ -z "$unformatted" ] || { say "not formatted (tools/dev format):" $unformatted; return 1; }
}

# tidy_changed: clang-tidy on the .cpp files that differ from origin/main.
tidy_changed() {
  local base files
  base=$(git merge-base HEAD origin/main 2>/dev/null) || base=HEAD
  files=$(git diff --name-only --diff-filter=d "$base" -- '*.cpp' | head -n 20)
  [ -z "$files" ] || xargs -r clang-tidy-22 -p build/dev --quiet <<<"$files"
}

dev_check() {
  check_format
  tools/layer_check.py
  dev_build dev
  tidy_changed
  tools/dev.d/unit_tests.py build/dev/bin
}
