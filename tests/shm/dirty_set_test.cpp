#include "shm/dirty_set.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <vector>

using namespace holdfast::shm;

namespace {

struct marked_words {
  static constexpr std::uint64_t count = 128; // 8192 variables
  std::vector<layout::word> summary
    = std::vector<layout::word>((count + 63) / 64);
  std::vector<layout::word> words = std::vector<layout::word>(count);
  dirty_set dirty{summary.data(), words.data(), count};

  std::vector<std::uint32_t> drain(std::uint32_t slots = 8192) {
    std::vector<std::uint32_t> seen;
    dirty.drain(slots, [&](std::uint32_t slot) { seen.push_back(slot); });
    return seen;
  }
};

} // namespace

TEST_CASE_METHOD(marked_words, "a drain visits what was marked, once",
                 "[shm][unit]") {
  for (const auto slot : {0U, 1U, 63U, 64U, 4095U, 8191U, 1U})
    dirty.mark(slot);

  CHECK(drain() == std::vector<std::uint32_t>{0, 1, 63, 64, 4095, 8191});
  CHECK(drain().empty());
}

TEST_CASE_METHOD(marked_words, "a mark during the visit is seen by the next",
                 "[shm][unit]") {
  dirty.mark(70);

  dirty.drain(8192, [&](std::uint32_t slot) { dirty.mark(slot); });

  CHECK(drain() == std::vector<std::uint32_t>{70});
}

TEST_CASE_METHOD(marked_words, "bits beyond the slots in use are dropped",
                 "[shm][unit]") {
  words[2].store(~0ULL);
  summary[0].store(~0ULL);

  CHECK(drain(130) == std::vector<std::uint32_t>{128, 129});
}
