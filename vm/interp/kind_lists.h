#pragma once
// Lists of operand kinds for the handler families: LINDVM_FOR_x(M, args...) expands M(kind, args...) for each
// kind. One macro per operand position, since a macro cannot expand inside itself.

#include "vm/interp/dispatcher.h"

#if LINDVM_INT_PINS == 0
#define LINDVM_PINS_D(M, ...)
#define LINDVM_PINS_A(M, ...)
#define LINDVM_PINS_B(M, ...)
#define LINDVM_PINS_C(M, ...)
#elif LINDVM_INT_PINS == 2
#define LINDVM_PINS_D(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__)
#define LINDVM_PINS_A(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__)
#define LINDVM_PINS_B(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__)
#define LINDVM_PINS_C(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__)
#elif LINDVM_INT_PINS == 3
#define LINDVM_PINS_D(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__) M(R2, __VA_ARGS__)
#define LINDVM_PINS_A(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__) M(R2, __VA_ARGS__)
#define LINDVM_PINS_B(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__) M(R2, __VA_ARGS__)
#define LINDVM_PINS_C(M, ...) M(R0, __VA_ARGS__) M(R1, __VA_ARGS__) M(R2, __VA_ARGS__)
#else
#error "LINDVM_INT_PINS must be 0, 2 or 3"
#endif

#define LINDVM_FOR_D(M, ...) M(S, __VA_ARGS__) M(A, __VA_ARGS__) LINDVM_PINS_D(M, __VA_ARGS__)
#define LINDVM_FOR_A(M, ...) M(S, __VA_ARGS__) M(A, __VA_ARGS__) LINDVM_PINS_A(M, __VA_ARGS__)
#define LINDVM_FOR_B(M, ...) \
  M(S, __VA_ARGS__) M(A, __VA_ARGS__) LINDVM_PINS_B(M, __VA_ARGS__) M(I, __VA_ARGS__)

// A second source position, for families with two of them.
#define LINDVM_FOR_C(M, ...) M(S, __VA_ARGS__) M(A, __VA_ARGS__) LINDVM_PINS_C(M, __VA_ARGS__)

#if LINDVM_FLOAT_PINS == 0
#define LINDVM_PINS_FD(M, ...)
#define LINDVM_PINS_FA(M, ...)
#define LINDVM_PINS_FB(M, ...)
#define LINDVM_PINS_FC(M, ...)
#elif LINDVM_FLOAT_PINS == 2
#define LINDVM_PINS_FD(M, ...) M(F0, __VA_ARGS__) M(F1, __VA_ARGS__)
#define LINDVM_PINS_FA(M, ...) M(F0, __VA_ARGS__) M(F1, __VA_ARGS__)
#define LINDVM_PINS_FB(M, ...) M(F0, __VA_ARGS__) M(F1, __VA_ARGS__)
#define LINDVM_PINS_FC(M, ...) M(F0, __VA_ARGS__) M(F1, __VA_ARGS__)
#else
#error "LINDVM_FLOAT_PINS must be 0 or 2"
#endif

#define LINDVM_FOR_FD(M, ...) M(FS, __VA_ARGS__) M(FA, __VA_ARGS__) LINDVM_PINS_FD(M, __VA_ARGS__)
#define LINDVM_FOR_FA(M, ...) M(FS, __VA_ARGS__) M(FA, __VA_ARGS__) LINDVM_PINS_FA(M, __VA_ARGS__)
#define LINDVM_FOR_FB(M, ...) M(FS, __VA_ARGS__) M(FA, __VA_ARGS__) LINDVM_PINS_FB(M, __VA_ARGS__)
#define LINDVM_FOR_FC(M, ...) M(FS, __VA_ARGS__) M(FA, __VA_ARGS__) LINDVM_PINS_FC(M, __VA_ARGS__)
