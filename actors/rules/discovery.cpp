#include "actors/rules/discovery.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::rules {

using std::chrono::nanoseconds;

discovery::discovery(discovery_options options, instance self)
  : options_{options}, self_{std::move(self)} {
  // nop
}

std::vector<discovery_action> discovery::on_look(std::span<const sighting> seen,
                                                 nanoseconds now) {
  actions out;
  const auto mine
    = std::find_if(seen.begin(), seen.end(), [this](const sighting& each) {
        return each.said.node == self_.node;
      });
  if (mine == seen.end())
    out.emplace_back(write_mine{});
  else
    look_at_mine(*mine, now, out);
  if (!out.empty() && std::holds_alternative<stop_duplicate>(out.front()))
    return out;
  for (const auto& each : seen)
    if (each.said.node != self_.node && each.said.cluster == self_.cluster)
      look_at_peer(each, now, out);
  drop_vanished(seen, out);
  if (!out.empty() && std::holds_alternative<write_mine>(out.front())) {
    written_ = true;
    ++self_.beat;
  }
  return out;
}

void discovery::on_answer(const instance& asked, bool answered,
                          nanoseconds now) {
  const auto found = records_.find(asked.node);
  if (found == records_.end() || !found->second.asked_at
      || found->second.last.incarnation != asked.incarnation)
    return;
  auto& known = found->second;
  known.silent = !answered;
  if (answered) {
    known.moved_at = now;
    known.asked_at.reset();
  }
}

void discovery::look_at_mine(const sighting& mine, nanoseconds now,
                             actions& out) {
  if (mine.said.incarnation == self_.incarnation) {
    settled_ = true;
    records_.erase(self_.node);
    out.emplace_back(write_mine{});
    return;
  }
  settled_ = false;
  auto& other = remember(mine.said, now);
  if (mine.process == process_state::gone) {
    out.emplace_back(write_mine{});
    return;
  }
  const auto shown = life_of(other, now);
  const bool lives
    = mine.process == process_state::running || shown == life::living;
  // Both have written, so both see this; both must come to the same end.
  if (lives || written_) {
    if (!written_ || newer_than(mine.said))
      out.emplace_back(stop_duplicate{mine.said});
    else
      out.emplace_back(write_mine{});
    return;
  }
  if (shown == life::stale && asked_in_vain(other, now, out))
    out.emplace_back(write_mine{});
}

void discovery::look_at_peer(const sighting& peer, nanoseconds now,
                             actions& out) {
  auto& known = remember(peer.said, now);
  if (peer.process == process_state::gone) {
    lose(known, "its process is gone", out);
    out.emplace_back(remove_stale{peer.said, "its process is gone"});
    return;
  }
  switch (life_of(known, now)) {
  case life::living:
  case life::claimed:
    announce(known, out);
    return;
  case life::doubtful:
    return;
  case life::stale:
    if (!asked_in_vain(known, now, out))
      return;
    lose(known, "its heartbeat stopped and it does not answer", out);
    // A process that is there may only be stopped, and go on later.
    if (peer.process != process_state::running)
      out.emplace_back(remove_stale{
        peer.said, "its heartbeat stopped and it does not answer"});
  }
}

discovery::record& discovery::remember(const instance& said, nanoseconds now) {
  const auto [found, is_new] = records_.try_emplace(said.node);
  auto& known = found->second;
  const bool other = is_new || known.last.incarnation != said.incarnation;
  if (other)
    known = {said, now, {}, {}, false, false};
  else if (known.last.beat != said.beat) {
    known.moved_at = now;
    known.asked_at.reset();
    known.silent = false;
  }
  known.announced = known.announced && known.last.address == said.address;
  known.last = said;
  return known;
}

discovery::life discovery::life_of(const record& of, nanoseconds now) const {
  if (of.moved_at)
    return now - *of.moved_at < options_.stale_after ? life::living
                                                     : life::stale;
  // A reading of another boot, or of the future, says nothing.
  if (of.last.boot == self_.boot && of.last.beat_at <= now)
    return now - of.last.beat_at < options_.stale_after ? life::claimed
                                                        : life::stale;
  return now - of.first_seen < options_.stale_after ? life::doubtful
                                                    : life::stale;
}

bool discovery::asked_in_vain(record& of, nanoseconds now, actions& out) {
  if (of.silent)
    return true;
  if (!of.asked_at) {
    of.asked_at = now;
    out.emplace_back(ask_instance{of.last});
    return false;
  }
  of.silent = now - *of.asked_at >= options_.ask_patience;
  return of.silent;
}

void discovery::drop_vanished(std::span<const sighting> seen, actions& out) {
  for (auto each = records_.begin(); each != records_.end();) {
    const bool there
      = std::any_of(seen.begin(), seen.end(), [&](const sighting& file) {
          return file.said.node == each->first;
        });
    if (!there)
      lose(each->second, "its file is gone", out);
    each = there ? std::next(each) : records_.erase(each);
  }
}

void discovery::announce(record& of, actions& out) {
  if (!of.announced)
    out.emplace_back(found_peer{of.last});
  of.announced = true;
}

void discovery::lose(record& of, const std::string& why, actions& out) {
  if (of.announced)
    out.emplace_back(lost_peer{of.last.node, why});
  of.announced = false;
}

bool discovery::newer_than(const instance& other) const {
  const bool comparable
    = other.boot == self_.boot && other.pid_namespace == self_.pid_namespace;
  if (comparable)
    return std::tie(self_.process_started, self_.pid, self_.incarnation)
           > std::tie(other.process_started, other.pid, other.incarnation);
  // Who has counted less is the newer.
  return std::tie(other.beat, self_.incarnation)
         > std::tie(self_.beat, other.incarnation);
}

} // namespace holdfast::rules
