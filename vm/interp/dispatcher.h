#pragma once
// Which dispatcher this build has: LINDVM_DISPATCH_GOTO asks for computed goto, tail calls are the default
// where the compiler can guarantee them.

#if defined(__clang__) && !defined(LINDVM_DISPATCH_GOTO) && __has_cpp_attribute(clang::musttail) && \
    __has_attribute(preserve_none)
#define LINDVM_TAIL_DISPATCH 1
#else
#define LINDVM_TAIL_DISPATCH 0
#endif

// The computed-goto dispatcher leaves register allocation to the compiler and gains nothing from pinned
// locals.
#if !LINDVM_TAIL_DISPATCH && !defined(LINDVM_INT_PINS)
#define LINDVM_INT_PINS 0
#define LINDVM_FLOAT_PINS 0
#endif

// Number of integer locals pinned to machine registers: 3 pays on x86-64 and AArch64 with tail calls; the
// computed-goto dispatcher leaves register allocation to the compiler and gains nothing from them.
#ifndef LINDVM_INT_PINS
#define LINDVM_INT_PINS 3
#endif
// Likewise for each of f64 and f32.
#ifndef LINDVM_FLOAT_PINS
#define LINDVM_FLOAT_PINS 2
#endif
