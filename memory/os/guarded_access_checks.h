#pragma once
// The checks of guarded accesses, for test files that compile them with different optimisation.

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <limits>

#include "memory/os/fault_catcher.h"
#include "memory/os/guarded_access.h"

namespace lindvm {
namespace {

struct alignas(16) Bytes16 {
  uint8_t bytes[16];
  friend bool operator==(const Bytes16& a, const Bytes16& b) { return std::memcmp(&a, &b, 16) == 0; }
};

using AccessedTypes = testing::Types<uint8_t, uint16_t, uint32_t, uint64_t, int8_t, int16_t, int32_t, int64_t,
                                     float, double, Bytes16>;

const int k_ip = 0, k_fp = 0;

/// One accessible page; what follows is not.
class GuardedAccessChecks {
 public:
  GuardedAccessChecks() : range_(*Reservation::reserve(16 * host_page_size())) {
    range_.commit(0, host_page_size());
  }

  template <class M>
  void loads_what_was_stored() {
    for (uint64_t index : {uint64_t{0}, uint64_t{3}, uint64_t{64}, beyond() - sizeof(M)}) {
      M value = pattern<M>();
      std::memset(base(), 0x55, beyond());
      guarded_store<M>(base(), index, value, &k_ip, &k_fp);
      EXPECT_EQ(std::memcmp(base() + index, &value, sizeof value), 0);
      EXPECT_EQ((guarded_load<M>(base(), index, &k_ip, &k_fp)), value);
      EXPECT_EQ((guarded_load<M>(base() + index, &k_ip, &k_fp)), value);
      if (index != 0) {
        EXPECT_EQ(base()[index - 1], std::byte{0x55});
      }
      if (index + sizeof(M) != beyond()) {
        EXPECT_EQ(base()[index + sizeof(M)], std::byte{0x55});
      }
    }
  }

  template <class M>
  void load_fault_tells_operands() {
    M value{};
    auto fault = catcher_.run([&] { value = guarded_load<M>(base(), beyond(), &k_ip, &k_fp); });
    expect_fault(fault, base() + beyond());
    EXPECT_EQ(value, M{});
  }

  template <class M>
  void store_fault_writes_nothing() {
    uint64_t index = beyond() - sizeof(M) / 2;
    auto fault = catcher_.run([&] { guarded_store<M>(base(), index, pattern<M>(), &k_ip, &k_fp); });
    expect_fault(fault, base() + beyond(), sizeof(M));
    for (uint64_t at = index; at < beyond(); ++at) EXPECT_EQ(base()[at], std::byte{0});
  }

  template <class M>
  void unused_load_faults() {
    expect_fault(catcher_.run([&] { guarded_load<M>(base(), beyond(), &k_ip, &k_fp); }), base() + beyond());
  }

  template <class M>
  void compares_and_exchanges() {
    M old = pattern<M>(), other = static_cast<M>(~old);
    guarded_store<M>(base(), 8, old, &k_ip, &k_fp);
    EXPECT_EQ(guarded_compare_exchange<M>(base(), 8, other, M{1}, &k_ip, &k_fp), old);
    EXPECT_EQ(guarded_load<M>(base(), 8, &k_ip, &k_fp), old);
    EXPECT_EQ(guarded_compare_exchange<M>(base(), 8, old, other, &k_ip, &k_fp), old);
    EXPECT_EQ(guarded_load<M>(base(), 8, &k_ip, &k_fp), other);
    auto exchange = [&](uint64_t at) {
      return catcher_.run([&] { guarded_compare_exchange<M>(base(), at, other, old, &k_ip, &k_fp); });
    };
    expect_fault(exchange(beyond()), base() + beyond());
    mprotect(base(), host_page_size(), PROT_READ);
    expect_fault(exchange(8), base() + 8);
    EXPECT_EQ(guarded_load<M>(base(), 8, &k_ip, &k_fp), other);
    mprotect(base(), host_page_size(), PROT_READ | PROT_WRITE);
  }

  template <class M, class V>
  void widens() {
    for (M value : {M{0}, M{1}, std::numeric_limits<M>::min(), std::numeric_limits<M>::max()}) {
      guarded_store<M>(base(), 8, value, &k_ip, &k_fp);
      uint64_t word = guarded_load_word<M, V>(base(), 8, &k_ip, &k_fp);
      EXPECT_EQ(word, static_cast<uint64_t>(static_cast<V>(value)));
    }
  }

 private:
  std::byte* base() const { return range_.base(); }
  uint64_t beyond() const { return host_page_size(); }

  template <class M>
  static M pattern() {
    uint8_t bytes[sizeof(M)];
    for (size_t i = 0; i < sizeof(M); ++i) bytes[i] = static_cast<uint8_t>(0x91 - 7 * i);
    M value;
    std::memcpy(&value, bytes, sizeof(M));
    return value;
  }

  static void expect_fault(const CaughtFault& fault, const std::byte* begin, size_t bytes = 1) {
    EXPECT_TRUE(fault.faulted);
    EXPECT_EQ(fault.signal, SIGSEGV);
    EXPECT_GE(fault.address, begin);
    EXPECT_LT(fault.address, begin + bytes);
    EXPECT_EQ(fault.ip, &k_ip);
    EXPECT_EQ(fault.fp, &k_fp);
  }

  Reservation range_;
  FaultCatcher catcher_;
};

template <class M>
void check_guarded_access() {
  GuardedAccessChecks checks;
  checks.loads_what_was_stored<M>();
  checks.load_fault_tells_operands<M>();
  checks.unused_load_faults<M>();
  GuardedAccessChecks().store_fault_writes_nothing<M>();
}

void check_compare_exchange() {
  GuardedAccessChecks checks;
  checks.compares_and_exchanges<uint8_t>();
  checks.compares_and_exchanges<uint16_t>();
  checks.compares_and_exchanges<uint32_t>();
  checks.compares_and_exchanges<uint64_t>();
}

void check_widening() {
  GuardedAccessChecks checks;
  checks.widens<uint8_t, uint32_t>();
  checks.widens<uint8_t, uint64_t>();
  checks.widens<uint16_t, uint32_t>();
  checks.widens<uint16_t, uint64_t>();
  checks.widens<uint32_t, uint64_t>();
  checks.widens<uint64_t, uint64_t>();
  checks.widens<int8_t, uint32_t>();
  checks.widens<int8_t, uint64_t>();
  checks.widens<int16_t, uint32_t>();
  checks.widens<int16_t, uint64_t>();
  checks.widens<int32_t, uint32_t>();
  checks.widens<int32_t, uint64_t>();
}

}  // namespace
}  // namespace lindvm
