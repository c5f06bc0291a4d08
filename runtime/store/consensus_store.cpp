#include "runtime/store/consensus_store.hpp"

#include "config/defaults.hpp"
#include "runtime/store/file_checks.hpp"
#include "runtime/store/store_files.hpp"

#include <sodium.h>

namespace holdfast::runtime {

namespace {

/// "HFCL", the log of consensus: what `file` shows and open() compares.
constexpr auto application_id = "1212564300";

constexpr auto fresh_settings = R"(
  PRAGMA page_size = 4096;
  PRAGMA application_id = 1212564300;
  PRAGMA journal_mode = WAL;
  BEGIN IMMEDIATE;
)";

/// The file, before it has its name: then it is whole or not there at all.
shm::result<commit_point>
make_database(const store_files& files,
              const consensus_store_options& options) {
  auto opened = database::open(files.unfinished, options.vfs);
  if (!opened)
    return std::move(opened).assume_error();
  auto& db = opened.assume_value();
  if (auto set = db.run(fresh_settings); !set)
    return std::move(set).assume_error();
  store_identity identity{options.cluster, options.node, {}, 0};
  randombytes_buf(identity.history.data(), identity.history.size());
  auto tables = consensus_tables::create(db, identity);
  if (!tables)
    return std::move(tables).assume_error();
  if (auto committed = db.run("COMMIT"); !committed)
    return std::move(committed).assume_error();
  if (auto moved = db.checkpoint(true); !moved)
    return std::move(moved).assume_error();
  return commit_point{tables.assume_value().seal().sequence,
                      tables.assume_value().checksum_of_seal()};
}

/// Nothing was ever promised from it: load() counts the incarnation first.
bool was_never_loaded(const commit_mark& mark) {
  return mark.last().sequence <= 1;
}

} // namespace

consensus_store::consensus_store(lock_file lock, commit_mark mark, database db)
  : lock_{std::move(lock)}, mark_{std::move(mark)}, db_{std::move(db)} {
  // nop
}

// -- making, opening, moving aside --------------------------------------------

shm::result<std::unique_ptr<consensus_store>>
consensus_store::create(const consensus_store_options& options) {
  if (sodium_init() < 0)
    return shm::failed(shm::errc::system, "libsodium does not start");
  const store_files files{options.directory, "consensus"};
  {
    auto lock = lock_store(files);
    if (!lock)
      return std::move(lock).assume_error();
    auto mark = commit_mark::open(files.mark);
    const bool interrupted = mark && was_never_loaded(mark.assume_value());
    if (is_there(files.database) || is_there(files.write_ahead)
        || (is_there(files.mark) && !interrupted))
      return shm::failed(shm::errc::exists,
                         files.directory + " holds a log already");
    if (auto begun = begin_database(files); !begun)
      return std::move(begun).assume_error();
    auto made = make_database(files, options);
    if (!made)
      return std::move(made).assume_error();
    // The mark first: a database without one counts as damaged.
    auto first = commit_mark::create(files.mark, made.assume_value());
    if (!first)
      return std::move(first).assume_error();
    if (auto named = name_database(files); !named)
      return std::move(named).assume_error();
  }
  return open(options);
}

shm::result<std::unique_ptr<consensus_store>>
consensus_store::open(const consensus_store_options& options) {
  if (sodium_init() < 0)
    return shm::failed(shm::errc::system, "libsodium does not start");
  const store_files files{options.directory, "consensus"};
  auto lock = lock_store(files);
  if (!lock)
    return std::move(lock).assume_error();
  auto mark = commit_mark::open(files.mark);
  if (!mark && mark.assume_error().code != shm::errc::no_value)
    return std::move(mark).assume_error();
  if (!is_there(files.database)) {
    if (mark ? was_never_loaded(mark.assume_value())
             : !is_there(files.write_ahead))
      return shm::failed(shm::errc::no_value,
                         "there is no log in " + files.directory);
    return damaged(files.database + " is missing");
  }
  if (!mark)
    return damaged(files.mark + " is missing");
  if (auto checked = check_database(files); !checked)
    return std::move(checked).assume_error();
  auto db = database::open(files.database, options.vfs);
  if (!db)
    return std::move(db).assume_error();
  std::unique_ptr<consensus_store> made{new consensus_store{
    std::move(lock).assume_value(), std::move(mark).assume_value(),
    std::move(db).assume_value()}};
  made->options_ = options;
  return made;
}

shm::result<std::string>
consensus_store::set_aside(const std::string& directory) {
  const store_files files{directory, "consensus"};
  auto lock = lock_store(files);
  if (!lock)
    return std::move(lock).assume_error();
  if (!is_there(files.database) && !is_there(files.mark)
      && !is_there(files.write_ahead))
    return shm::failed(shm::errc::no_value, "there is no log in " + directory);
  return move_aside(files);
}

// -- loading ------------------------------------------------------------------

shm::result<consensus::stored_log> consensus_store::load() {
  if (condition_ != condition::opened)
    return shm::failed(shm::errc::unavailable, "the log is loaded once");
  condition_ = condition::failed;
  auto log = read();
  if (!log)
    return std::move(log).assume_error();
  if (auto counted = count_incarnation(); !counted)
    return std::move(counted).assume_error();
  condition_ = condition::loaded;
  return log;
}

shm::result<consensus::stored_log> consensus_store::read() {
  if (auto checked = check_whole_file(db_, application_id); !checked)
    return std::move(checked).assume_error();
  auto tables = consensus_tables::open(db_);
  if (!tables)
    return std::move(tables).assume_error();
  tables_ = std::move(tables).assume_value();
  auto log = tables_.read();
  if (!log)
    return log;
  if (auto compared = compare_with_mark(); !compared)
    return std::move(compared).assume_error();
  const auto& found = tables_.identity();
  if (found.cluster != options_.cluster || found.node != options_.node)
    return shm::failed(shm::errc::refused,
                       "the log is that of node " + std::to_string(found.node)
                         + " in cluster '" + found.cluster + "'");
  return log;
}

shm::result<void> consensus_store::compare_with_mark() const {
  const auto found = tables_.seal().sequence;
  const auto& marked = mark_.last();
  if (found < marked.sequence)
    return damaged("commit " + std::to_string(marked.sequence)
                   + " was made, but the file ends with "
                   + std::to_string(found));
  if (found == marked.sequence && tables_.checksum_of_seal() != marked.seal)
    return damaged("the file is that of another history");
  return boost::outcome_v2::success();
}

shm::result<void> consensus_store::count_incarnation() {
  if (auto begun = db_.run("BEGIN IMMEDIATE"); !begun)
    return begun;
  auto identity = tables_.identity();
  ++identity.incarnation;
  if (auto written = tables_.write_identity(identity); !written)
    return written;
  if (auto committed = seal_and_commit(); !committed)
    return committed;
  // What the last process wrote may never have reached the disk if its sync
  // failed: written once more, it has.
  if (auto moved = db_.checkpoint(true); !moved)
    return moved;
  return mark_.sync();
}

// -- committing ---------------------------------------------------------------

shm::result<void>
consensus_store::commit(const std::vector<consensus::write>& writes) {
  if (condition_ != condition::loaded)
    return shm::failed(shm::errc::unavailable,
                       condition_ == condition::failed
                         ? "an earlier write failed; nothing is tried again"
                         : "the log was not loaded");
  // Failed until proven otherwise: an error is final.
  condition_ = condition::failed;
  if (auto written = write_all(writes); !written)
    return written;
  if (auto shortened = shorten_log(); !shortened)
    return shortened;
  condition_ = condition::loaded;
  return boost::outcome_v2::success();
}

shm::result<void>
consensus_store::write_all(const std::vector<consensus::write>& writes) {
  if (auto begun = db_.run("BEGIN IMMEDIATE"); !begun)
    return begun;
  for (const auto& each : writes)
    if (auto written = tables_.write(each); !written) {
      // For what is bad in itself; SQLite's own errors have rolled back.
      [[maybe_unused]] auto undone = db_.run("ROLLBACK");
      return written;
    }
  return seal_and_commit();
}

shm::result<void> consensus_store::seal_and_commit() {
  if (auto written = tables_.write_seal(); !written)
    return written;
  if (auto committed = db_.run("COMMIT"); !committed)
    return committed;
  return mark_.write({tables_.seal().sequence, tables_.checksum_of_seal()});
}

shm::result<void> consensus_store::shorten_log() {
  if (db_.log_pages() < config::consensus_log_pages_max)
    return boost::outcome_v2::success();
  if (auto moved = db_.checkpoint(false); !moved)
    return moved;
  return mark_.sync();
}

} // namespace holdfast::runtime
