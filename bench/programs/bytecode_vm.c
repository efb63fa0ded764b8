// A register bytecode interpreter running a prime counter and a string-like hash: the shape of
// Lua, Python or Ruby inside an engine: one large switch, unpredictable targets, spilled state.
#include "program.h"

typedef enum { Load, Move, Add, AddI, Sub, Mul, Mod, Xor, Shr, Less, Jz, Jump, Get, Set, Halt } Op;

typedef struct {
  uint8_t op, a, b, c;
  int32_t imm;
} Code;

enum { k_registers = 16, k_heap = 4096 };

typedef struct {
  int64_t registers[k_registers];
  int64_t heap[k_heap];
  uint64_t executed;
} Machine;

static void run(Machine* m, const Code* program) {
  int64_t* r = m->registers;
  const Code* pc = program;
  for (;;) {
    const Code code = *pc++;
    m->executed++;
    switch ((Op)code.op) {
      case Load:
        r[code.a] = code.imm;
        break;
      case Move:
        r[code.a] = r[code.b];
        break;
      case Add:
        r[code.a] = r[code.b] + r[code.c];
        break;
      case AddI:
        r[code.a] = r[code.b] + code.imm;
        break;
      case Sub:
        r[code.a] = r[code.b] - r[code.c];
        break;
      case Mul:
        r[code.a] = (int64_t)((uint64_t)r[code.b] * (uint64_t)r[code.c]);
        break;
      case Mod:
        r[code.a] = r[code.b] % r[code.c];
        break;
      case Xor:
        r[code.a] = r[code.b] ^ r[code.c];
        break;
      case Shr:
        r[code.a] = (int64_t)((uint64_t)r[code.b] >> code.imm);
        break;
      case Less:
        r[code.a] = r[code.b] < r[code.c];
        break;
      case Jz:
        if (r[code.a] == 0) pc = program + code.imm;
        break;
      case Jump:
        pc = program + code.imm;
        break;
      case Get:
        r[code.a] = m->heap[(r[code.b] + code.imm) & (k_heap - 1)];
        break;
      case Set:
        m->heap[(r[code.b] + code.imm) & (k_heap - 1)] = r[code.a];
        break;
      case Halt:
        return;
    }
  }
}

// r0 limit, r1 candidate, r2 divisor, r3 scratch, r4 primes found, r5 hash, r6 hash factor
static const Code k_program[] = {
    {Load, 1, 0, 0, 2},         // 0
    {Load, 6, 0, 0, 16777619},  // 1
    {Less, 3, 1, 0, 0},         // 2: while candidate < limit
    {Jz, 3, 0, 0, 21},          // 3
    {Load, 2, 0, 0, 2},         // 4
    {Mul, 3, 2, 2, 0},          // 5: while divisor^2 <= candidate
    {Less, 3, 1, 3, 0},         // 6
    {Jz, 3, 0, 0, 9},           // 7
    {Jump, 0, 0, 0, 13},        // 8
    {Mod, 3, 1, 2, 0},          // 9: a divisor divides: not prime
    {Jz, 3, 0, 0, 19},          // 10
    {AddI, 2, 2, 0, 1},         // 11
    {Jump, 0, 0, 0, 5},         // 12
    {AddI, 4, 4, 0, 1},         // 13: prime found
    {Set, 1, 4, 0, 0},          // 14
    {Xor, 5, 5, 1, 0},          // 15
    {Mul, 5, 5, 6, 0},          // 16
    {Shr, 3, 5, 0, 29},         // 17
    {Xor, 5, 5, 3, 0},          // 18
    {AddI, 1, 1, 0, 1},         // 19
    {Jump, 0, 0, 0, 2},         // 20
    {Get, 3, 4, 0, -1},         // 21
    {Add, 5, 5, 3, 0},          // 22
    {Sub, 5, 5, 4, 0},          // 23
    {Move, 7, 5, 0, 0},         // 24
    {Halt, 0, 0, 0, 0},         // 25
};

int main(int argc, char** argv) {
  static Machine machine;
  machine.registers[0] = problem_size(argc, argv, 130000);
  run(&machine, k_program);
  return report("bytecode_vm", mix(machine.executed, (uint64_t)machine.registers[7]));
}
