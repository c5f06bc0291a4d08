#include "runtime/store/consensus_tables.hpp"

#include "actors/consensus/membership.hpp"
#include "runtime/store/file_checks.hpp"

#include <algorithm>
#include <array>

namespace holdfast::runtime {

namespace {

/// In the order of their names, as sqlite_schema is read.
constexpr std::array<std::string_view, 5> tables{
  "CREATE TABLE ballot (id INTEGER PRIMARY KEY, term INTEGER NOT NULL, "
  "voted_for INTEGER NOT NULL, checksum BLOB NOT NULL)",
  "CREATE TABLE entry (idx INTEGER PRIMARY KEY, term INTEGER NOT NULL, "
  "kind INTEGER NOT NULL, data BLOB NOT NULL, checksum BLOB NOT NULL)",
  "CREATE TABLE meta (id INTEGER PRIMARY KEY, format INTEGER NOT NULL, "
  "cluster TEXT NOT NULL, node INTEGER NOT NULL, history BLOB NOT NULL, "
  "incarnation INTEGER NOT NULL, checksum BLOB NOT NULL)",
  "CREATE TABLE seal (id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, "
  "first INTEGER NOT NULL, next INTEGER NOT NULL, "
  "before_first BLOB NOT NULL, last BLOB NOT NULL, meta BLOB NOT NULL, "
  "ballot BLOB NOT NULL, snapshot BLOB NOT NULL, checksum BLOB NOT NULL)",
  "CREATE TABLE snapshot (id INTEGER PRIMARY KEY, idx INTEGER NOT NULL, "
  "term INTEGER NOT NULL, membership_idx INTEGER NOT NULL, "
  "membership BLOB NOT NULL, state BLOB NOT NULL, checksum BLOB NOT NULL)"};

} // namespace

// -- making and opening -------------------------------------------------------

shm::result<consensus_tables>
consensus_tables::create(database& in, const store_identity& identity) {
  for (const auto table : tables)
    if (auto made = in.run(std::string{table}.c_str()); !made)
      return std::move(made).assume_error();
  consensus_tables made;
  if (auto prepared = made.prepare(in); !prepared)
    return std::move(prepared).assume_error();
  made.identity_.history = identity.history;
  if (auto written = made.write_identity(identity); !written)
    return std::move(written).assume_error();
  if (auto written = made.write_ballot({}); !written)
    return std::move(written).assume_error();
  if (auto written = made.write_seal(); !written)
    return std::move(written).assume_error();
  return made;
}

shm::result<consensus_tables> consensus_tables::open(database& in) {
  if (auto checked = check_schema(in, tables); !checked)
    return std::move(checked).assume_error();
  consensus_tables made;
  if (auto prepared = made.prepare(in); !prepared)
    return std::move(prepared).assume_error();
  return made;
}

shm::result<void> consensus_tables::prepare(database& in) {
  in_ = &in;
  const std::array<std::pair<statement*, std::string_view>, 6> wanted{{
    {&put_ballot_, "REPLACE INTO ballot VALUES (1, ?, ?, ?)"},
    {&put_entry_, "INSERT INTO entry VALUES (?, ?, ?, ?, ?)"},
    {&put_seal_, "REPLACE INTO seal VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)"},
    {&drop_before_, "DELETE FROM entry WHERE idx < ?"},
    {&drop_from_, "DELETE FROM entry WHERE idx >= ?"},
    {&find_checksum_, "SELECT checksum FROM entry WHERE idx = ?"},
  }};
  for (const auto& [statement, sql] : wanted) {
    auto prepared = in.prepare(sql);
    if (!prepared)
      return std::move(prepared).assume_error();
    *statement = std::move(prepared).assume_value();
  }
  return boost::outcome_v2::success();
}

// -- writing ------------------------------------------------------------------

shm::result<void> consensus_tables::write(const consensus::write& one) {
  if (one.vote)
    if (auto written = write_ballot(*one.vote); !written)
      return written;
  if (one.base)
    if (auto written = install(*one.base); !written)
      return written;
  if (one.tail)
    return append(*one.tail);
  return boost::outcome_v2::success();
}

shm::result<void>
consensus_tables::write_identity(const store_identity& identity) {
  auto put = in_->prepare("REPLACE INTO meta VALUES (1, ?, ?, ?, ?, ?, ?)");
  if (!put)
    return std::move(put).assume_error();
  const auto checksum = checksum_of(identity);
  auto written = put.assume_value()
                   .bind(1, consensus_format)
                   .bind(2, std::string_view{identity.cluster})
                   .bind(3, identity.node)
                   .bind(4, identity.history)
                   .bind(5, identity.incarnation)
                   .bind(6, checksum)
                   .run();
  identity_ = identity;
  seal_.meta = checksum;
  return written;
}

shm::result<void> consensus_tables::write_seal() {
  ++seal_.sequence;
  const auto checksum = checksum_of(key(), seal_);
  return put_seal_.bind(1, seal_.sequence)
    .bind(2, seal_.first)
    .bind(3, seal_.next)
    .bind(4, seal_.before_first)
    .bind(5, seal_.last)
    .bind(6, seal_.meta)
    .bind(7, seal_.ballot)
    .bind(8, seal_.snapshot)
    .bind(9, checksum)
    .run();
}

shm::result<void>
consensus_tables::write_ballot(const consensus::ballot& vote) {
  seal_.ballot = checksum_of(key(), vote);
  return put_ballot_.bind(1, vote.term)
    .bind(2, vote.voted_for)
    .bind(3, seal_.ballot)
    .run();
}

shm::result<void> consensus_tables::install(const consensus::install& base) {
  const auto& [snapshot, keep_from, replaces_log] = base;
  auto put = in_->prepare("REPLACE INTO snapshot VALUES (1, ?, ?, ?, ?, ?, ?)");
  if (!put)
    return std::move(put).assume_error();
  if (!replaces_log
      && (snapshot.index >= seal_.next || keep_from > snapshot.index + 1))
    return shm::failed(shm::errc::bad_argument, "the snapshot leaves a gap");
  if (!consensus::is_valid(snapshot.members))
    return shm::failed(shm::errc::bad_argument, "the snapshot has no voters");
  const auto members = consensus::encode(snapshot.members);
  seal_.snapshot = checksum_of(key(), snapshot);
  snapshot_index_ = snapshot.index;
  auto written = put.assume_value()
                   .bind(1, snapshot.index)
                   .bind(2, snapshot.term)
                   .bind(3, snapshot.membership_index)
                   .bind(4, members)
                   .bind(5, snapshot.state)
                   .bind(6, seal_.snapshot)
                   .run();
  if (!written)
    return written;
  if (!replaces_log)
    return drop_before(keep_from);
  seal_.first = seal_.next = snapshot.index + 1;
  seal_.before_first = seal_.last = seal_.snapshot;
  return in_->run("DELETE FROM entry");
}

shm::result<void> consensus_tables::append(const consensus::append& tail) {
  // Nothing that a snapshot holds is ever taken back.
  if (tail.first < seal_.first || tail.first > seal_.next
      || tail.first <= snapshot_index_)
    return shm::failed(shm::errc::bad_argument, "entry "
                                                  + std::to_string(tail.first)
                                                  + " does not follow the log");
  if (tail.first < seal_.next)
    if (auto dropped = drop_from(tail.first); !dropped)
      return dropped;
  for (const auto& entry : tail.entries) {
    seal_.last = checksum_of(key(), seal_.last, seal_.next, entry);
    auto written = put_entry_.bind(1, seal_.next)
                     .bind(2, entry.term)
                     .bind(3, static_cast<std::uint64_t>(entry.kind))
                     .bind(4, entry.data)
                     .bind(5, seal_.last)
                     .run();
    if (!written)
      return written;
    ++seal_.next;
  }
  return boost::outcome_v2::success();
}

shm::result<void> consensus_tables::drop_before(consensus::log_index index) {
  if (index <= seal_.first)
    return boost::outcome_v2::success();
  auto checksum = checksum_before(index);
  if (!checksum)
    return std::move(checksum).assume_error();
  seal_.first = index;
  seal_.before_first = checksum.assume_value();
  return drop_before_.bind(1, index).run();
}

shm::result<void> consensus_tables::drop_from(consensus::log_index index) {
  auto checksum = checksum_before(index);
  if (!checksum)
    return std::move(checksum).assume_error();
  seal_.next = index;
  seal_.last = checksum.assume_value();
  return drop_from_.bind(1, index).run();
}

shm::result<digest>
consensus_tables::checksum_before(consensus::log_index index) {
  if (index == seal_.first)
    return seal_.before_first;
  auto row = find_checksum_.bind(1, index - 1).step();
  digest found{};
  const bool copied
    = row && row.assume_value() && copy_digest(find_checksum_.bytes(0), found);
  find_checksum_.reset();
  if (!row)
    return std::move(row).assume_error();
  if (!copied)
    return damaged("entry " + std::to_string(index - 1) + " is missing");
  return found;
}

} // namespace holdfast::runtime
