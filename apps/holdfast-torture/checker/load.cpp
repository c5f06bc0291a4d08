#include "apps/holdfast-torture/checker/load.hpp"

#include "apps/holdfast-torture/checker/words.hpp"

#include <algorithm>
#include <numeric>

namespace holdfast::torture {

namespace {

fault_kind kind_of(const record& fault) noexcept {
  return static_cast<fault_kind>(fault.value);
}

bool is_operation(const record& of) noexcept {
  return of.kind == record_kind::attach || of.kind == record_kind::store
         || of.kind == record_kind::flush || of.is_read();
}

/// Faults and acknowledged flushes, each sorted by when it began.
class timeline {
public:
  using place = std::vector<const record*>::const_iterator;

  explicit timeline(const history& of) {
    for (const auto& client : of.clients)
      for (const auto& each : client) {
        if (each.kind == record_kind::fault)
          faults_.push_back(&each);
        if (each.flushed())
          flushes_.push_back(&each);
      }
    std::sort(faults_.begin(), faults_.end(), began_before);
    std::sort(flushes_.begin(), flushes_.end(), began_before);
  }

  const std::vector<const record*>& faults() const noexcept {
    return faults_;
  }

  /// Flushes that began after that fault, before the next one.
  std::pair<place, place> flushes_after(std::size_t fault) const {
    const auto from = [this](std::size_t index) {
      return index < faults_.size() ? std::lower_bound(
               flushes_.begin(), flushes_.end(), faults_[index], began_before)
                                    : flushes_.end();
    };
    return {from(fault), from(fault + 1)};
  }

private:
  static bool began_before(const record* one, const record* other) noexcept {
    return one->begin_ns < other->begin_ns;
  }

  std::vector<const record*> faults_, flushes_;
};

void count(const record& of, load& into) {
  ++into.by_outcome[static_cast<std::size_t>(of.kind)]
                   [static_cast<std::size_t>(of.outcome)];
  if (of.kind == record_kind::flush && of.durable())
    ++into.durable_flushes[static_cast<std::size_t>(of.outcome)];
  into.operations += is_operation(of) ? 1 : 0;
  into.told_committed += of.told_committed() ? 1 : 0;
  if (!of.saw_value())
    return;
  if (into.reads_of_node.size() <= of.node)
    into.reads_of_node.resize(of.node + std::size_t{1});
  ++into.reads_of_node[of.node];
}

void note_fault(const timeline& in, std::size_t index,
                const load_bounds& bounds, load& into) {
  const auto& fault = *in.faults()[index];
  into.done.add(kind_of(fault));
  const auto [from, to] = in.flushes_after(index);
  if (static_cast<std::uint64_t>(to - from) < bounds.flushes_between_min)
    into.unserved.push_back(&fault);
  if (kind_of(fault) == fault_kind::client_kill)
    return;
  ++into.node_faults;
  if ((fault.flags & flag_at_home) == 0)
    return;
  ++into.at_home;
  const auto first = std::find_if(
    from, to, [&](const record* one) { return one->epoch > fault.epoch; });
  if (first != to)
    into.recoveries.push_back({&fault, (*first)->end_ns - fault.begin_ns});
}

double seconds_of(const history& of) {
  std::int64_t first = 0;
  std::int64_t last = 0;
  for (const auto& client : of.clients)
    for (const auto& each : client) {
      if (!is_operation(each))
        continue;
      first = first == 0 ? each.begin_ns : std::min(first, each.begin_ns);
      last = std::max(last, each.begin_ns);
    }
  return static_cast<double>(last - first) * 1e-9;
}

void demand(const std::string& what, std::uint64_t there, std::uint64_t needed,
            std::vector<std::string>& reasons) {
  if (there < needed)
    reasons.push_back(what + ": " + std::to_string(there) + " of at least "
                      + std::to_string(needed));
}

} // namespace

std::uint64_t fault_counts::all() const noexcept {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

std::size_t fault_counts::place_of(fault_kind kind) noexcept {
  return std::min<std::size_t>(static_cast<std::size_t>(counted_as(kind)),
                               faults_max);
}

std::vector<std::int64_t> load::recoveries_ns(fault_kind after) const {
  std::vector<std::int64_t> found;
  for (const auto& each : recoveries)
    if (counted_as(kind_of(*each.fault)) == counted_as(after))
      found.push_back(each.took_ns);
  std::sort(found.begin(), found.end());
  return found;
}

load measure(const history& of, const load_bounds& bounds) {
  load found;
  found.seconds = seconds_of(of);
  for (const auto& client : of.clients)
    for (const auto& each : client)
      count(each, found);
  const timeline in{of};
  for (std::size_t i = 0; i < in.faults().size(); ++i)
    note_fault(in, i, bounds, found);
  return found;
}

std::vector<std::string> reasons_void(const load& of, const load_bounds& bounds,
                                      const fault_counts& wanted,
                                      std::uint64_t nodes) {
  std::vector<std::string> reasons;
  const auto rate
    = of.seconds > 0 ? static_cast<double>(of.operations) / of.seconds : 0.0;
  demand("operations per second", static_cast<std::uint64_t>(rate),
         bounds.operations_per_second_min, reasons);
  demand("acknowledged flushes",
         of.count(record_kind::flush, record_outcome::ok), bounds.flushes_min,
         reasons);
  if (wanted.need_disk())
    demand("flushes acknowledged to disk",
           of.durable_flushes[static_cast<std::size_t>(record_outcome::ok)],
           bounds.durable_flushes_min, reasons);
  demand("linearizable reads",
         of.count(record_kind::confirmed_read, record_outcome::ok),
         bounds.confirmed_reads_min, reasons);
  for (std::uint64_t id = 1; id <= nodes; ++id)
    demand("reads of values on node " + std::to_string(id),
           id < of.reads_of_node.size() ? of.reads_of_node[id] : 0,
           bounds.reads_per_node_min, reasons);
  for (const auto kind : counted_faults)
    demand("faults of kind " + std::string{word_for(kind)}, of.done.of(kind),
           wanted.of(kind), reasons);
  if (of.node_faults > 0)
    demand("percent of the nodes' faults that met the home",
           100 * of.at_home / of.node_faults, bounds.at_home_percent_min,
           reasons);
  if (!of.unserved.empty())
    reasons.push_back(
      "flushes acknowledged before the next fault: too few after "
      + std::to_string(of.unserved.size()) + " of "
      + std::to_string(of.done.all()) + " faults");
  return reasons;
}

} // namespace holdfast::torture
