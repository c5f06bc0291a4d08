// Compares what the holders have, a few values at a time, and mends what is
// something else than the home says.
#include "actors/region_comparison.hpp"
#include "actors/tenant_region_parts.hpp"
#include "config/region_bounds.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using step = comparison::step;

/// The value under that name, as it is here: appended. False if it is not.
bool append_as(pointer self, const compared_value& what,
               std::vector<char>& into) {
  const auto before = into.size();
  const auto version = append_row(self, what.key, into);
  if (version && *version == what.stored.version)
    return true;
  into.resize(before);
  return false;
}

bool holds(pointer self, const compared_value& what) {
  return self->state.rule->held().at(what.key) == what.stored;
}

void say(pointer self, std::uint64_t to, const comparison& what) {
  send_packets(self, to, packet_subject::comparison, pack(what));
}

// -- at the home --------------------------------------------------------------

/// The next values in the order of their keys, from the start again after the
/// last.
std::vector<compared_value> next_to_compare(pointer self) {
  auto& state = self->state;
  const auto& values = state.rule->held().values;
  std::vector<compared_value> rows;
  std::vector<char> bytes;
  std::size_t read = 0;
  auto at = values.lower_bound(state.compared_from);
  for (; at != values.end() && rows.size() < config::region_compared_rows_max
         && read < config::region_compared_bytes_max;
       ++at) {
    compared_value row{at->first, at->second.stored, 0, 0};
    bytes.clear();
    state.compared_from = at->first + 1;
    if (!append_as(self, row, bytes))
      continue; // it is being stored to
    row.digest = digest_of_bytes(bytes);
    read += bytes.size();
    rows.push_back(row);
  }
  if (at == values.end())
    state.compared_from = 0;
  return rows;
}

void send_once_more(pointer self, std::uint64_t to, const comparison& asked) {
  comparison made{step::values, asked.epoch, {}, {}};
  for (auto row : asked.rows) {
    const auto before = made.payload.size();
    if (before >= config::region_compared_bytes_max)
      break; // the rest is found again
    if (!holds(self, row) || !append_as(self, row, made.payload))
      continue;
    row.bytes = made.payload.size() - before;
    row.digest = digest_of_bytes({made.payload.data() + before, row.bytes});
    made.rows.push_back(row);
  }
  say(self, to, made);
}

// -- at another holder --------------------------------------------------------

void look_for_differences(pointer self, std::uint64_t home,
                          const comparison& said) {
  comparison wanted{step::wanted, said.epoch, {}, {}};
  std::vector<char> bytes;
  for (const auto& row : said.rows) {
    bytes.clear();
    if (holds(self, row)
        && (!append_as(self, row, bytes)
            || digest_of_bytes(bytes) != row.digest))
      wanted.rows.push_back(row);
  }
  if (!wanted.rows.empty())
    say(self, home, wanted);
}

void mend(pointer self, const comparison& said) {
  std::vector<region_replica::change> mended;
  std::size_t at = 0;
  for (const auto& row : said.rows) {
    const std::span<const char> bytes{said.payload.data() + at, row.bytes};
    at += row.bytes;
    if (!holds(self, row) || digest_of_bytes(bytes) != row.digest)
      continue;
    // Contended: with the next round.
    if (show_row(self, {row.key, row.stored, row.bytes, 0, 0}, bytes))
      mended.push_back({row.key, row.stored.version, row.bytes});
  }
  if (mended.empty())
    return;
  note_for_disk(self, mended);
  self->state.mended += mended.size();
  auto fields = about(self);
  fields.emplace_back("values", std::to_string(mended.size()));
  self->state.options.log(log_level::warning,
                          "values of a region had changed in this node's "
                          "memory, and were mended",
                          fields);
}

} // namespace

void compare_when_due(pointer self) {
  auto& state = self->state;
  const auto now = state.options.now();
  const auto seen = state.rule->look();
  if (now < state.compare_at || seen.phase != region_replica::phase::serving)
    return;
  state.compare_at = now + config::region_compare_interval;
  if (seen.whole.size() < 2)
    return; // with nobody
  const comparison made{step::digests, seen.epoch, next_to_compare(self), {}};
  if (made.rows.empty())
    return;
  for (const auto node : seen.whole)
    if (node != state.options.node)
      say(self, node, made);
}

void on_comparison(pointer self, std::uint64_t from, const comparison& said) {
  const auto& placed = self->state.placed;
  const auto seen = self->state.rule->look();
  const bool at_home = seen.phase == region_replica::phase::serving;
  if (said.epoch != placed.epoch || seen.promised != placed.epoch)
    return;
  if (said.what == step::wanted && at_home)
    send_once_more(self, from, said);
  else if (from != placed.home || at_home)
    return;
  else if (said.what == step::digests)
    look_for_differences(self, from, said);
  else if (said.what == step::values)
    mend(self, said);
}

} // namespace holdfast::actors
