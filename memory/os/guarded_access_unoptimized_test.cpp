#include "memory/os/guarded_access_checks.h"

namespace lindvm {
namespace {

template <class M>
class GuardedAccessUnoptimized : public testing::Test {};
TYPED_TEST_SUITE(GuardedAccessUnoptimized, AccessedTypes);
TYPED_TEST(GuardedAccessUnoptimized, LoadsStoresAndFaults) { check_guarded_access<TypeParam>(); }

TEST(GuardedAccessWordsUnoptimized, AreWidenedBySign) { check_widening(); }
TEST(GuardedAccessWordsUnoptimized, CompareAndExchange) { check_compare_exchange(); }

}  // namespace
}  // namespace lindvm
