#include "syscalls/kernel/memory_report.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>

namespace lindvm::memory_report {
namespace {

/// Where names begin, on 32-bit machines.
constexpr size_t k_name_column = 49;

uint64_t kib(uint64_t bytes) { return bytes / 1024; }
uint64_t pages(uint64_t bytes) { return bytes / k_guest_page; }

std::string_view name_of(const Area& area) {
  if (area.backing) return area.backing->name;
  return area.flags & k_area_heap ? std::string_view("[heap]") : std::string_view();
}

std::string area_line(const Area& area) {
  const char access[] = {area.prot & PROT_READ ? 'r' : '-', area.prot & PROT_WRITE ? 'w' : '-',
                         area.prot & PROT_EXEC ? 'x' : '-', area.is_shared() ? 's' : 'p', '\0'};
  uint64_t device = area.backing ? area.backing->device : 0, inode = area.backing ? area.backing->inode : 0;
  std::string line = fmt::format("{:08x}-{:08x} {} {:08x} {:02x}:{:02x} {} ", area.begin, area.end, access,
                                 area.offset, major(device), minor(device), inode);
  std::string_view name = name_of(area);
  if (name.empty()) return line + '\n';
  if (line.size() < k_name_column) line.resize(k_name_column, ' ');
  line += name;
  return line + '\n';
}

std::string size_line(std::string_view name, uint64_t bytes) {
  return fmt::format("{:<16}{:>8} kB\n", fmt::format("{}:", name), kib(bytes));
}

std::string flag_words(const Area& area) {
  std::string words;
  auto add = [&](bool is_set, const char* word) { words += is_set ? std::string(" ") + word : ""; };
  add(area.prot & PROT_READ, "rd");
  add(area.prot & PROT_WRITE, "wr");
  add(area.prot & PROT_EXEC, "ex");
  add(area.is_shared(), "sh");
  add(area.flags & k_area_locked, "lo");
  add(area.flags & k_area_no_reserve, "nr");
  add(area.flags & k_area_grows_down, "gd");
  add(area.flags & k_area_sequential, "sr");
  add(area.flags & k_area_random, "rr");
  add(area.flags & k_area_no_fork, "dc");
  add(area.flags & k_area_no_dump, "dd");
  add(area.flags & k_area_huge_pages, "hg");
  add(area.flags & k_area_small_pages, "nh");
  add(area.flags & k_area_wipe_on_fork, "wf");
  return words;
}

}  // namespace

std::string maps(const AddressMap& addresses) {
  std::string text;
  for (const Area& area : addresses.areas()) text += area_line(area);
  return text;
}

std::string smaps(const AddressMap& addresses) {
  std::string text;
  for (const Area& area : addresses.areas()) {
    uint64_t resident = addresses.resident_bytes(area.begin, area.end);
    text += area_line(area) + size_line("Size", area.bytes()) + size_line("KernelPageSize", k_guest_page) +
            size_line("MMUPageSize", k_guest_page) + size_line("Rss", resident);
    if (area.flags & k_area_locked) text += size_line("Locked", resident);
    text += "VmFlags:" + flag_words(area) + " \n";
  }
  return text;
}

std::string statm(const AddressMap& addresses) {
  AddressUsage usage = addresses.usage();
  return fmt::format("{} {} {} 0 0 {} 0\n", pages(usage.totals.mapped), pages(usage.resident),
                     pages(usage.resident_shared), pages(usage.totals.data));
}

std::string status_lines(const AddressMap& addresses) {
  AddressUsage usage = addresses.usage();
  auto line = [](const char* name, uint64_t bytes) {
    return fmt::format("{}:\t{:>8} kB\n", name, kib(bytes));
  };
  // The guest's code is the VM's, not in its memory.
  return line("VmPeak", usage.peak) + line("VmSize", usage.totals.mapped) +
         line("VmLck", usage.totals.locked) + line("VmPin", 0) + line("VmHWM", usage.peak_resident) +
         line("VmRSS", usage.resident) + line("RssAnon", usage.resident - usage.resident_shared) +
         line("RssFile", usage.resident_shared) + line("RssShmem", 0) + line("VmData", usage.totals.data) +
         line("VmStk", usage.totals.stack) + line("VmExe", 0) + line("VmLib", 0) + line("VmPTE", 0) +
         line("VmSwap", 0) + line("HugetlbPages", 0);
}

}  // namespace lindvm::memory_report
