// Makes the tests of this program run on the baseline compiler.

#include <gtest/gtest.h>

#include "jit/jit.h"

namespace lindvm {
namespace {

class BaselineEnvironment : public ::testing::Environment {
 public:
  void SetUp() override {
    std::unique_ptr<CompilingTier> tier = jit::make_baseline_tier();
    ASSERT_NE(tier, nullptr);
    install_tier(std::move(tier), {TierChoice::baseline, {}});
  }
};

const ::testing::Environment* const g_environment =
    ::testing::AddGlobalTestEnvironment(new BaselineEnvironment);

}  // namespace
}  // namespace lindvm
