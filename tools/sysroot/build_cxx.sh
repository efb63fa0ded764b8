#!/usr/bin/env bash
# Builds the C++ part of the sysroot: LLVM's libunwind, libc++abi and libc++ with exceptions and threads, as archives.
#
# usage: build_cxx.sh TARBALL BIN C_SYSROOT WORK OUT
# TARBALL is LLVM's source, BIN the folder with lind-cc, WORK is built in; OUT becomes a whole sysroot: a copy of the C part
# (files shared by links) with include/c++ and three archives more.
set -euo pipefail
tarball=$1 bin=$(cd "$2" && pwd) c_sysroot=$(cd "$3" && pwd)
mkdir -p "$4" "$5"
work=$(cd "$4" && pwd) out=$(cd "$5" && pwd)
export LINDVM_SYSROOT=$c_sysroot

unpack() {
  local part parts=(libcxx libcxxabi libunwind runtimes cmake llvm/cmake llvm/utils/llvm-lit libc/shared libc/src/__support
                    libc/hdr libc/include)
  for part in "${!parts[@]}"; do parts[part]="*/${parts[part]}"; done
  tar -xJf "$tarball" -C "$work" --strip-components=1 --wildcards --no-wildcards-match-slash "${parts[@]}"
}

# CMake asks what libc has by linking, which works for C; a C++ program cannot be linked before this is done. Symbols are
# "hidden" in libunwind since it takes all formats but ELF and Mach-O for Windows's.
configure_runtimes() {
  local options=(
    -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=wasm32 -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_C_COMPILER="$bin/lind-cc" -DCMAKE_CXX_COMPILER="$bin/lind-c++" -DCMAKE_ASM_COMPILER="$bin/lind-cc"
    -DCMAKE_AR="$bin/lind-ar" -DCMAKE_RANLIB="$bin/lind-ranlib" -DCMAKE_NM="$bin/lind-nm"
    -DCMAKE_C_COMPILER_WORKS=ON -DCMAKE_CXX_COMPILER_WORKS=ON -DCMAKE_INSTALL_PREFIX="$out"
    -DLLVM_ENABLE_RUNTIMES="libcxx;libcxxabi;libunwind" -DLLVM_INCLUDE_TESTS=OFF -DLLVM_INCLUDE_DOCS=OFF
    -DLIBUNWIND_ENABLE_SHARED=OFF -DLIBUNWIND_HIDE_SYMBOLS=ON -DLIBUNWIND_USE_COMPILER_RT=ON -DLIBUNWIND_INCLUDE_TESTS=OFF
    -DLIBCXXABI_ENABLE_SHARED=OFF -DLIBCXXABI_USE_COMPILER_RT=ON -DLIBCXXABI_USE_LLVM_UNWINDER=ON
    -DLIBCXXABI_HAS_PTHREAD_API=ON -DLIBCXXABI_INCLUDE_TESTS=OFF
    -DLIBCXX_ENABLE_SHARED=OFF -DLIBCXX_USE_COMPILER_RT=ON -DLIBCXX_CXX_ABI=libcxxabi -DLIBCXX_HAS_MUSL_LIBC=ON
    -DLIBCXX_HAS_PTHREAD_API=ON -DLIBCXX_HAS_ATOMIC_LIB=OFF -DLIBCXX_ENABLE_ABI_LINKER_SCRIPT=OFF
    -DLIBCXX_INCLUDE_TESTS=OFF -DLIBCXX_INCLUDE_BENCHMARKS=OFF -DLIBCXX_ENABLE_TIME_ZONE_DATABASE=OFF
  )
  cmake -G Ninja -S "$work/runtimes" -B "$work/build" "${options[@]}"
}

unpack
configure_runtimes
cp -al "$c_sysroot/." "$out"
ninja -C "$work/build" install-unwind install-cxxabi install-cxx
