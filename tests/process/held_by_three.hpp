// Three nodes that all hold a region, and programs that map it.
#pragma once

#include "tests/process/cluster_regions.hpp"
#include "tests/process/one_region.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace holdfast::test {

/// Three nodes that all hold a region with one variable.
struct held_by_three {
  held_by_three() {
    cluster.start_all();
    REQUIRE(cluster.await_leader({1, 2, 3}) != 0);
    REQUIRE(creates(cluster, 1, "orders"));
    REQUIRE(add_number("count"));
    REQUIRE(moves_to(1));
  }

  bool add_number(const std::string& name) {
    return eventually([&] {
      return cluster
        .call(1, "add_variable",
              {{"region", std::string{"orders"}},
               {"name", name},
               {"kind", std::string{"value"}},
               {"type", std::string{"u64"}},
               {"capacity", std::uint64_t{8}}})
        .has_value();
    });
  }

  /// All three hold it whole, and this one is home.
  bool moves_to(std::uint64_t node) {
    const wire::fields wish{{"region", std::string{"orders"}}, {"node", node}};
    return cluster.call(node, "move_region", wish)
           && eventually([&] { return is_whole_on(node); },
                         std::chrono::seconds{30});
  }

  bool is_whole_on(std::uint64_t home) {
    const auto row = cluster.region_seen_by(home, "orders");
    const auto* whole = wire::find_text(row, "whole");
    const auto* settled = wire::find(row, "settled");
    return wire::number_or(row, "home", 0) == home && settled != nullptr
           && std::get<bool>(*settled) && whole != nullptr && *whole == "1 2 3";
  }

  /// Another one than `gone` that serves; 0: none does.
  std::uint64_t next_home(std::uint64_t gone) {
    std::uint64_t home = 0;
    const auto serves = [&](std::uint64_t node) {
      const auto row = cluster.region_seen_by(node, "orders");
      const auto* state = wire::find(row, "state");
      return node != gone && wire::number_or(row, "home", 0) == node
             && state != nullptr && std::get<std::string>(*state) == "active";
    };
    const auto found = [&] {
      for (const auto node : cluster.all())
        if (node != gone && serves(node))
          home = node;
      return home != 0;
    };
    return eventually(found, std::chrono::seconds{30}) ? home : 0;
  }

  node_cluster cluster{3};
};

/// What it must be; why it is not, else.
template <class Value>
Value had(shm::result<Value> outcome) {
  if (!outcome)
    throw std::runtime_error{outcome.assume_error().message()};
  return std::move(outcome).assume_value();
}

/// A program at a node, with the region mapped.
struct attached_program {
  attached_program(held_by_three& in, std::uint64_t node, shm::access access)
    : line{connect(in.cluster.at(node))},
      region{had(line.attach("orders", access))},
      count{had(region.find<std::uint64_t>("count"))} {
    // nop
  }

  client::connection line;
  shm::region_view region;
  shm::variable<std::uint64_t> count;
};

template <class Result>
shm::errc case_of(const Result& outcome) {
  return outcome ? shm::errc::ok : outcome.error();
}

} // namespace holdfast::test
