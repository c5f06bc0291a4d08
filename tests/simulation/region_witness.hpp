// Sees everything, and says what must not be.
//
// Each stored value has a number and a birth: the epoch its home published, and
// its version. A value that somebody was told to be safe, or was read, sets the
// least birth that later reads of its variable may have.
#pragma once

#include "actors/rules/region_replica/values.hpp"

#include <map>
#include <string>
#include <tuple>
#include <vector>

namespace holdfast::region_simulation {

using region_replica::epoch_number;
using region_replica::node_id;
using region_replica::stamp;
using region_replica::variable_key;

using value_id = std::uint64_t; ///< 0: no value

class witness {
public:
  value_id stored(variable_key key, epoch_number epoch, std::uint64_t version);

  /// Somebody was told that it is safe, or read it.
  void promised(variable_key key, value_id value);
  void promised_durably(variable_key key, value_id value);
  /// What must be seen from now on.
  stamp least(variable_key key) const;
  void read(node_id by, variable_key key, value_id value, const stamp& least);
  /// They were stored as one.
  void stored_together(const std::map<variable_key, value_id>& values);
  /// Somebody reads these as one.
  void together(node_id by, const std::map<variable_key, value_id>& values);
  /// A home begins to serve with these values.
  void serves(node_id home, const std::map<variable_key, value_id>& values);

  /// A session's store was made, as this value.
  void made(std::uint64_t serial, variable_key key, value_id value);
  /// The value of that execution; 0: there was none.
  value_id made_as(std::uint64_t serial, const stamp& birth) const;
  /// The value is committed, and with it all that its home stored before.
  void is_in(variable_key key, value_id value);

  /// A node's memory is written, or read by somebody there.
  void shown(node_id node, variable_key key, std::uint64_t before,
             std::uint64_t after);
  void published(node_id node, epoch_number before, epoch_number after);

  /// Fewer than a majority kept their memory: what is on disk is safe.
  void lost_all() {
    least_ = on_disk_;
    executions_.clear();
    groups_.clear();
  }

  void blame(std::string what) {
    if (violation_.empty())
      violation_ = std::move(what);
  }
  const std::string& violation() const {
    return violation_;
  }
  stamp birth(value_id value) const;

private:
  std::map<value_id, stamp> births_;
  std::map<variable_key, stamp> least_;
  std::map<variable_key, stamp> on_disk_;
  struct execution {
    variable_key key = 0;
    value_id value = 0;
    bool in = false;
  };
  std::map<std::uint64_t, std::vector<execution>> executions_; ///< by serial
  value_id last_ = 0;
  /// By two variables and an epoch: the versions in which they were stored as
  /// one, of the second by that of the first.
  std::map<std::tuple<variable_key, variable_key, epoch_number>,
           std::map<std::uint64_t, std::uint64_t>>
    groups_;
  std::string violation_;
};

} // namespace holdfast::region_simulation
