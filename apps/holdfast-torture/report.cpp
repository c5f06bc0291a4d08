#include "apps/holdfast-torture/report.hpp"

#include "apps/holdfast-torture/checker/words.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>

namespace holdfast::torture {

namespace {

constexpr std::array<record_kind, 5> shown_kinds{
  record_kind::store, record_kind::flush, record_kind::read,
  record_kind::confirmed_read, record_kind::final_read};

[[gnu::format(printf, 1, 2)]] std::string line(const char* format, ...) {
  char text[256];
  va_list values;
  va_start(values, format);
  std::vsnprintf(text, sizeof text, format, values);
  va_end(values);
  return text;
}

unsigned long long number(std::uint64_t of) {
  return of;
}

std::string text_of_ms(std::int64_t ns) {
  return line("%.0f ms", static_cast<double>(ns) * 1e-6);
}

std::string faults_of(const torture_options& options,
                      const run_result& result) {
  const auto& seen = result.seen;
  std::string all = line("%-16s %8s %8s %11s %10s %10s\n", "fault", "asked",
                         "done", "failovers", "p50", "longest");
  for (const auto kind : counted_faults) {
    const auto took = seen.recoveries_ns(kind);
    all += line("%-16s %8llu %8llu %11zu %10s %10s\n",
                std::string{word_for(kind)}.c_str(),
                number(options.faults.of(kind)), number(seen.done.of(kind)),
                took.size(),
                took.empty() ? "-" : text_of_ms(took[took.size() / 2]).c_str(),
                took.empty() ? "-" : text_of_ms(took.back()).c_str());
  }
  if (result.ended_full > 0)
    all += line("  Of the nodes whose disk was full %llu ended, since they "
                "could not write their log of\n  consensus, and were started "
                "again.\n",
                number(result.ended_full));
  return all
         + "  A failover counts when the fault met the home and a flush was "
           "acknowledged in a newer\n  epoch before the next fault; the times "
           "are from the fault to the end of that flush.\n";
}

std::string line_of(std::string_view name, const outcome_counts& counts) {
  std::string all = line("%-16s", std::string{name}.c_str());
  for (const auto count : counts)
    all += line(" %9llu", number(count));
  return all + "\n";
}

std::string operations_of(const load& seen) {
  std::string all = line("%-16s", "operation");
  for (std::uint8_t i = 0; i <= outcomes_max; ++i)
    all += line(" %9s",
                std::string{word_for(static_cast<record_outcome>(i))}.c_str());
  all += "\n";
  for (const auto kind : shown_kinds) {
    all += line_of(word_for(kind),
                   seen.by_outcome[static_cast<std::size_t>(kind)]);
    if (kind == record_kind::flush && seen.durable_flushes != outcome_counts{})
      all += line_of("  to disk", seen.durable_flushes);
  }
  return all;
}

std::string findings_of(const run_result& result) {
  std::string all;
  for (const auto& each : result.found.kept())
    all += "\n" + text_of(each, result.recorded->origin());
  for (std::size_t i = 0; i < rules_count; ++i) {
    const auto broken = static_cast<rule>(i);
    if (const auto count = result.found.count(broken); count > 0)
      all += line("\n%s: %llu in all", std::string{name_of(broken)}.c_str(),
                  number(count));
  }
  return all.empty() ? all : all + "\n";
}

std::string verdict_of(const run_result& result) {
  const std::string word{word_for(result)};
  if (word == "violation")
    return "VIOLATION: promises were broken\n";
  if (word == "void")
    return "VOID: this run proves nothing\n";
  return "CLEAN: no promise was broken\n";
}

} // namespace

std::string_view word_for(const run_result& result) noexcept {
  if (result.found.count() > 0)
    return "violation";
  return result.reasons_void.empty() ? "clean" : "void";
}

std::string report_of(const torture_options& options,
                      const run_result& result) {
  const auto& seen = result.seen;
  std::string all
    = line("%u nodes, seed %llu: %llu operations in %.1f s, %llu faults of "
           "nodes, %llu of those at the home\n\n",
           options.nodes, number(options.seed), number(seen.operations),
           seen.seconds, number(seen.node_faults), number(seen.at_home));
  all += faults_of(options, result) + "\n" + operations_of(seen);
  all += findings_of(result);
  for (const auto& each : result.reasons_void)
    all += "\nvoid: " + each;
  if (!result.reasons_void.empty())
    all += "\n";
  for (const auto& each : result.kept)
    all += "\nkept: " + each;
  return all + "\n" + verdict_of(result);
}

} // namespace holdfast::torture
