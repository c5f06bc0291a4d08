#include "apps/examples/tour_report.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace holdfast::examples {

namespace {

/// Longer than this, and something waited for something.
constexpr double hang_ms = 1000;

constexpr auto not_told = "not measured";

std::string text(const char* format, auto... values) {
  char out[256];
  std::snprintf(out, sizeof out, format, values...);
  return out;
}

std::optional<double> number(const told& from, const std::string& name) {
  const auto found = from.find(name);
  if (found == from.end())
    return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(found->second.c_str(), &end);
  return end == found->second.c_str() ? std::nullopt
                                      : std::optional<double>{value};
}

std::string word(const told& from, const std::string& name) {
  const auto found = from.find(name);
  return found == from.end() ? not_told : found->second;
}

bool is_zero(const told& from, const std::string& name) {
  return number(from, name) == 0.0;
}

bool is_positive(const told& from, const std::string& name) {
  return number(from, name).value_or(0) > 0;
}

/// "12.3 million", "4,711".
std::string count_text(std::optional<double> count) {
  if (!count)
    return not_told;
  if (*count >= 1e6)
    return text("%.1f million", *count / 1e6);
  const auto whole = static_cast<long>(*count);
  return whole < 1000 ? text("%ld", whole)
                      : text("%ld,%03ld", whole / 1000, whole % 1000);
}

std::string count_text(const told& from, const std::string& name) {
  return count_text(number(from, name));
}

std::string time_text(std::optional<double> ns) {
  if (!ns)
    return not_told;
  if (*ns < 1e3)
    return text("%.1f ns", *ns);
  return *ns < 1e6 ? text("%.1f us", *ns / 1e3) : text("%.1f ms", *ns / 1e6);
}

std::string row(const char* what, std::optional<double> ours,
                std::optional<double> bare, const std::string& against,
                const std::string& rest) {
  const auto ratio
    = ours && bare && *bare > 0 ? text("%.2f", *ours / *bare) : "?";
  return text("  %-34s %11s %11s %-8s %6s", what, time_text(ours).c_str(),
              time_text(bare).c_str(), against.c_str(), ratio.c_str())
         + rest + "\n";
}

std::string joined(const told& from, std::initializer_list<const char*> names) {
  std::string all;
  for (const auto* name : names)
    if (from.contains(name))
      all += (all.empty() ? "" : ", ") + from.at(name);
  return all.empty() ? not_told : all;
}

std::string heading(const findings& found) {
  utsname system{};
  ::uname(&system);
  return "Holdfast " + found.version
         + text(": programs share memory that a node owns, guards and repairs. "
                "Seen in %.0f s\n",
                found.seconds)
         + text("on Linux %.24s, %ld processors; each part a process, run as ",
                system.release, ::sysconf(_SC_NPROCESSORS_ONLN))
         + found.players + ".\n";
}

std::string telemetry_part(const findings& found) {
  const auto missing = found.publisher.find("missing");
  return "\nTenant host: this machine, live from /proc, stored by one process "
         "and read by another\n  "
         + joined(found.telemetry, {"processors", "memory", "processes"})
         + "\n  " + joined(found.telemetry, {"network", "disk"})
         + (missing == found.publisher.end()
              ? std::string{}
              : "; cannot read " + missing->second)
         + "\n";
}

std::string market_part(const findings& found) {
  return "\nTenant market: " + word(found.replay, "prices") + " prices of "
         + word(found.replay, "symbols") + " symbols ("
         + found.prices_file.substr(found.prices_file.rfind('/') + 1)
         + "), played " + count_text(found.replay, "passes")
         + " times; a tick is a group of two\n  "
         + count_text(found.replay, "ticks_per_second")
         + " ticks/s; beside that " + count_text(found.scan, "reads_per_second")
         + " reads/s; " + count_text(found.scan, "snapshots") + " snapshots, "
         + word(found.scan, "half") + " of half a tick\n";
}

std::string floor_part(const findings& found) {
  return text("\n  %-34s %11s %20s %6s\n", "64 bytes, same run", "Holdfast",
              "the bare floor  ", "ratio")
         + row("read, no system call", number(found.reads, "ours_ns"),
               number(found.reads, "bare_ns"), "seqlock",
               "   + epoch, freshness")
         + row("store, no system call", number(found.stores, "ours_ns"),
               number(found.stores, "bare_ns"), "seqlock",
               "   + who, what changed")
         + row("sleeping reader wakes (median)", number(found.wakes, "p50_ns"),
               found.bare_wake_ns, "futex",
               "   p99 " + time_text(number(found.wakes, "p99_ns")));
}

std::string kill_part(const findings& found) {
  const auto& seen = found.kills.reader;
  return text("\nkill -9 for %d writers, each at a random instant; the node "
              "freed %s locks they died with\n",
              found.kills.kills, word(seen, "repairs").c_str())
         + text("  the next writer's stores were done %.2f ms after the kill "
                "(median), at most %.1f ms\n",
                found.kills.median_ms, found.kills.longest_ms)
         + "  " + count_text(seen, "checked") + " values of 1 KiB read beside "
         + "it: " + word(seen, "torn") + " torn, " + word(seen, "half")
         + " half groups, longest read "
         + time_text(number(seen, "longest_read_ns")) + "\n";
}

std::string refused_part(const findings& found) {
  const auto& got = found.refused;
  const auto& aim = found.aimed_at;
  return "\nA reader of host/" + aim.region + " tries more\n  tenant "
         + aim.other_tenant + ": " + word(got, "other_tenant") + "; region "
         + aim.other_region + ": " + word(got, "other_region")
         + "; attach for writing: " + word(got, "attach_to_write")
         + "\n  its read-only memory: mmap " + word(got, "mmap") + ", mprotect "
         + word(got, "mprotect") + ", reopen " + word(got, "reopen")
         + ", pwrite " + word(got, "pwrite") + "\n"
         + (found.separate
              ? ""
              : "  Not root, so all is one user; what a user may write, no "
                "kernel keeps from that user.\n");
}

std::string cluster_part(const cluster_findings& seen) {
  return text("\nThree nodes, one cluster: a leader after %.0f ms, node %u "
              "after %.1f s (term %u); kill -9 for it:\n",
              seen.elected_ms, static_cast<unsigned>(seen.first_leader),
              seen.settled_ms * 1e-3, static_cast<unsigned>(seen.first_term))
         + text("  node %u led %.0f ms later (term %u), the next decision was "
                "made after %.0f ms\n",
                static_cast<unsigned>(seen.next_leader), seen.next_leader_ms,
                static_cast<unsigned>(seen.next_term), seen.next_decision_ms)
         + text(
           "  started again, node %u led %.1f s later; all three know what "
           "was decided\n",
           static_cast<unsigned>(seen.last_leader), seen.returned_ms * 1e-3);
}

std::string reader_text(const told& seen, std::size_t node) {
  return text("  reader at node %zu: ", node) + count_text(seen, "reads")
         + " reads, " + word(seen, "failed") + " failed, longest read "
         + time_text(number(seen, "longest_read_ns")) + ", longest pause "
         + time_text(number(seen, "longest_gap_ns")) + ", now "
         + word(seen, "freshness") + "\n";
}

std::string home_part(const cluster_findings& seen) {
  auto part
    = text("\nIt was the home of a region with prices and telemetry, too: "
           "node %u took over, and the next\n  price was flushed %.0f ms after "
           "the kill\n  ",
           static_cast<unsigned>(seen.next_home), seen.next_flush_ms)
      + count_text(seen.writer, "flushed") + " prices were flushed in all; of "
      + word(seen.writer, "compared") + " that were before it, "
      + word(seen.writer, "missing") + " missing\n";
  for (std::size_t i = 0; i < seen.readers.size(); ++i)
    part += reader_text(seen.readers[i], i + 1);
  part += "  caf-shell cluster why live\n";
  for (const auto& line : seen.why)
    part += "    " + line.substr(0, 96) + "\n";
  return part;
}

/// It went on reading what is whole, and never looked back.
bool went_on(const told& reader) {
  return is_positive(reader, "reads") && is_zero(reader, "failed")
         && is_zero(reader, "torn") && is_zero(reader, "backwards")
         && number(reader, "longest_read_ns").value_or(1e12) < hang_ms * 1e6;
}

bool was_refused(const told& from, const char* name,
                 std::initializer_list<const char*> by) {
  const auto found = from.find(name);
  return found != from.end()
         && std::any_of(by.begin(), by.end(), [&](const char* expected) {
              return found->second == expected;
            });
}

} // namespace

std::vector<claim> claims_of(const findings& found) {
  const auto& seen = found.kills.reader;
  const auto& got = found.refused;
  const auto kernel = [&](const char* name) {
    return was_refused(got, name, {"EACCES", "EPERM", "EACCES/EPERM", "EBADF"});
  };
  return {
    {"the host's telemetry reaches its reader",
     found.telemetry.contains("processors")
       && found.telemetry.contains("memory")},
    {"no value beside a full-speed writer is torn",
     is_positive(found.scan, "reads") && is_zero(found.scan, "torn")},
    {"no snapshot shows half a group store",
     is_positive(found.scan, "snapshots") && is_zero(found.scan, "half")},
    {"no reader goes back in time",
     is_zero(found.scan, "backwards") && is_zero(seen, "backwards")},
    {"readers that sleep are woken",
     is_positive(found.wakes, "wakes") && is_zero(found.wakes, "torn")},
    {"no value of a killed writer is torn", is_positive(seen, "checked")
                                              && is_zero(seen, "torn")
                                              && is_zero(seen, "half")},
    {"no read fails while writers are killed", is_zero(seen, "failed")},
    {"nobody hangs on a killed writer",
     found.kills.longest_ms < hang_ms
       && number(seen, "longest_read_ns").value_or(1e12) < hang_ms * 1e6},
    {"another tenant is closed",
     was_refused(got, "other_tenant", {"refused"})
       && was_refused(got, "other_region", {"no_such_region", "no_right"})},
    {"a reader cannot attach for writing",
     was_refused(got, "attach_to_write", {"no_right"})},
    {"a reader cannot make its memory writable",
     kernel("mmap") && kernel("mprotect") && kernel("reopen")
       && kernel("pwrite")},
    {"the lowest id leads three nodes",
     found.cluster.first_leader == 1 && found.cluster.last_leader == 1},
    {"the others go on without the leader, in a later term",
     found.cluster.next_leader > 1
       && found.cluster.next_term > found.cluster.first_term},
    {"no decision is lost with the leader", found.cluster.same_tables},
    {"another node takes over the region",
     found.cluster.next_home > 0
       && found.cluster.next_home != found.cluster.first_home
       && !found.cluster.why.empty()},
    {"readers go on while the home dies",
     std::all_of(found.cluster.readers.begin(), found.cluster.readers.end(),
                 went_on)},
    {"a reader is told that its node is dead, others that theirs is not",
     word(found.cluster.readers[0], "freshness") == "stale"
       && word(found.cluster.readers[1], "freshness") == "fresh"
       && word(found.cluster.readers[2], "freshness") == "fresh"},
    {"no flushed price is lost with the home",
     is_positive(found.cluster.writer, "compared")
       && is_zero(found.cluster.writer, "missing")},
  };
}

std::string report_of(const findings& found, const std::vector<claim>& claims) {
  auto screen = heading(found) + telemetry_part(found) + market_part(found)
                + floor_part(found) + kill_part(found) + refused_part(found)
                + cluster_part(found.cluster) + home_part(found.cluster);
  std::size_t broken = 0;
  for (const auto& [claimed, holds] : claims)
    if (!holds) {
      ++broken;
      screen += "NOT TRUE HERE: " + claimed + "\n";
    }
  return screen
         + (broken == 0
              ? text("All %zu claims held.\n", claims.size())
              : text("%zu of %zu claims failed.\n", broken, claims.size()));
}

} // namespace holdfast::examples
