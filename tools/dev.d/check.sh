# What a contributor runs before a push, and the formatter.

our_sources() { git ls-files '*.cpp' '*.h' '*.inc' '*.c'; }

dev_format() { our_sources | xargs -r clang-format-22 -i; }

# tidy_changed: clang-tidy on the .cpp files that differ from origin/main.
tidy_changed() {
  local base files
  base=$(git merge-base HEAD origin/main 2>/dev/null) || base=HEAD
  files=$(git diff --name-only --diff-filter=d "$base" -- '*.cpp' | head -n 20)
  [ -z "$files" ] || xargs -r clang-tidy-22 -p build/dev --quiet <<<"$files"
}

dev_check() {
  our_sources | xargs -r clang-format-22 --dry-run --Werror
  tools/layer_check.py
  dev_build dev
  tidy_changed
  tools/dev.d/unit_tests.py build/dev/bin
}
