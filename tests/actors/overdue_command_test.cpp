#include "tests/actors/lone_node.hpp"
#include "tests/actors/slow_store.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct node_with_slow_disk : lone_node {
  std::shared_ptr<slow_disk> slow = std::make_shared<slow_disk>();
  caf::scoped_actor asker{system};

  node_with_slow_disk() {
    kill();
    begin();
    slow->at_work_for_ever = true;
  }

  actors::log_store_actor start_store() override {
    return start(slow_store, slow);
  }
};

} // namespace

TEST_CASE_METHOD(node_with_slow_disk,
                 "a command without an answer in time is told to be unknown",
                 "[actors][catalog]") {
  auto response = asker->request(
    catalog, caf::infinite,
    command_request{catalog::remove_region{{"default", "r"}}, {}});

  advance(6900ms);
  const bool early = asker->has_next_message();
  advance(600ms);

  CHECK_FALSE(early);
  REQUIRE(asker->has_next_message());
  response.receive([] { FAIL("it was never on the disk"); },
                   [](const caf::error& error) {
                     CHECK(actors::to_shm(error).code == shm::errc::unknown);
                   });
  tell(store, commit_due{}); // too late for it
}
