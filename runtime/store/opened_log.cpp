#include "runtime/store/opened_log.hpp"

#include <optional>
#include <utility>

namespace holdfast::runtime {

namespace {

/// People look for a file, and most errors of the database name none.
shm::error in(const std::string& directory, shm::error why) {
  if (why.detail.find(directory) == std::string::npos)
    why.detail = directory + ": " + why.detail;
  return why;
}

class read_storage final : public consensus::storage {
public:
  read_storage(std::unique_ptr<consensus_store> store,
               consensus::stored_log log, std::string directory)
    : store_{std::move(store)},
      log_{std::move(log)},
      directory_{std::move(directory)} {
    // nop
  }

  shm::result<consensus::stored_log> load() override {
    if (auto log = std::exchange(log_, std::nullopt))
      return std::move(*log);
    return store_->load(); // which says that it was loaded
  }

  shm::result<void>
  commit(const std::vector<consensus::write>& writes) override {
    auto done = store_->commit(writes);
    if (!done)
      return in(directory_, std::move(done).assume_error());
    return done;
  }

private:
  std::unique_ptr<consensus_store> store_;
  std::optional<consensus::stored_log> log_;
  std::string directory_;
};

/// The same number on every start of one database.
std::uint64_t number_of(const digest_key& history) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(number); ++i)
    number = (number << 8) | history[i];
  return number;
}

void note_end(const consensus::stored_log& log, opened_log& of) {
  if (!log.entries.empty()) {
    of.last = log.first + log.entries.size() - 1;
    of.last_term = log.entries.back().term;
  } else if (log.base) {
    of.last = log.base->index;
    of.last_term = log.base->term;
  }
}

shm::result<opened_log>
read_log(const consensus_store_options& options,
         shm::result<std::unique_ptr<consensus_store>> store) {
  if (!store)
    return in(options.directory, std::move(store).assume_error());
  auto log = store.assume_value()->load();
  if (!log)
    return in(options.directory, std::move(log).assume_error());
  const auto& found = store.assume_value()->identity();
  opened_log made;
  made.who = {number_of(found.history), found.incarnation};
  note_end(log.assume_value(), made);
  made.storage = std::make_shared<read_storage>(std::move(store).assume_value(),
                                                std::move(log).assume_value(),
                                                options.directory);
  return made;
}

} // namespace

shm::result<opened_log> open_log(const consensus_store_options& options) {
  return read_log(options, consensus_store::open(options));
}

shm::result<opened_log> make_log(const consensus_store_options& options) {
  return read_log(options, consensus_store::create(options));
}

} // namespace holdfast::runtime
