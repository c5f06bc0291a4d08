#include "apps/holdfast-torture/faults.hpp"

#include "apps/holdfast-node/exit_code.hpp"
#include "apps/holdfast-torture/boot_time.hpp"
#include "apps/holdfast-torture/checker/words.hpp"
#include "apps/processes/interruption.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace holdfast::torture {

namespace {

using processes::rest;
using std::chrono::steady_clock;

/// With pauses that leave the processors to the nodes.
template <class Condition>
bool await(Condition holds, std::chrono::milliseconds patience) {
  const auto until = steady_clock::now() + patience;
  while (!holds()) {
    if (steady_clock::now() > until)
      return false;
    rest(defaults::look);
  }
  return true;
}

/// A node that does not end when told to, or does not start again, says so.
template <class Order>
void order(std::uint32_t node, Order what) {
  try {
    what();
  } catch (const processes::interrupted&) {
    throw;
  } catch (const std::runtime_error& failure) {
    throw promise_broken{rule::node_ended, "node " + std::to_string(node) + ": "
                                             + failure.what()};
  }
}

record fault_record(fault_kind kind, std::uint32_t node) {
  record made;
  made.kind = record_kind::fault;
  made.value = static_cast<std::uint64_t>(kind);
  made.node = node;
  made.outcome = record_outcome::ok;
  made.begin_ns = now_ns();
  return made;
}

} // namespace

faults::faults(const torture_options& options, nodes& at, crew& clients,
               history_writer& record_in, history_tail& tail,
               std::size_t replicas)
  : options_{options},
    nodes_{at},
    clients_{clients},
    history_{record_in},
    tail_{tail},
    replicas_{replicas} {
  // nop
}

faults::target faults::choose(const planned_fault& what) const {
  for (const auto id : nodes_.all()) {
    const auto told = nodes_.region_at(id);
    if (!told)
      continue;
    target made{told->home, true, told->epoch};
    auto others = nodes_.all();
    others.erase(told->home);
    const bool always
      = what.kind == fault_kind::drain || what.kind == fault_kind::cluster_kill;
    if (what.at_home || always || others.empty())
      return made;
    made.node = *std::next(
      others.begin(), static_cast<std::ptrdiff_t>(what.choice % others.size()));
    made.at_home = false;
    return made;
  }
  throw run_problem{"no node tells where the region lives"};
}

void faults::carry_out(const planned_fault& what) {
  rest(what.gap);
  if (const auto ended = clients_.ended(); !ended.empty())
    throw run_problem{ended};
  if (what.kind == fault_kind::client_kill)
    return kill_client(what);
  const auto victim = choose(what);
  auto noted = fault_record(what.kind, victim.node);
  noted.epoch = noted.epoch_before = victim.epoch;
  noted.flags = victim.at_home ? flag_at_home : 0;
  last_ = "after a " + std::string{word_for(what.kind)} + " of node "
          + std::to_string(victim.node);
  begin(what.kind, victim);
  noted.end_ns = now_ns();
  history_.note(noted);
  befall(what, victim.node);
  // Nodes that had to find each other again are given longer.
  if (what.kind == fault_kind::cluster_kill)
    await_whole();
  await_service(noted.begin_ns);
  await_whole();
  full_.reset();
}

void faults::befall(const planned_fault& what, std::uint32_t node) {
  try {
    if (what.kind == fault_kind::disk_full)
      await_full_disk(node);
    if (goes_on_in(what.kind))
      await_service(now_ns());
    rest(what.length);
  } catch (const processes::interrupted&) {
    throw;
  } catch (const std::runtime_error&) {
    end(what.kind, node);
    throw;
  }
  end(what.kind, node);
}

/// Whether a majority is well meanwhile.
bool faults::goes_on_in(fault_kind kind) const noexcept {
  return options_.survives_one() && kind != fault_kind::cluster_kill;
}

void faults::kill_client(const planned_fault& what) {
  auto noted = fault_record(what.kind, 0);
  const auto who = clients_.replace(what.choice);
  noted.node = who.node;
  noted.version = who.id;
  noted.end_ns = now_ns();
  history_.note(noted);
  await_service(noted.begin_ns);
}

void faults::begin(fault_kind kind, const target& victim) {
  const auto node = victim.node;
  switch (kind) {
  case fault_kind::kill:
    nodes_.kill(node);
    if (options_.on_disk() && options_.nodes == 1)
      note_memory_lost(victim.epoch);
    return;
  case fault_kind::cluster_kill:
    nodes_.kill_all();
    return note_memory_lost(victim.epoch);
  case fault_kind::disk_full:
    full_ = full_disk{node};
    return nodes_.fill_disk(node);
  case fault_kind::restart:
    return order(node, [&] { nodes_.stop(node); });
  case fault_kind::pause:
    return nodes_.freeze(node);
  case fault_kind::drain:
    if (const auto done = nodes_.call(node, "drain"); !done)
      throw run_problem{"drain: " + done.assume_error().message()};
    return await_leaving(node);
  default:
    return nodes_.cut(kind, node);
  }
}

void faults::end(fault_kind kind, std::uint32_t node) {
  switch (kind) {
  case fault_kind::kill:
  case fault_kind::restart:
    return order(node, [&] { nodes_.start(node); });
  case fault_kind::cluster_kill:
    return start_all();
  case fault_kind::disk_full:
    return make_room(node);
  case fault_kind::pause:
    return nodes_.thaw(node);
  case fault_kind::drain:
    if (const auto done = nodes_.call(node, "resume"); !done)
      throw run_problem{"resume: " + done.assume_error().message()};
    return;
  default:
    return nodes_.heal();
  }
}

void faults::start_all() {
  for (const auto id : nodes_.all())
    order(id, [&] { nodes_.start(id); });
}

/// One that ended has it since it was started again.
void faults::make_room(std::uint32_t node) {
  expect_no_end();
  if (!full_->ended)
    nodes_.make_room(node);
}

void faults::await_full_disk(std::uint32_t node) {
  const auto noticed = [&] {
    expect_no_end();
    const auto told = nodes_.region_at(node);
    return full_->ended || (told && told->disk == "failing");
  };
  if (!await(noticed, defaults::disk_patience))
    throw run_problem{"a node does not tell that its disk is full"};
}

/// Where there are replicas, what lives on a drained node moves.
void faults::await_leaving(std::uint32_t node) {
  const auto left = [&] {
    const auto told = nodes_.region_at(node);
    return told && told->home != node;
  };
  if (replicas_ > 0 && !await(left, defaults::service_patience))
    throw run_problem{"the region does not leave a node that is drained"};
}

void faults::await_service(std::int64_t since_ns) {
  const auto served = [&] {
    expect_no_end();
    tail_.look();
    return tail_.last_flush_ns() >= since_ns;
  };
  if (!await(served, defaults::service_patience))
    throw promise_broken{rule::not_served,
                         "no flush was acknowledged within "
                           + std::to_string(defaults::service_patience.count())
                           + " s " + last_ + ": " + where_it_stands()};
}

void faults::await_whole() {
  if (!await([this] { return is_whole(); }, defaults::whole_patience))
    throw promise_broken{rule::not_whole,
                         "not every replica has everything again within "
                           + std::to_string(defaults::whole_patience.count())
                           + " s " + last_ + ": " + where_it_stands()};
}

/// But of a node that cannot write its log of consensus: it gives away what it
/// has and ends, which may be after its disk has room again.
void faults::expect_no_end() {
  constexpr auto for_its_disk
    = static_cast<int>(holdfast::exit_code::disk_failed);
  for (const auto& each : nodes_.ended()) {
    if (!full_ || each.node != full_->node || each.code != for_its_disk)
      throw promise_broken{rule::node_ended, each.text + " (" + last_ + ")"};
    full_->ended = true;
    ++ended_full_;
    order(each.node, [&] { nodes_.start(each.node); });
  }
}

bool faults::is_whole() {
  expect_no_end();
  std::optional<region_facts> first;
  for (const auto id : nodes_.all()) {
    const auto told = nodes_.region_at(id);
    if (!told)
      return false;
    note_reset(told->began_empty);
    if (first && (told->home != first->home || told->epoch != first->epoch))
      return false;
    if (!first)
      first = told;
    if (told->replicas < replicas_ || told->disk == "failing"
        || (told->home == id && told->state != "active"))
      return false;
  }
  return first && all_hear_each_other() && all_let_readers_in(first->home);
}

/// A link that is still down is a fault, too: with the next one there may be no
/// majority whose nodes hear each other.
bool faults::all_hear_each_other() const {
  const auto all = nodes_.all();
  return std::all_of(all.begin(), all.end(),
                     [this](std::uint32_t id) { return nodes_.hears_all(id); });
}

/// A node that lost its memory holds nothing until it does, and losing another
/// one before would be more than the region survives.
bool faults::all_let_readers_in(std::uint32_t home) const {
  const auto all = replicas_ > 0 ? nodes_.all() : node_ids{home};
  return std::all_of(all.begin(), all.end(), [this](std::uint32_t id) {
    return nodes_.lets_readers_in(id);
  });
}

void faults::note_reset(std::uint64_t epoch) {
  if (epoch > std::exchange(began_empty_, std::max(began_empty_, epoch)))
    note(record_kind::reset, epoch);
}

/// When all that had it are dead, and none has started again.
void faults::note_memory_lost(std::uint64_t epoch) {
  note(record_kind::memory_lost, epoch);
}

/// What became of the region in that epoch.
void faults::note(record_kind what, std::uint64_t epoch) {
  record made;
  made.kind = what;
  made.outcome = record_outcome::ok;
  made.epoch = made.epoch_before = epoch;
  made.begin_ns = made.end_ns = now_ns();
  history_.note(made);
}

std::string faults::where_it_stands() const {
  std::string all;
  for (const auto id : nodes_.all()) {
    all += all.empty() ? "node " : "; node ";
    all += std::to_string(id);
    const auto told = nodes_.region_at(id);
    all += told ? " names home " + std::to_string(told->home) + " in epoch "
                    + std::to_string(told->epoch) + ", state " + told->state
                    + ", " + std::to_string(told->replicas) + " replicas"
                    + (told->disk.empty() ? "" : ", disk " + told->disk)
                    + (nodes_.lets_readers_in(id) ? ", lets readers in"
                                                  : ", lets no readers in")
                    + (nodes_.hears_all(id) ? "" : ", does not hear all")
                : std::string{" tells nothing"};
  }
  return all;
}

} // namespace holdfast::torture
