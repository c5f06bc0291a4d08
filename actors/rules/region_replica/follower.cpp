#include "actors/rules/region_replica/follower.hpp"

#include <algorithm>

namespace holdfast::region_replica {

void follower::begin_anew(life of) {
  const auto last = stream;
  *this = follower{};
  known_life = of;
  stream = last + 1;
}

void follower::note_asked(boot_time now, const options& how) {
  const duration longest{how.resend};
  ask_again
    = asked_at ? std::min(2 * ask_again, longest) : duration{how.ask_again};
  asked_at = now;
}

void follower::queue(variable_key key, sequence changed, bool grouped) {
  const bool among_groups = grouped || groups_.knows(key);
  auto& line = among_groups ? groups_ : singles_;
  auto at = line.place_of(key);
  if (among_groups && !at)
    if (const auto waited = singles_.take(key))
      changed = std::min(changed, *waited);
  if (!at || *at > changed)
    line.put(key, changed);
}

void follower::unqueue(variable_key key) {
  singles_.forget(key);
  groups_.forget(key);
  floors.erase(key);
  for (auto& each : in_flight_)
    std::erase_if(each.taken,
                  [key](const auto& one) { return one.first == key; });
}

follower::place follower::take(const std::vector<row>& rows, boot_time now) {
  flight made;
  made.number = ++last_number_;
  made.sent_at = now;
  made.taken.reserve(rows.size());
  for (const auto& each : rows) {
    const auto of_group = groups_.take(each.key);
    made.taken.emplace_back(
      each.key, of_group ? *of_group : singles_.take(each.key).value());
    made.bytes += each.bytes;
  }
  flight_bytes_ += made.bytes;
  const place at{made.number, follows_};
  follows_ = made.number;
  in_flight_.push_back(std::move(made));
  greeted = true;
  return at;
}

bool follower::on_ack(const delta_ack& said, boot_time now) {
  const bool news = said.covers > acknowledged || said.durable > durable
                    || said.number > taken_;
  acknowledged = std::max(acknowledged, said.covers);
  durable = std::max(durable, said.durable);
  taken_ = std::max(taken_, said.number);
  while (!in_flight_.empty() && in_flight_.front().number <= said.number) {
    flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
    // A slow link is none that loses: the next one had to wait for this one.
    if (!in_flight_.empty())
      in_flight_.front().sent_at = now;
  }
  return news;
}

void follower::send_again(boot_time now, const options& how) {
  if (!in_flight_.empty() && now - in_flight_.front().sent_at >= how.resend)
    queue_again(how);
}

void follower::queue_again(const options& how) {
  if (!how.faults.lost_is_not_sent_again)
    for (const auto& each : in_flight_)
      for (const auto& [key, changed] : each.taken)
        queue(key, changed);
  in_flight_.clear();
  flight_bytes_ = 0;
  follows_ = taken_;
  covers_sent = acknowledged;
  apart_sent.reset();
  greeted = taken_ != 0;
}

} // namespace holdfast::region_replica
