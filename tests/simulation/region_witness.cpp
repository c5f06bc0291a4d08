#include "tests/simulation/region_witness.hpp"

#include <algorithm>

namespace holdfast::region_simulation {

namespace {

std::string text_of(const stamp& of) {
  return std::to_string(of.epoch) + "." + std::to_string(of.version);
}

std::string variable(variable_key key) {
  return "variable " + std::to_string(key);
}

} // namespace

value_id witness::stored(variable_key, epoch_number epoch,
                         std::uint64_t version) {
  births_[++last_] = {epoch, version};
  return last_;
}

stamp witness::birth(value_id value) const {
  const auto found = births_.find(value);
  return found == births_.end() ? stamp{} : found->second;
}

void witness::promised(variable_key key, value_id value) {
  auto& least = least_[key];
  least = std::max(least, birth(value));
}

void witness::promised_durably(variable_key key, value_id value) {
  auto& least = on_disk_[key];
  least = std::max(least, birth(value));
}

stamp witness::least(variable_key key) const {
  const auto found = least_.find(key);
  return found == least_.end() ? stamp{} : found->second;
}

void witness::read(node_id by, variable_key key, value_id value,
                   const stamp& least) {
  if (birth(value) < least)
    blame(variable(key) + " is read at node " + std::to_string(by) + " as "
          + text_of(birth(value)) + " after " + text_of(least)
          + " was promised");
  promised(key, value);
}

void witness::stored_together(const std::map<variable_key, value_id>& values) {
  for (const auto& [one, first] : values)
    for (const auto& [other, second] : values)
      if (one != other)
        groups_[{one, other, birth(first).epoch}][birth(first).version]
          = birth(second).version;
}

/// Who has a value of one has that of the other, or a later one.
void witness::together(node_id by,
                       const std::map<variable_key, value_id>& values) {
  for (const auto& [pair, stores] : groups_) {
    const auto& [one, other, epoch] = pair;
    const auto first = values.find(one);
    const auto second = values.find(other);
    if (first == values.end() || second == values.end())
      continue;
    const auto has = birth(first->second);
    const auto later = stores.upper_bound(has.version);
    if (has.epoch != epoch || later == stores.begin())
      continue;
    const stamp least{epoch, std::prev(later)->second};
    if (const auto its = birth(second->second); its < least)
      blame(variable(other) + " is read at node " + std::to_string(by) + " as "
            + text_of(its) + " beside " + text_of(has) + " of " + variable(one)
            + ", which was stored with " + text_of(least));
  }
}

void witness::serves(node_id home,
                     const std::map<variable_key, value_id>& values) {
  for (const auto& [key, value] : values)
    is_in(key, value);
  for (const auto& [key, least] : least_) {
    const auto found = values.find(key);
    const auto has = found == values.end() ? stamp{} : birth(found->second);
    if (has < least)
      blame("node " + std::to_string(home) + " serves " + variable(key) + " as "
            + text_of(has) + " after " + text_of(least) + " was promised");
  }
}

void witness::made(std::uint64_t serial, variable_key key, value_id value) {
  executions_[serial].push_back({key, value, false});
}

value_id witness::made_as(std::uint64_t serial, const stamp& born) const {
  if (const auto found = executions_.find(serial); found != executions_.end())
    for (const auto& each : found->second)
      if (birth(each.value) == born)
        return each.value;
  return 0;
}

void witness::is_in(variable_key key, value_id value) {
  const auto last = birth(value);
  for (auto& [serial, all] : executions_) {
    int in = 0;
    for (auto& each : all) {
      const auto born = birth(each.value);
      each.in = each.in
                || (each.key == key && born.epoch == last.epoch
                    && born.version <= last.version);
      in += each.in ? 1 : 0;
    }
    if (in > 1)
      blame("store " + std::to_string(serial)
            + " of the session is made twice");
  }
}

void witness::shown(node_id node, variable_key key, std::uint64_t before,
                    std::uint64_t after) {
  if (after < before)
    blame(variable(key) + " goes back at node " + std::to_string(node)
          + " from version " + std::to_string(before) + " to "
          + std::to_string(after));
}

void witness::published(node_id node, epoch_number before, epoch_number after) {
  if (after < before)
    blame("node " + std::to_string(node) + " goes back from epoch "
          + std::to_string(before) + " to " + std::to_string(after));
}

} // namespace holdfast::region_simulation
