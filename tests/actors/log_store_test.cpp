#include "actors/log_store.hpp"

#include "tests/support/memory_storage.hpp"
#include "tests/support/stepped_system.hpp"

using namespace holdfast;
using namespace holdfast::test;

namespace {

/// Counts the commits, each of which may hold many writes.
class counting_storage final : public consensus::storage {
public:
  explicit counting_storage(std::shared_ptr<kept_log> kept)
    : below_{std::move(kept)} {
    // nop
  }

  shm::result<consensus::stored_log> load() override {
    return below_.load();
  }

  shm::result<void>
  commit(const std::vector<consensus::write>& writes) override {
    sizes.push_back(writes.size());
    return below_.commit(writes);
  }

  std::vector<std::size_t> sizes;

private:
  memory_storage below_;
};

struct stored_log_actor : stepped_system {
  std::shared_ptr<kept_log> kept = std::make_shared<kept_log>();
  std::shared_ptr<counting_storage> storage
    = std::make_shared<counting_storage>(kept);
  actors::log_store_actor store;

  stored_log_actor() {
    actors::log_store_options options;
    options.storage = storage;
    options.who = [] { return consensus::origin{7, 3}; };
    options.writes_max = 4;
    options.log = log();
    store = start(actors::log_store, std::move(options));
  }

  static store_log_request entry(consensus::log_index index) {
    consensus::write made;
    made.tail = consensus::append{
      index, {{1, consensus::entry_kind::command, {1, 2, 3}}}};
    return {{made}, index};
  }
};

} // namespace

TEST_CASE_METHOD(stored_log_actor,
                 "the store tells what was stored and whose "
                 "it is",
                 "[actors][log_store]") {
  kept->log.vote = {4, 2};

  const auto loaded = ask<loaded_log>(store, load_log_request{});

  CHECK(loaded->log.vote == consensus::ballot{4, 2});
  CHECK(loaded->who == consensus::origin{7, 3});
}

TEST_CASE_METHOD(stored_log_actor,
                 "what arrives together is one commit, and each is told of all",
                 "[actors][log_store]") {
  caf::scoped_actor asker{system};
  auto first = asker->request(store, caf::infinite, entry(1));
  auto second = asker->request(store, caf::infinite, entry(2));
  auto third = asker->request(store, caf::infinite, entry(3));

  run();

  CHECK(storage->sizes == std::vector<std::size_t>{3});
  CHECK(kept->log.entries.size() == 3);
  const auto fail = [](const caf::error&) { FAIL("refused"); };
  first.receive([](stored_writes done) { CHECK(done.number == 3); }, fail);
  second.receive([](stored_writes done) { CHECK(done.number == 3); }, fail);
  third.receive([](stored_writes done) { CHECK(done.number == 3); }, fail);
}

TEST_CASE_METHOD(stored_log_actor,
                 "after an error nothing is tried, and it is logged once",
                 "[actors][log_store]") {
  kept->commits_until_failure = 1;

  const auto good = ask<stored_writes>(store, entry(1));
  const auto failed = ask<stored_writes>(store, entry(2));
  const auto later = ask<stored_writes>(store, entry(2));

  CHECK(good);
  CHECK(failed.error.code == shm::errc::system);
  CHECK(later.error.code == shm::errc::unavailable);
  CHECK(storage->sizes.size() == 2);
  CHECK(logged.size() == 1);
}

TEST_CASE_METHOD(stored_log_actor, "writes beyond the bound are refused",
                 "[actors][log_store]") {
  caf::scoped_actor others{system};
  for (consensus::log_index i = 1; i <= 4; ++i)
    others->send(store, entry(i));

  const auto fifth = ask<stored_writes>(store, entry(5));

  CHECK(fifth.error.code == shm::errc::overloaded);
  CHECK(kept->log.entries.size() == 4);
}
