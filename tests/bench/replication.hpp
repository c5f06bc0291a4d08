// What the rows of replication share: how they end, and where their files are.
#pragma once

#include "tests/bench/measure.hpp"
#include "tests/support/real_node.hpp"

#include <functional>
#include <string>

namespace holdfast::bench {

/// Why nothing about three nodes can be measured here; empty if it can.
std::string why_no_nodes();

/// Runs `measure` once, which repeats by itself, ours and the other in turn.
/// The row is skipped when `why_not` says a reason.
figures run_once(benchmark::State& state,
                 const std::function<std::string()>& why_not,
                 const std::function<figures()>& measure);

/// The first reason there is; empty: none.
std::string first_reason(std::initializer_list<std::string> reasons);

/// Files of the other servers, which go at the end. In memory: what is compared
/// there is not the disk.
std::string memory_directory(const std::string& name);

/// As above, on a disk.
std::string disk_directory(const std::string& name);

/// The value below which that share of the samples lies.
double share_of(std::vector<double> samples, double share);

// The rows, by subject.
void add_flush_rows();
void add_visible_rows();
void add_update_rows();
void add_home_failover_rows();
void add_fill_rows();

} // namespace holdfast::bench
