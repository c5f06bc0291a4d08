// Agreement: a decision of three nodes, and the next one after their leader
// went, beside etcd in the same run and on the same disk.

#include "tests/bench/decision_load.hpp"
#include "tests/bench/etcd_cluster.hpp"
#include "tests/bench/failover.hpp"
#include "tests/bench/holdfast_cluster.hpp"
#include "tests/bench/process.hpp"
#include "tests/support/real_node.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

// -- both clusters -----------------------------------------------------------

bool in_memory(const std::string& directory) {
  struct statfs told {};
  return ::statfs(directory.c_str(), &told) != 0 || told.f_type == TMPFS_MAGIC;
}

std::string why_no_disk() {
  const auto place = std::filesystem::temp_directory_path().string();
  return in_memory(place) ? place + " is in memory: set TMPDIR to a disk" : "";
}

struct both_clusters {
  test::temporary_directory directory;
  std::unique_ptr<consensus_cluster> ours = make_holdfast_cluster();
  std::unique_ptr<consensus_cluster> etcd = make_etcd_cluster(directory.path());
};

// Started with the first row that needs them. A static object: it ends them
// also when the benchmark gives up.
both_clusters& clusters() {
  static both_clusters both;
  return both;
}

// A version of the node that serves alone says so and ends.
std::string why_no_cluster() {
  try {
    clusters();
  } catch (const std::exception& failed) {
    const std::string why = failed.what();
    if (why.find("joins no cluster yet") == std::string::npos)
      throw;
    return "this holdfast-node joins no cluster yet";
  }
  return "";
}

std::string why_not() {
  if (!find_node())
    return "holdfast-node is not built";
  if (const auto why = why_no_disk(); !why.empty())
    return why;
  if (const auto why = why_no_etcd(); !why.empty())
    return why;
  static const auto refused = why_no_cluster();
  return refused;
}

// -- rows --------------------------------------------------------------------

template <class Measure>
figures run(benchmark::State& state, Measure measure) {
  try {
    if (const auto why = why_not(); !why.empty()) {
      state.SkipWithError(("skipped: " + why).c_str());
      return {};
    }
    const auto found = measure();
    // The repetitions were inside: ours and etcd's in turn.
    for (auto _ : state)
      state.SetIterationTime(1e-9);
    return found;
  } catch (const std::exception& failed) {
    give_up(failed.what());
  }
}

// -- decisions ---------------------------------------------------------------

// Whom clients ask. What they ask about has its home there, too, or at a
// follower.
enum class place { leader, follower, leader_about_follower };

struct side_figures {
  std::vector<double> per_second;
  std::vector<double> client_ns;
  std::vector<double> waits_ns;
};

struct load_of_both {
  side_figures ours, etcd;
};

deciders clients_of(consensus_cluster& cluster, place where,
                    std::size_t count) {
  const auto leader = await_leader(cluster);
  const auto next = (leader + 1) % consensus_cluster::members;
  if (where != place::leader_about_follower)
    return connect_all(cluster, where == place::leader ? leader : next, count);
  deciders made;
  while (made.size() < count)
    made.push_back(cluster.connect_about(leader, next));
  return made;
}

void run_turn(const deciders& clients, side_figures& into) {
  auto found = load(clients, quick ? 20ms : 1s);
  into.per_second.push_back(found.per_second);
  into.client_ns.push_back(found.client_ns);
  into.waits_ns.insert(into.waits_ns.end(), found.waits_ns.begin(),
                       found.waits_ns.end());
}

load_of_both measure_load(std::size_t count, place where) {
  const auto ours = clients_of(*clusters().ours, where, count);
  const auto etcd = clients_of(*clusters().etcd, where, count);
  load_of_both found;
  // The first turn of each only fills caches and opens what is opened once.
  side_figures ignored;
  run_turn(ours, ignored);
  run_turn(etcd, ignored);
  const int turns = quick ? 1 : 9;
  for (int turn = 0; turn < turns; ++turn) {
    run_turn(ours, found.ours);
    run_turn(etcd, found.etcd);
  }
  return found;
}

// Several rows tell of the same load.
const load_of_both& load_with(std::size_t count, place where) {
  static std::map<std::pair<std::size_t, place>, load_of_both> known;
  const auto found = known.find({count, where});
  if (found != known.end())
    return found->second;
  return known.emplace(std::pair{count, where}, measure_load(count, where))
    .first->second;
}

double hundredth(std::vector<double> samples) {
  const auto last
    = samples.end() - 1 - static_cast<std::ptrdiff_t>(samples.size() / 100);
  std::nth_element(samples.begin(), last, samples.end());
  return *last;
}

void add_load_rows(std::size_t count, place where, const std::string& name,
                   std::optional<goal> promise) {
  const auto add = [&](row what, auto figure) {
    add_row(std::move(what), [=](benchmark::State& state) {
      return run(state, [=] {
        const auto& found = load_with(count, where);
        return figures{figure(found.ours), figure(found.etcd)};
      });
    });
  };
  row rate{"cluster/decisions/" + name, "1/s", "etcd Put, fsync on both",
           promise};
  rate.more_is_better = true;
  add(rate, [](const side_figures& of) { return median(of.per_second); });
  add({"cluster/latency/" + name + "_median", "us", "etcd Put"},
      [](const side_figures& of) { return median(of.waits_ns) / 1e3; });
  add({"cluster/latency/" + name + "_p99", "us", "etcd Put"},
      [](const side_figures& of) { return hundredth(of.waits_ns) / 1e3; });
  add({"cluster/client/" + name, "us", "the client of etcd"},
      [](const side_figures& of) { return median(of.client_ns) / 1e3; });
}

// -- failover ----------------------------------------------------------------

struct failovers {
  std::vector<double> ours, etcd;
};

const failovers& failovers_of(leader_end how) {
  static std::map<leader_end, failovers> known;
  auto& found = known[how];
  const std::size_t wanted = quick ? 1 : 9;
  while (found.etcd.size() < wanted) {
    found.ours.push_back(fail_over(*clusters().ours, how) / 1e6);
    found.etcd.push_back(fail_over(*clusters().etcd, how) / 1e6);
    std::fprintf(stderr, "failover: %.1f ms, etcd %.1f ms\n", found.ours.back(),
                 found.etcd.back());
  }
  return found;
}

void add_failover_rows(leader_end how, const std::string& name, double bound) {
  using samples = std::vector<double>;
  const auto add
    = [&](const std::string& which, std::optional<goal> promise, auto figure) {
        add_row({"cluster/failover/" + name + which, "ms", "etcd", promise},
                [=](benchmark::State& state) {
                  return run(state, [=] {
                    const auto& found = failovers_of(how);
                    return figures{figure(found.ours), figure(found.etcd)};
                  });
                });
      };
  add("", goal{direction::at_most, bound},
      [](const samples& all) { return median(all); });
  add("_least", std::nullopt, [](const samples& all) {
    return *std::min_element(all.begin(), all.end());
  });
  add("_most", std::nullopt, [](const samples& all) {
    return *std::max_element(all.begin(), all.end());
  });
}

// -- the disk ----------------------------------------------------------------

// A file of the kind that a log is written to.
class log_file {
public:
  explicit log_file(const std::string& path, off_t reserved)
    : fd_{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)} {
    if (fd_ < 0 || (reserved > 0 && ::posix_fallocate(fd_, 0, reserved) != 0))
      give_up("no file to write to");
  }
  ~log_file() {
    ::close(fd_);
  }
  log_file(const log_file&) = delete;
  log_file& operator=(const log_file&) = delete;

  double write_and_sync() {
    const auto start = nanoseconds_now();
    if (::pwrite(fd_, page_.data(), page_.size(), end_)
          != static_cast<ssize_t>(page_.size())
        || ::fdatasync(fd_) != 0)
      give_up("the disk does not take a page");
    end_ += static_cast<off_t>(page_.size());
    return (nanoseconds_now() - start) / 1e3;
  }

private:
  int fd_;
  off_t end_ = 0;
  std::string page_ = std::string(4096, 'x');
};

figures sync_pages(benchmark::State& state) {
  if (const auto why = why_no_disk(); !why.empty()) {
    state.SkipWithError(("skipped: " + why).c_str());
    return {};
  }
  const test::temporary_directory directory;
  log_file growing{directory.path() + "/growing", 0};
  log_file reserved{directory.path() + "/reserved", 64 << 20};
  return compare_medians(
    state, 100, [&] { return growing.write_and_sync(); },
    [&] { return reserved.write_and_sync(); });
}

} // namespace

void add_cluster_rows() {
  add_row({"cluster/fsync", "us", "fdatasync in a file that does not grow"},
          sync_pages);
  const goal as_many{direction::at_least, 1};
  for (const std::size_t count : {1, 16, 64}) {
    const auto name = std::to_string(count);
    add_load_rows(count, place::leader, name, as_many);
    add_load_rows(count, place::follower, name + "_follower", std::nullopt);
    add_load_rows(count, place::leader_about_follower, name + "_home_elsewhere",
                  std::nullopt);
  }
  add_failover_rows(leader_end::killed, "killed", 0.15);
  add_failover_rows(leader_end::silent, "silent", 0.5);
}

} // namespace holdfast::bench
