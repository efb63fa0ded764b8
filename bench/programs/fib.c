// Naive Fibonacci: nothing but direct recursive calls.
#include "program.h"

__attribute__((noinline)) static uint32_t fib(uint32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

int main(int argc, char** argv) { return report("fib", fib(problem_size(argc, argv, 37))); }
