#include "runtime/store/region_store.hpp"

#include "config/region_bounds.hpp"
#include "runtime/store/file_checks.hpp"
#include "runtime/store/region_file_names.hpp"
#include "runtime/store/store_files.hpp"

#include <sodium.h>

#include <algorithm>

namespace holdfast::runtime {

namespace {

/// "HFRG", a region: what `file` shows and open() compares.
constexpr auto region_application_id = "1212568135";

constexpr auto region_fresh_settings = R"(
  PRAGMA page_size = 4096;
  PRAGMA application_id = 1212568135;
  PRAGMA journal_mode = WAL;
  BEGIN IMMEDIATE;
)";

/// People look for a file, and most errors of the database name none.
shm::error in_file(const store_files& files, shm::error why) {
  if (why.detail.find(files.directory) == std::string::npos)
    why.detail = files.directory + ": " + why.detail;
  return why;
}

} // namespace

region_store::region_store(region_store_options options)
  : options_{std::move(options)} {
  // nop
}

region_origin region_store::origin() const {
  return {options_.database,
          options_.region.id,
          options_.region.tenant,
          options_.region.name,
          {}};
}

std::string region_store::name_of(std::uint64_t number) const {
  return region_file_name{options_.database, options_.region.id, number, {}}
    .stem();
}

region_store::files_found region_store::look() const {
  files_found found;
  for (const auto& each : region_files_in(options_.directory)) {
    if (each.database != options_.database || each.region != options_.region.id)
      continue;
    found.all.push_back(each.number);
    if (each.ending == "db")
      found.newest = std::max(found.newest.value_or(0), each.number);
  }
  return found;
}

/// What is left of others is no part of it, but for what was moved aside.
void region_store::remove_others(std::uint64_t than) {
  for (const auto number : look().all)
    if (number != than)
      if (!remove_all({options_.directory, name_of(number)})) {
        // It is not read either: there is one with a higher number.
      }
}

// -- reading ------------------------------------------------------------------

shm::result<void> region_store::open(std::uint64_t number) {
  const store_files files{options_.directory, name_of(number)};
  auto mark = commit_mark::open(files.mark);
  if (!mark && mark.assume_error().code == shm::errc::no_value)
    return damaged(files.mark + " is missing");
  if (!mark)
    return std::move(mark).assume_error();
  if (auto checked = check_database(files); !checked)
    return checked;
  auto db = database::open(files.database, options_.vfs);
  if (!db)
    return std::move(db).assume_error();
  file_ = std::make_unique<open_file>();
  file_->number = number;
  file_->named = true;
  file_->db = std::move(db).assume_value();
  file_->mark = std::move(mark).assume_value();
  if (auto checked = check_whole_file(file_->db, region_application_id);
      !checked)
    return checked;
  auto tables = region_tables::open(file_->db, origin());
  if (!tables)
    return std::move(tables).assume_error();
  file_->tables = std::move(tables).assume_value();
  return boost::outcome_v2::success();
}

shm::result<void> region_store::read(const visitor& show) {
  const auto point = file_->tables.point();
  const auto& marked = file_->mark.last();
  if (point.sequence < marked.sequence)
    return damaged("commit " + std::to_string(marked.sequence)
                   + " was made, but the file ends with "
                   + std::to_string(point.sequence));
  if (point.sequence == marked.sequence && point.seal != marked.seal)
    return damaged("the file is that of another history");
  if (auto done = file_->tables.read(show); !done)
    return done;
  // What the last process wrote may never have reached the disk if its sync
  // failed: written once more, it has.
  if (auto moved = file_->db.checkpoint(true); !moved)
    return moved;
  if (auto written = file_->mark.write(point); !written)
    return written;
  return file_->mark.sync();
}

shm::result<region_replica::epoch_number>
region_store::load(const visitor& show) {
  const auto found = look();
  if (!found.newest)
    return shm::failed(shm::errc::no_value, "there is nothing on disk");
  const store_files files{options_.directory, name_of(*found.newest)};
  auto done = open(*found.newest);
  if (done)
    done = read(show);
  if (done) {
    remove_others(*found.newest);
    return file_->tables.seal().held;
  }
  file_.reset();
  auto why = in_file(files, std::move(done).assume_error());
  // Whatever it was: somebody may still get something out of it.
  auto aside = move_aside(files);
  why.detail += aside ? "; it is now " + aside.assume_value()
                      : "; " + aside.assume_error().message();
  return why;
}

// -- writing ------------------------------------------------------------------

/// A file that is not yet named.
shm::result<void> region_store::begin_anew() {
  if (sodium_init() < 0)
    return shm::failed(shm::errc::system, "libsodium does not start");
  file_.reset();
  remove_others(look().newest.value_or(0));
  std::uint64_t number = 1;
  for (const auto each : look().all)
    number = std::max(number, each + 1);
  const store_files files{options_.directory, name_of(number)};
  if (auto begun = begin_database(files); !begun)
    return begun;
  auto db = database::open(files.unfinished, options_.vfs);
  if (!db)
    return std::move(db).assume_error();
  auto made = std::make_unique<open_file>();
  made->number = number;
  made->db = std::move(db).assume_value();
  if (auto set = made->db.run(region_fresh_settings); !set)
    return set;
  auto whose = origin();
  randombytes_buf(whose.history.data(), whose.history.size());
  auto tables = region_tables::create(made->db, whose);
  if (!tables)
    return std::move(tables).assume_error();
  made->tables = std::move(tables).assume_value();
  if (auto committed = made->db.run("COMMIT"); !committed)
    return committed;
  file_ = std::move(made);
  return boost::outcome_v2::success();
}

shm::result<void> region_store::write(const region_writes& what) {
  if (auto begun = file_->db.run("BEGIN IMMEDIATE"); !begun)
    return begun;
  if (auto written = file_->tables.write(what); !written)
    return written;
  if (auto committed = file_->db.run("COMMIT"); !committed)
    return committed;
  file_->tables.keep();
  if (!file_->named)
    return boost::outcome_v2::success();
  return file_->mark.write(file_->tables.point());
}

/// From here on it counts, and the one before it does not.
shm::result<void> region_store::name_file() {
  const auto number = file_->number;
  const store_files files{options_.directory, name_of(number)};
  if (auto moved = file_->db.checkpoint(true); !moved)
    return moved;
  // The mark first: a database without one counts as damaged.
  auto mark = commit_mark::create(files.mark, file_->tables.point());
  if (!mark)
    return std::move(mark).assume_error();
  auto rows = file_->tables.release_rows();
  file_.reset();
  if (auto named = name_database(files); !named)
    return named;
  if (auto opened = open(number); !opened)
    return opened;
  file_->tables.take_rows(std::move(rows));
  remove_others(number);
  return boost::outcome_v2::success();
}

shm::result<void> region_store::shorten_log() {
  if (file_->db.log_pages() < config::region_log_pages_max)
    return boost::outcome_v2::success();
  auto moved = file_->db.checkpoint(false);
  // Without room in the file the log goes on growing, where there is any.
  if (!moved && moved.assume_error().code != shm::errc::full)
    return moved;
  return file_->named ? file_->mark.sync()
                      : shm::result<void>{boost::outcome_v2::success()};
}

shm::result<void> region_store::commit(const region_writes& what) {
  const auto attempt = [&]() -> shm::result<void> {
    if (what.anew)
      if (auto begun = begin_anew(); !begun)
        return begun;
    if (!file_)
      return shm::failed(shm::errc::unavailable, "it must begin anew");
    if (auto written = write(what); !written)
      return written;
    if (what.held && !file_->named)
      if (auto named = name_file(); !named)
        return named;
    return shorten_log();
  };
  auto done = attempt();
  if (done)
    return done;
  auto why = std::move(done).assume_error();
  if (why.code == shm::errc::full && file_ && file_->named) {
    // SQLite has rolled back, or does now.
    [[maybe_unused]] auto undone = file_->db.run("ROLLBACK");
    file_->tables.undo();
  } else {
    // After an error no byte of it may be believed.
    file_.reset();
    if (why.code == shm::errc::full)
      why.code = shm::errc::system;
  }
  return in_file({options_.directory, name_of(0)}, std::move(why));
}

void region_store::remove() {
  file_.reset();
  for (const auto number : look().all)
    if (!remove_all({options_.directory, name_of(number)})) {
      // The next start tries again.
    }
}

// -- those of a node ----------------------------------------------------------

region_stores::region_stores(std::string directory, std::uint64_t database)
  : directory_{std::move(directory)}, database_{database} {
  // nop
}

std::shared_ptr<region_storage>
region_stores::open(const region_identity& which) {
  return std::make_shared<region_store>(
    region_store_options{directory_, which, database_, {}});
}

void region_stores::keep_only(const std::set<std::uint64_t>& ids) {
  for (const auto& each : region_files_in(directory_))
    if (each.database == database_ && !ids.contains(each.region))
      if (!remove_all({directory_, each.stem()})) {
        // The next start tries again.
      }
}

} // namespace holdfast::runtime
