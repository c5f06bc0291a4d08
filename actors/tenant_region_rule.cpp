// The region's rule: what happens goes to it, and what it wants is carried out,
// in its order.
#include "actors/region_comparison.hpp"
#include "actors/tenant_region_parts.hpp"
#include "config/defaults.hpp"
#include "config/region_bounds.hpp"

#include <algorithm>

namespace holdfast::actors {

namespace {

using pointer = tenant_region_pointer;
using region_replica::row;

shm::region& memory(pointer self) {
  return memory_of(self);
}

// -- to other holders ---------------------------------------------------------

/// The bytes of the rows, as they are now. False if one is not there any more,
/// or changes too fast: the rule says it all again.
bool read_rows(pointer self, carried_message& into) {
  auto* rows = rows_of(into.said);
  if (rows == nullptr)
    return true;
  std::size_t bytes = 0;
  for (const auto& each : *rows)
    bytes += each.bytes;
  into.payload.reserve(bytes + room_for_words(rows->size()));
  for (auto& each : *rows) {
    const auto before = into.payload.size();
    const auto version = append_row(self, each.key, into.payload);
    if (!version || *version < each.stored.version
        || is_half_of_a_group(self, each.key, each.stored.version, *version))
      return false;
    each.carry(*version, into.payload.size() - before, into.said.epoch);
  }
  return true;
}

/// This holder heard its home just now: what is here is fresh for a lease.
void note_heard(pointer self) {
  const auto& options = self->state.options;
  memory(self).renew_lease(options.now() + options.rule.lease);
}

void carry_out(pointer self, region_replica::send& what,
               const arrived_message* with) {
  auto& state = self->state;
  const auto& options = state.options;
  if (!options.router)
    return;
  carried_message made{std::move(what.what), {}};
  if (!read_rows(self, made)) {
    if (std::holds_alternative<region_replica::delta>(made.said.says))
      state.rule->on_unsent(what.to);
    return;
  }
  // Of itself a holder says what its disk has.
  if (with != nullptr
      && (std::holds_alternative<region_replica::delta_ack>(made.said.says)
          || std::holds_alternative<region_replica::beat_ack>(made.said.says)))
    note_heard(self);
  send_packets(self, what.to, packet_subject::rule, pack(std::move(made)));
}

// -- into memory --------------------------------------------------------------

/// The bytes of the rows, which are in the order of those that arrived.
std::vector<std::span<const char>> bytes_of(const std::vector<row>& rows,
                                            const arrived_message& with) {
  std::vector<std::span<const char>> found;
  found.reserve(rows.size());
  const auto* came = rows_of(with.what.said);
  std::size_t at = 0;
  for (const auto& each : rows) {
    while (at < came->size() && (*came)[at].key != each.key)
      ++at;
    if (at == came->size())
      break;
    found.push_back(with.bytes[at]);
  }
  return found;
}

void show_rows(pointer self, const region_replica::apply& what,
               const arrived_message& with) {
  const auto bytes = bytes_of(what.rows, with);
  const std::span<const row> rows{what.rows.data(), bytes.size()};
  const auto together
    = std::min<std::size_t>(what.groups.together, rows.size());
  if (auto shown
      = show_together(self, rows.first(together), bytes, what.groups.apart);
      !shown)
    return give_up(self, shown.assume_error());
  for (auto i = together; i < rows.size(); ++i)
    if (auto shown = show_row(self, rows[i], bytes[i]); !shown)
      return give_up(self, shown.assume_error());
}

void carry_out(pointer self, region_replica::apply& what,
               const arrived_message* with) {
  auto& region = memory(self);
  if (const auto& now = region.options(); now.epoch < what.epoch)
    region.take_role(now.home == self->state.options.node
                       ? shm::layout::region_role::home
                       : shm::layout::region_role::replica,
                     now.home, what.epoch);
  if (with != nullptr)
    show_rows(self, what, *with);
}

void carry_out(pointer self, region_replica::take_over& what,
               const arrived_message* with) {
  if (with != nullptr) {
    const auto bytes = bytes_of(what.rows, *with);
    for (std::size_t i = 0; i < bytes.size(); ++i)
      if (auto taken = take_row(self, what.rows[i], bytes[i]); !taken)
        return give_up(self, taken.assume_error());
  }
  look_for_changes(self);
}

void carry_out(pointer self, region_replica::outnumber& what,
               const arrived_message*) {
  if (!outnumber_row(self, what.key, what.above))
    self->state.outnumbering[what.key] = what.above;
  look_for_changes(self);
}

void carry_out(pointer self, region_replica::wipe&, const arrived_message*) {
  wipe(self);
}

void carry_out(pointer self, region_replica::stop_writers&,
               const arrived_message*) {
  stop_writers(self);
}

// -- to clients ---------------------------------------------------------------

void carry_out(pointer self, region_replica::publish& what,
               const arrived_message*) {
  show(self, what);
}

void carry_out(pointer self, region_replica::commit& what,
               const arrived_message*) {
  auto& region = memory(self);
  for (const auto& each : what.versions)
    if (const auto* slot = self->state.slots.find(each.key))
      region.commit(*slot, each.version);
  region.count_sequences(self->state.rule->look().applied, what.up_to);
}

void carry_out(pointer self, region_replica::end_wait& what,
               const arrived_message*) {
  auto& barriers = self->state.barriers;
  const auto found = barriers.find(what.who);
  if (found == barriers.end())
    return;
  const auto end = std::move(found->second);
  barriers.erase(found);
  end(what.how);
}

// -- to the tables, and for people --------------------------------------------

void carry_out(pointer self, region_replica::settle& what,
               const arrived_message*) {
  const auto& region = memory(self).options();
  if (self->state.options.keeper)
    self->send(self->state.options.keeper,
               settle_wanted{{{region.tenant, region.name}, what.epoch}});
}

void carry_out(pointer self, region_replica::discard& what,
               const arrived_message*) {
  auto& all = self->state.discarded;
  all.insert(all.end(), what.versions.begin(), what.versions.end());
}

void carry_out(pointer self, region_replica::report_loss& what,
               const arrived_message*) {
  const bool disks = what.whole + what.restored >= what.needed;
  report(self, catalog::region_event::lost,
         "of the holders " + std::to_string(what.whole)
           + " kept their memory and " + std::to_string(what.restored)
           + " have what was on their disks, and it takes "
           + std::to_string(what.needed)
           + (disks ? ": what was flushed to disk is there, what was flushed "
                      "to memory alone may be lost"
                    : ": flushed values may be lost"));
}

void complain_of(pointer self, std::uint64_t node) {
  self->state.options.log(log_level::warning,
                          "a message of another holder made no sense",
                          {{"node", std::to_string(node)}});
}

/// Ends as values do. What does not must not reach the rule: it would be there
/// for good.
bool is_value(std::span<const char> bytes) {
  return region_replica::store_ledger::without_tail(bytes).has_value();
}

} // namespace

void send_packets(pointer self, std::uint64_t to, packet_subject about,
                  std::vector<char> content) {
  const auto& options = self->state.options;
  region_packet envelope;
  envelope.from = options.node;
  envelope.incarnation = options.incarnation;
  envelope.region = memory(self).options().region_id;
  envelope.number = ++self->state.packets;
  envelope.subject = about;
  for (auto& part :
       in_parts(envelope, std::move(content), options.packet_bytes_max))
    options.links->send(to, std::move(part));
}

region_replica::boot_time now_of(pointer self) {
  return self->state.options.now().time_since_epoch();
}

void carry(pointer self, region_replica::actions asked,
           const arrived_message* with) {
  for (auto& each : asked)
    std::visit([&](auto& what) { carry_out(self, what, with); }, each);
  note_phase(self);
  look_at_leases(self);
  note_for_disk(self, asked);
  auto& state = self->state;
  if (state.stopping && !state.replacing) {
    state.stopping = false;
    const auto last = std::exchange(state.stored_last, {});
    note_for_disk(self, last);
    carry(self, state.rule->on_stopped(now_of(self), last));
  }
  write_to_disk(self);
}

void settle_again(pointer self) {
  const auto& state = self->state;
  if (state.placed.forgot.empty()
      || state.rule->now() != region_replica::phase::serving)
    return;
  const auto holders = state.placed.holders();
  const auto whole = state.rule->look().whole;
  if (std::includes(whole.begin(), whole.end(), holders.begin(),
                    holders.end())) {
    region_replica::settle again{state.placed.epoch};
    carry_out(self, again, nullptr);
  }
}

drained_changes drain_to_rule(pointer self) {
  auto& state = self->state;
  if (state.replacing) {
    look_behind_groups(self);
    return {};
  }
  std::erase_if(state.outnumbering, [self](const auto& each) {
    return outnumber_row(self, each.first, each.second);
  });
  const auto changes = take_changes(self);
  note_for_disk(self, changes);
  const auto found = count_stores(self, changes);
  carry(self,
        state.rule->on_drained(now_of(self), changes, state.groups.apart));
  look_behind_groups(self);
  return found;
}

void on_packet(pointer self, region_packet& packet) {
  auto& state = self->state;
  if (!state.others.contains(packet.from)
      && state.others.size() >= config::peers_max)
    return;
  auto& other = state.others[packet.from];
  if (!other.parts || other.incarnation != packet.incarnation)
    other = {packet.incarnation, 0,
             part_collector{state.options.message_bytes_max}};
  const auto from = packet.from;
  const auto subject = packet.subject;
  const auto content = other.parts->add(std::move(packet));
  if (!content)
    return;
  if (subject == packet_subject::comparison) {
    const auto said = unpack_comparison(*content);
    return said ? on_comparison(self, from, *said) : complain_of(self, from);
  }
  auto what = unpack(std::move(*content));
  if (!what)
    return complain_of(self, from);
  other.life = std::max(other.life, what->said.from);
  arrived_message arrived{std::move(*what), {}};
  arrived.bytes = slices_of(arrived.what);
  if (!std::all_of(arrived.bytes.begin(), arrived.bytes.end(), is_value))
    return complain_of(self, from);
  carry(self, state.rule->on_message(now_of(self), from, arrived.what.said),
        &arrived);
  look_at_waiting(self);
}

void on_holder_died(pointer self, const holder_died& died) {
  auto& others = self->state.others;
  const auto found = others.find(died.node);
  if (found == others.end() || found->second.incarnation != died.incarnation)
    return;
  carry(self, self->state.rule->on_death_proven(now_of(self), died.node,
                                                found->second.life));
  look_at_waiting(self);
}

void follow_placement(pointer self, const placement_decided& decided) {
  const auto& from = decided.placed;
  auto& state = self->state;
  state.placed = from;
  const bool serves
    = state.shown
      && state.shown->now == region_replica::publish::state::serving;
  // One that begins empty has nothing to tell.
  if (from.home == state.options.node && !serves
      && from.began_empty != from.epoch
      && (!state.begun || state.begun->epoch != from.epoch))
    state.begun = reign{from.epoch, state.options.now(), {}};
  carry(self, self->state.rule->on_placement(
                now_of(self),
                {from.home, from.replicas, from.epoch, from.settled_epoch,
                 from.settled_holders, from.began_empty, decided.departed}));
  look_at_waiting(self);
}

} // namespace holdfast::actors
