#include "memory/os/guarded_access_checks.h"

namespace lindvm {
namespace {

template <class M>
class GuardedAccess : public testing::Test {};
TYPED_TEST_SUITE(GuardedAccess, AccessedTypes);
TYPED_TEST(GuardedAccess, LoadsStoresAndFaults) { check_guarded_access<TypeParam>(); }

TEST(GuardedAccessWords, AreWidenedBySign) { check_widening(); }
TEST(GuardedAccessWords, CompareAndExchange) { check_compare_exchange(); }

}  // namespace
}  // namespace lindvm
