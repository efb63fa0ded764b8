#pragma once
// What /proc/PID tells of a guest's memory: the texts of its maps, smaps and statm files and the Vm lines of
// its status file, as a 32-bit Linux writes them. Pure but for counting the pages that the host holds; any
// thread.

#include <string>

#include "memory/address_map.h"

namespace lindvm::memory_report {

std::string maps(const AddressMap& addresses);
/// With the lines that hold for every area; what the host does not tell is left out.
std::string smaps(const AddressMap& addresses);
std::string statm(const AddressMap& addresses);
/// VmPeak to HugetlbPages.
std::string status_lines(const AddressMap& addresses);

}  // namespace lindvm::memory_report
