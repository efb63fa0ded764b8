#!/usr/bin/env bash
# Builds the C part of the sysroot: musl for the linux guest ABI, the kernel's headers, compiler-rt's builtins.
#
# usage: build_musl.sh SOURCE OUT
# SOURCE is musl's unpacked source, which is changed and built in; OUT gets include/ and lib/, and usr, a link to itself
# for those who look there. The port is musl/ beside this script, laid over the source: the ABI is Linux's generic one
# for 32 bits with 64-bit times, which musl knows as riscv32, so that arch/riscv32/bits is where the port starts.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$(cd "$1" && pwd)
mkdir -p "$2/include" "$2/lib"
out=$(cd "$2" && pwd)
builtins=$(clang-22 -print-resource-dir)/lib/wasi/libclang_rt.builtins-wasm32.a

flags=(--target=wasm32-unknown-unknown -D__linux__=1 -D__unix__=1 -O2 -matomics -mbulk-memory -mexception-handling
       -fvisibility=default -fno-math-errno -w)

# Of musl's two allocators the older, which takes half the time. Its large blocks come from mapped_blocks.h instead of mmap,
# and shrunk ones that are small then from the heap. Free memory within the heap goes back to the kernel from 1 MiB on instead
# of 160 KiB, which costs more in page faults than it saves.
large_blocks_of_malloc() {
  sed -i -e '/^static int first_set/i #include "mapped_blocks.h"\n' \
    -e '/char \*base = __mmap(0, len,/{N;s/=.*/= map_block(\&len);/}' \
    -e 's/(newlen < PAGE_SIZE &&/(newlen < k_grain \&\&/' \
    -e 's/newlen = (newlen + PAGE_SIZE-1) & -PAGE_SIZE;/newlen = whole_grains(newlen);/' \
    -e 's/__mremap(base, oldlen, newlen, MREMAP_MAYMOVE)/resize_block(base, oldlen, newlen)/' \
    -e '/^static void unmap_chunk/,/^}/s/__munmap(/unmap_block(/' \
    -e '/^int __malloc_allzerop/,/^}/s/IS_MMAPPED(\(.*\));/IS_MMAPPED(\1) \&\& is_fresh_block(\1);/' \
    -e 's/size > RECLAIM/size > (1 << 20)/' "$1"
  [ "$(grep -cE 'mapped_blocks|_block\(|k_grain|whole_grains|1 << 20' "$1")" = 8 ] || { echo "$1 is not as expected" >&2; return 1; }
}

port_sources() {
  mkdir -p "$source/arch/wasm32"
  cp -r "$source/arch/riscv32/bits" "$source/arch/wasm32/"
  sed -i /riscv/d "$source/arch/wasm32/bits/syscall.h.in"
  # A caller that has no variable arguments passes none: a function that looks at the first all the same would read at null.
  (cd "$source/src" && sed -i 's/va_arg(ap, \([^)]*\))/(ap ? va_arg(ap, \1) : 0)/' fcntl/{fcntl,open,openat}.c misc/{ioctl,syscall}.c \
    linux/{prctl,ptrace}.c)
  large_blocks_of_malloc "$source/src/malloc/oldmalloc/malloc.c"
  (cd "$source" && rm arch/wasm32/bits/fenv.h crt/{Scrt1,rcrt1}.c src/setjmp/setjmp.c src/signal/sigsetjmp_tail.c)
  cp -r "$here/musl/." "$source"
  printf '%s = %s\n' ARCH wasm32 MALLOC_DIR oldmalloc prefix "$out" CC clang-22 CFLAGS "${flags[*]}" CFLAGS_AUTO "" OPTIMIZE_GLOBS "" \
    AR llvm-ar-22 RANLIB llvm-ranlib-22 >"$source/config.mak"
}

# No libc.so: the static archive, the start files, and the empty archives that make -lm and its like work, -latomic among them:
# operations of up to 64 bits are instructions.
build_libc() {
  local library libraries=(lib/libc.a lib/crt{1,i,n}.o)
  for library in m rt pthread crypt util xnet resolv dl; do libraries+=("lib/lib$library.a"); done
  make -s -C "$source" -j "$(nproc)" "${libraries[@]}"
  (cd "$source" && cp "${libraries[@]}" "$out/lib/")
  llvm-ar-22 rcs "$out/lib/libatomic.a"
  cp "$out/lib/crt1.o" "$out/lib/Scrt1.o"
  make -s -C "$source" install-headers
}

# The compiler's builtins are built without atomics, and say so; they are free of shared state, and so fit a shared memory. Its
# files for the exceptions' tags are empty in Debian's build.
copy_builtins() {
  local scratch=$source/builtins object
  mkdir -p "$scratch"
  (cd "$scratch" && llvm-ar-22 x "$builtins")
  for object in "$scratch"/*; do llvm-objcopy-22 --strip-debug --remove-section=target_features "$object"; done
  rm "$scratch"/__{c_longjmp,cpp_exception}.S.obj
  clang-22 "${flags[@]}" -c "$here/exception_tags.s" -o "$scratch/exception_tags.o"
  llvm-ar-22 rcs "$out/lib/libclang_rt.builtins.a" "$scratch"/*
}

# The kernel's interface headers. Those of this machine's processor give way to the generic ones, under the names that
# programs include.
copy_kernel_headers() {
  local name headers=/usr/include
  cp -r "$headers"/{linux,asm-generic,misc,mtd,rdma,sound,video,xen} "$out/include/"
  mkdir -p "$out/include/asm"
  for name in "$headers"/asm-generic/*.h; do
    name=${name##*/}
    echo "#include <asm-generic/$name>" >"$out/include/asm/$name"
  done
  echo '#include <linux/byteorder/little_endian.h>' >"$out/include/asm/byteorder.h"
  echo '#include <signal.h>' >"$out/include/asm/sigcontext.h"
  echo '// No registers to name.' >"$out/include/asm/ptrace.h"
}

port_sources
build_libc
copy_builtins
copy_kernel_headers
ln -s . "$out/usr"
