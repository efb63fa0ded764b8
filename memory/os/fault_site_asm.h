#pragma once
// Assembly text of a fault-site entry: see FaultSite in memory/os/fault_sites.h. Put after the guarded
// instruction, which carries the local label 77; the statement needs operands named ip and fp in registers.
// The entry joins the section group of the code around it, so that the linker drops both or neither.

#define LINDVM_FAULT_SITE                               \
  ".pushsection lindvm_fault_sites,\"a?\",%%progbits\n" \
  ".balign 4\n"                                         \
  "78: .long 77b - 78b\n"                               \
  ".ascii \"%[ip],%[fp]\"\n"                            \
  ".org 78b + 32\n"                                     \
  ".popsection"
