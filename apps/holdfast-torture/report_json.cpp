#include "apps/holdfast-torture/checker/words.hpp"
#include "apps/holdfast-torture/report.hpp"

#include <nlohmann/json.hpp>

namespace holdfast::torture {

namespace {

using nlohmann::ordered_json;

double ms(std::int64_t ns) {
  return static_cast<double>(ns) * 1e-6;
}

std::string word(std::string_view of) {
  std::string made{of};
  for (auto& each : made)
    each = each == ' ' ? '_' : each;
  return made;
}

ordered_json json_of_faults(const torture_options& options,
                            const run_result& result) {
  const auto& seen = result.seen;
  ordered_json all;
  for (const auto kind : counted_faults) {
    ordered_json one{{"asked", options.faults.of(kind)},
                     {"done", seen.done.of(kind)}};
    const auto took = seen.recoveries_ns(kind);
    one["failovers"] = took.size();
    if (!took.empty()) {
      one["p50_ms"] = ms(took[took.size() / 2]);
      one["longest_ms"] = ms(took.back());
    }
    if (kind == fault_kind::disk_full)
      one["nodes_ended"] = result.ended_full;
    all[word(word_for(kind))] = one;
  }
  return all;
}

ordered_json json_of_outcomes(const load& seen) {
  ordered_json all;
  for (std::uint8_t i = 0; i <= outcomes_max; ++i)
    if (const auto count = seen.durable_flushes[i]; count > 0)
      all["durable_flush"][word(word_for(static_cast<record_outcome>(i)))]
        = count;
  for (std::uint8_t kind = 1; kind <= kinds_max; ++kind)
    for (std::uint8_t i = 0; i <= outcomes_max; ++i)
      if (const auto count = seen.by_outcome[kind][i]; count > 0)
        all[word(word_for(static_cast<record_kind>(kind)))]
           [word(word_for(static_cast<record_outcome>(i)))]
          = count;
  return all;
}

ordered_json json_of_findings(const run_result& result) {
  auto all = ordered_json::array();
  const auto origin = result.recorded->origin();
  for (const auto& each : result.found.kept()) {
    auto proof = ordered_json::array();
    for (const auto& one : each.proof)
      proof.push_back(text_of(one, origin));
    all.push_back({{"rule", name_of(each.broken)},
                   {"promise", promise_of(each.broken)},
                   {"text", each.text},
                   {"proof", proof}});
  }
  return all;
}

} // namespace

std::string json_of(const torture_options& options, const run_result& result) {
  const auto& seen = result.seen;
  const ordered_json all{{"result", word_for(result)},
                         {"nodes", options.nodes},
                         {"replicas", result.replicas},
                         {"seed", options.seed},
                         {"health", options.health},
                         {"durability", options.on_disk() ? "disk" : "memory"},
                         {"seconds", seen.seconds},
                         {"operations", seen.operations},
                         {"told_committed", seen.told_committed},
                         {"node_faults", seen.node_faults},
                         {"node_faults_at_home", seen.at_home},
                         {"failovers", seen.recoveries.size()},
                         {"faults", json_of_faults(options, result)},
                         {"outcomes", json_of_outcomes(seen)},
                         {"violations_in_all", result.found.count()},
                         {"violations", json_of_findings(result)},
                         {"void", result.reasons_void}};
  return all.dump(2) + "\n";
}

} // namespace holdfast::torture
