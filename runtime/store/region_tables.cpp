#include "runtime/store/region_tables.hpp"

#include "runtime/store/file_checks.hpp"

#include <array>

namespace holdfast::runtime {

namespace {

/// In the order of their names, as sqlite_schema is read.
constexpr std::array<std::string_view, 3> region_schema{
  "CREATE TABLE meta (id INTEGER PRIMARY KEY, format INTEGER NOT NULL, "
  "database INTEGER NOT NULL, region INTEGER NOT NULL, tenant TEXT NOT NULL, "
  "name TEXT NOT NULL, history BLOB NOT NULL, checksum BLOB NOT NULL)",
  "CREATE TABLE seal (id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, "
  "held INTEGER NOT NULL, rows INTEGER NOT NULL, sum BLOB NOT NULL, "
  "meta BLOB NOT NULL, checksum BLOB NOT NULL)",
  "CREATE TABLE value (key INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, "
  "version INTEGER NOT NULL, data BLOB NOT NULL, checksum BLOB NOT NULL)"};

void add_or_take(digest& sum, const digest& of) {
  for (std::size_t i = 0; i < sum.size(); ++i)
    sum[i] = static_cast<std::uint8_t>(sum[i] ^ of[i]);
}

std::span<const std::uint8_t> octets_of(std::span<const char> bytes) {
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

std::span<const char> chars_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace

// -- checksums ----------------------------------------------------------------

digest region_tables::checksum_of(const region_origin& origin) const {
  return row_digest{origin.history, "meta"}
    .add(region_format)
    .add(origin.database)
    .add(origin.region)
    .add(std::string_view{origin.tenant})
    .add(std::string_view{origin.name})
    .finish();
}

digest region_tables::checksum_of(const region_seal& seal) const {
  return row_digest{origin_.history, "seal"}
    .add(seal.sequence)
    .add(seal.held)
    .add(seal.rows)
    .add(seal.sum)
    .add(seal.meta)
    .finish();
}

digest region_tables::checksum_of(variable_key key,
                                  const region_replica::stamp& stored,
                                  std::span<const std::uint8_t> bytes) const {
  return row_digest{origin_.history, "value"}
    .add(key)
    .add(stored.epoch)
    .add(stored.version)
    .add(bytes)
    .finish();
}

digest region_tables::checksum_of(const kept_row& row) const {
  return checksum_of(row.key, row.stored, octets_of(row.bytes));
}

commit_point region_tables::point() const {
  return {seal_.sequence, checksum_of(seal_)};
}

// -- making and opening -------------------------------------------------------

shm::result<region_tables> region_tables::create(database& in,
                                                 const region_origin& origin) {
  for (const auto table : region_schema)
    if (auto made = in.run(std::string{table}.c_str()); !made)
      return std::move(made).assume_error();
  region_tables made;
  made.origin_ = origin;
  made.seal_.meta = made.checksum_of(origin);
  if (auto prepared = made.prepare(in); !prepared)
    return std::move(prepared).assume_error();
  if (auto written = made.write_origin(in); !written)
    return std::move(written).assume_error();
  if (auto written = made.write_seal(); !written)
    return std::move(written).assume_error();
  made.keep();
  return made;
}

shm::result<region_tables> region_tables::open(database& in,
                                               const region_origin& expected) {
  if (auto checked = check_schema(in, region_schema); !checked)
    return std::move(checked).assume_error();
  region_tables made;
  if (auto read = made.read_origin(in, expected); !read)
    return std::move(read).assume_error();
  if (auto read = made.read_seal(in); !read)
    return std::move(read).assume_error();
  if (auto prepared = made.prepare(in); !prepared)
    return std::move(prepared).assume_error();
  made.keep();
  return made;
}

shm::result<void> region_tables::prepare(database& in) {
  in_ = &in;
  const std::array<std::pair<statement*, std::string_view>, 3> wanted{{
    {&put_, "REPLACE INTO value VALUES (?, ?, ?, ?, ?)"},
    {&drop_, "DELETE FROM value WHERE key = ?"},
    {&put_seal_, "REPLACE INTO seal VALUES (1, ?, ?, ?, ?, ?, ?)"},
  }};
  for (const auto& [statement, sql] : wanted) {
    auto prepared = in.prepare(sql);
    if (!prepared)
      return std::move(prepared).assume_error();
    *statement = std::move(prepared).assume_value();
  }
  return boost::outcome_v2::success();
}

// -- reading ------------------------------------------------------------------

shm::result<void> region_tables::read_origin(database& in,
                                             const region_origin& expected) {
  auto asked = in.prepare("SELECT format, database, region, tenant, name, "
                          "history, checksum FROM meta WHERE id = 1");
  if (!asked)
    return std::move(asked).assume_error();
  auto& row = asked.assume_value();
  auto there = row.step();
  if (!there)
    return std::move(there).assume_error();
  if (!there.assume_value() || row.number(0) != region_format)
    return damaged("it does not say which region it is of");
  origin_ = {row.number(1),
             row.number(2),
             std::string{row.text(3)},
             std::string{row.text(4)},
             {}};
  if (!copy_digest(row.bytes(5), origin_.history)
      || !is_digest(row.bytes(6), checksum_of(origin_)))
    return damaged("which region it is of is not what was written");
  if (origin_.database != expected.database
      || origin_.region != expected.region)
    return shm::failed(shm::errc::refused, "it is of another region");
  return boost::outcome_v2::success();
}

shm::result<void> region_tables::read_seal(database& in) {
  auto asked = in.prepare("SELECT sequence, held, rows, sum, meta, checksum "
                          "FROM seal WHERE id = 1");
  if (!asked)
    return std::move(asked).assume_error();
  auto& row = asked.assume_value();
  auto there = row.step();
  if (!there)
    return std::move(there).assume_error();
  if (!there.assume_value())
    return damaged("the seal is missing");
  seal_.sequence = row.number(0);
  seal_.held = row.number(1);
  seal_.rows = row.number(2);
  if (!copy_digest(row.bytes(3), seal_.sum)
      || !copy_digest(row.bytes(4), seal_.meta)
      || !is_digest(row.bytes(5), checksum_of(seal_))
      || seal_.meta != checksum_of(origin_))
    return damaged("the seal is not what was written");
  return boost::outcome_v2::success();
}

shm::result<void> region_tables::read(const region_storage::visitor& show) {
  auto asked
    = in_->prepare("SELECT key, epoch, version, data, checksum FROM value");
  if (!asked)
    return std::move(asked).assume_error();
  auto& row = asked.assume_value();
  digest sum{};
  for (;;) {
    auto there = row.step();
    if (!there)
      return std::move(there).assume_error();
    if (!there.assume_value())
      break;
    const auto key = row.number(0);
    const region_replica::stamp stored{row.number(1), row.number(2)};
    const auto found = checksum_of(key, stored, row.bytes(3));
    if (!is_digest(row.bytes(4), found))
      return damaged("the value of variable " + std::to_string(key)
                     + " is not what was written");
    add_or_take(sum, found);
    rows_[key] = found;
    if (auto shown = show(key, stored, chars_of(row.bytes(3))); !shown)
      return shown;
  }
  if (rows_.size() != seal_.rows || sum != seal_.sum)
    return damaged("values are missing, or are those of another time");
  return boost::outcome_v2::success();
}

// -- writing ------------------------------------------------------------------

shm::result<void> region_tables::write_origin(database& in) {
  auto put = in.prepare("REPLACE INTO meta VALUES (1, ?, ?, ?, ?, ?, ?, ?)");
  if (!put)
    return std::move(put).assume_error();
  const auto checksum = checksum_of(origin_);
  return put.assume_value()
    .bind(1, region_format)
    .bind(2, origin_.database)
    .bind(3, origin_.region)
    .bind(4, std::string_view{origin_.tenant})
    .bind(5, std::string_view{origin_.name})
    .bind(6, origin_.history)
    .bind(7, checksum)
    .run();
}

shm::result<void> region_tables::write_seal() {
  ++seal_.sequence;
  const auto checksum = checksum_of(seal_);
  return put_seal_.bind(1, seal_.sequence)
    .bind(2, seal_.held)
    .bind(3, seal_.rows)
    .bind(4, seal_.sum)
    .bind(5, seal_.meta)
    .bind(6, checksum)
    .run();
}

std::optional<digest> region_tables::known(variable_key key) const {
  if (const auto found = changed_.find(key); found != changed_.end())
    return found->second;
  if (const auto found = rows_.find(key); found != rows_.end())
    return found->second;
  return std::nullopt;
}

void region_tables::note(variable_key key, const std::optional<digest>& now) {
  if (const auto before = known(key)) {
    add_or_take(seal_.sum, *before);
    --seal_.rows;
  }
  if (now) {
    add_or_take(seal_.sum, *now);
    ++seal_.rows;
  }
  changed_[key] = now;
}

shm::result<void> region_tables::put(const kept_row& row) {
  const auto checksum = checksum_of(row);
  note(row.key, checksum);
  return put_.bind(1, row.key)
    .bind(2, row.stored.epoch)
    .bind(3, row.stored.version)
    .bind(4, octets_of(row.bytes))
    .bind(5, checksum)
    .run();
}

shm::result<void> region_tables::drop(variable_key key) {
  note(key, std::nullopt);
  return drop_.bind(1, key).run();
}

shm::result<void> region_tables::write(const region_writes& what) {
  for (const auto& each : what.rows)
    if (auto written = put(each); !written)
      return written;
  for (const auto key : what.removed)
    if (auto dropped = drop(key); !dropped)
      return dropped;
  if (what.held)
    seal_.held = *what.held;
  return write_seal();
}

void region_tables::keep() {
  kept_seal_ = seal_;
  for (const auto& [key, now] : changed_)
    if (now)
      rows_[key] = *now;
    else
      rows_.erase(key);
  changed_.clear();
}

void region_tables::undo() {
  seal_ = kept_seal_;
  changed_.clear();
}

} // namespace holdfast::runtime
