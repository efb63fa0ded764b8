// No registers exist that a debugger could ask for.
#define ELF_NGREG 8
typedef unsigned long elf_greg_t, elf_gregset_t[ELF_NGREG];
typedef unsigned long long elf_fpregset_t[1];
