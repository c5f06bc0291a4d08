#include "actors/consensus/membership.hpp"
#include "runtime/store/consensus_tables.hpp"

namespace holdfast::runtime {

namespace {

/// The one row of a table that must have one.
shm::result<statement> only_row(database& in, std::string_view question) {
  auto prepared = in.prepare(question);
  if (!prepared)
    return prepared;
  auto row = prepared.assume_value().step();
  if (!row)
    return std::move(row).assume_error();
  if (!row.assume_value())
    return damaged("a row is missing: " + std::string{question});
  return prepared;
}

} // namespace

shm::result<consensus::stored_log> consensus_tables::read() {
  if (auto read = read_identity(*in_); !read)
    return std::move(read).assume_error();
  if (auto read = read_seal(*in_); !read)
    return std::move(read).assume_error();
  consensus::stored_log log;
  auto vote = read_ballot(*in_);
  if (!vote)
    return std::move(vote).assume_error();
  log.vote = vote.assume_value();
  auto base = read_snapshot(*in_);
  if (!base)
    return std::move(base).assume_error();
  log.base = std::move(base).assume_value();
  snapshot_index_ = log.base ? log.base->index : 0;
  if (auto read = read_entries(*in_, log); !read)
    return std::move(read).assume_error();
  return log;
}

shm::result<void> consensus_tables::read_identity(database& in) {
  auto row = only_row(in, "SELECT format, cluster, node, history, incarnation, "
                          "checksum FROM meta WHERE id = 1");
  if (!row)
    return std::move(row).assume_error();
  const auto& meta = row.assume_value();
  store_identity found;
  found.cluster = meta.text(1);
  found.node = meta.number(2);
  found.incarnation = meta.number(4);
  if (meta.number(0) != consensus_format
      || !copy_digest(meta.bytes(3), found.history)
      || !is_digest(meta.bytes(5), checksum_of(found)))
    return damaged("the row that names the database is damaged");
  identity_ = std::move(found);
  return boost::outcome_v2::success();
}

shm::result<void> consensus_tables::read_seal(database& in) {
  auto row
    = only_row(in, "SELECT sequence, first, next, before_first, last, meta, "
                   "ballot, snapshot, checksum FROM seal WHERE id = 1");
  if (!row)
    return std::move(row).assume_error();
  const auto& from = row.assume_value();
  seal_.sequence = from.number(0);
  seal_.first = from.number(1);
  seal_.next = from.number(2);
  if (!copy_digest(from.bytes(3), seal_.before_first)
      || !copy_digest(from.bytes(4), seal_.last)
      || !copy_digest(from.bytes(5), seal_.meta)
      || !copy_digest(from.bytes(6), seal_.ballot)
      || !copy_digest(from.bytes(7), seal_.snapshot)
      || !is_digest(from.bytes(8), checksum_of(key(), seal_)))
    return damaged("the seal is damaged");
  if (seal_.meta != checksum_of(identity_))
    return damaged("the row that names the database is an older one");
  return boost::outcome_v2::success();
}

shm::result<consensus::ballot> consensus_tables::read_ballot(database& in) {
  auto row = only_row(in, "SELECT term, voted_for, checksum FROM ballot "
                          "WHERE id = 1");
  if (!row)
    return std::move(row).assume_error();
  const auto& from = row.assume_value();
  const consensus::ballot vote{from.number(0), from.number(1)};
  const auto checksum = checksum_of(key(), vote);
  if (!is_digest(from.bytes(2), checksum) || seal_.ballot != checksum)
    return damaged("the ballot is damaged");
  return vote;
}

shm::result<std::optional<consensus::snapshot>>
consensus_tables::read_snapshot(database& in) {
  if (seal_.snapshot == digest{})
    return std::optional<consensus::snapshot>{};
  auto row = only_row(in, "SELECT idx, term, membership_idx, membership, "
                          "state, checksum FROM snapshot WHERE id = 1");
  if (!row)
    return std::move(row).assume_error();
  const auto& from = row.assume_value();
  auto members = consensus::decode(from.bytes(3));
  if (!members)
    return damaged("the snapshot is damaged");
  const auto state = from.bytes(4);
  consensus::snapshot base{from.number(0),
                           from.number(1),
                           from.number(2),
                           std::move(*members),
                           {state.begin(), state.end()}};
  const auto checksum = checksum_of(key(), base);
  if (!is_digest(from.bytes(5), checksum) || seal_.snapshot != checksum)
    return damaged("the snapshot is damaged");
  return std::optional{std::move(base)};
}

shm::result<void> consensus_tables::read_entries(database& in,
                                                 consensus::stored_log& log) {
  auto prepared = in.prepare(
    "SELECT idx, term, kind, data, checksum FROM entry ORDER BY idx");
  if (!prepared)
    return std::move(prepared).assume_error();
  auto& rows = prepared.assume_value();
  log.first = seal_.first;
  auto checksum = seal_.before_first;
  auto index = seal_.first;
  for (;; ++index) {
    auto row = rows.step();
    if (!row)
      return std::move(row).assume_error();
    if (!row.assume_value())
      break;
    const auto octets = rows.bytes(3);
    consensus::entry entry{rows.number(1),
                           static_cast<consensus::entry_kind>(rows.number(2)),
                           {octets.begin(), octets.end()}};
    checksum = checksum_of(key(), checksum, index, entry);
    if (rows.number(0) != index || !is_digest(rows.bytes(4), checksum))
      return damaged("entry " + std::to_string(index) + " is damaged");
    log.entries.push_back(std::move(entry));
  }
  if (index != seal_.next || checksum != seal_.last)
    return damaged("the log ends at " + std::to_string(index - 1)
                   + " instead of " + std::to_string(seal_.next - 1));
  return boost::outcome_v2::success();
}

} // namespace holdfast::runtime
