#include "tests/actors/elector_cluster.hpp"
#include "tests/actors/elector_options_of.hpp"
#include "tests/actors/slow_store.hpp"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

struct elector_with_slow_disk : stepped_system {
  std::shared_ptr<slow_disk> disk = std::make_shared<slow_disk>();
  actors::log_store_actor store = start(slow_store, disk);
  actors::elector_actor elector;
  caf::scoped_actor asker{system};

  elector_with_slow_disk() {
    auto options = elector_options_of(
      *this, 1, {{{1, "alone", consensus::member_role::voter}}});
    options.store = store;
    options.machine
      = start(recording_machine, std::make_shared<machine_record>());
    elector = start(actors::elector, std::move(options));
    advance(2000ms);
    disk->asked.clear();
    disk->at_work_for_ever = true;
  }

  void propose(const std::string& command) {
    asker->send(elector, propose_request{octets_of(command)});
    run();
  }

  /// The commands of each write that the disk was asked for.
  std::vector<std::size_t> entries_asked() const {
    std::vector<std::size_t> counts;
    for (const auto& writes : disk->asked)
      for (const auto& each : writes)
        counts.push_back(each.tail ? each.tail->entries.size() : 0);
    return counts;
  }
};

} // namespace

TEST_CASE_METHOD(elector_with_slow_disk,
                 "what is proposed while the disk is at work is one write",
                 "[actors][elector]") {
  propose("a");
  propose("b");
  propose("c");
  const auto meanwhile = entries_asked();

  tell(store, commit_due{});

  CHECK(meanwhile == std::vector<std::size_t>{1});
  CHECK(entries_asked() == std::vector<std::size_t>{1, 2});
}
