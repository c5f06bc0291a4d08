// Shows on one screen what Holdfast does on this machine.
//
//   holdfast-quickstart --prices FILE [--short]
//
// Starts a node and the example programs beside this one as real processes,
// collects what they measure, and prints it. Ends with 0 if all that Holdfast
// claims was seen to hold, 1 if not, 2 if it could not be tried.
#include "apps/examples/program.hpp"
#include "apps/examples/tour_report.hpp"
#include "apps/examples/tour_wakes.hpp"

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

struct tour_options {
  std::string prices;
  bool brief = false;
};

/// Ticks a second while wake-ups are measured.
constexpr auto pace = "500";

/// Says what is going on to whoever watches; the screen itself stays clean.
void announce(const char* what) {
  if (::isatty(STDERR_FILENO) != 0)
    std::fprintf(stderr, "\r\033[K%s", what);
}

class tour {
public:
  explicit tour(tour_options options)
    : options_{std::move(options)}, node_{players_} {
    // nop
  }

  findings run() {
    announce("publishing telemetry");
    auto publisher = start("telemetry-publisher", players_.host_publisher);
    publisher.wait_for("ready");
    auto reader = start("telemetry-reader", players_.host_reader,
                        {options_.brief ? "0.5" : "2"});
    announce("replaying prices");
    replay_at_full_speed();
    found_.telemetry = reader.finish();
    announce("timing reads and stores");
    const std::string batches = options_.brief ? "30" : "300";
    found_.reads
      = start("yardstick", players_.market_reader, {"read", batches}).finish();
    found_.stores
      = start("yardstick", players_.market_publisher, {"store", batches})
          .finish();
    announce("waking a sleeping reader");
    measure_wakes();
    announce("killing writers");
    found_.kills = kill_writers(node_, players_, options_.brief ? 40 : 250);
    announce("trying what is forbidden");
    found_.aimed_at = targets_of(players_);
    found_.refused
      = start("trespasser", players_.host_reader,
              {"host", found_.aimed_at.region, found_.aimed_at.other_tenant,
               found_.aimed_at.other_region})
          .finish();
    found_.publisher = publisher.stop();
    node_.stop();
    announce("killing a home");
    found_.cluster = kill_a_leader(players_, options_.prices);
    announce("");
    found_.players = players_.text();
    found_.separate = players_.separate;
    found_.prices_file = options_.prices;
    return found_;
  }

private:
  child start(const std::string& program, std::optional<identity> as,
              std::vector<std::string> arguments = {},
              std::optional<int> cpu = {}) {
    arguments.insert(arguments.begin(), node_.socket());
    return child{launch{.program = program,
                        .arguments = std::move(arguments),
                        .as = as,
                        .cpu = cpu}};
  }

  child start_replayer(std::vector<std::string> arguments,
                       std::optional<int> cpu) {
    // Opened here: the replayer's user may not reach the file.
    const shm::descriptor prices{
      ::open(options_.prices.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!prices)
      throw tour_failure{"cannot read the prices in " + options_.prices};
    arguments.insert(arguments.begin(), node_.socket());
    return child{launch{.program = "market-replayer",
                        .arguments = std::move(arguments),
                        .as = players_.market_publisher,
                        .input = prices.get(),
                        .cpu = cpu}};
  }

  void replay_at_full_speed() {
    auto replayer = start_replayer({}, {});
    replayer.wait_for("ready");
    auto reader = start("market-reader", players_.market_reader, {"scan"});
    rest(options_.brief ? 400ms : 2000ms);
    found_.scan = reader.stop();
    found_.replay = replayer.stop();
  }

  void measure_wakes() {
    const auto duration = options_.brief ? 500ms : 3000ms;
    const auto cpus = usable_processors(2);
    const bool two = cpus.size() == 2;
    const auto first = two ? std::optional<int>{cpus[0]} : std::nullopt;
    const auto second = two ? std::optional<int>{cpus[1]} : std::nullopt;
    auto reader
      = start("market-reader", players_.market_reader, {"wait"}, second);
    reader.wait_for("ready");
    auto replayer = start_replayer({pace}, first);
    bare_wakes bare{first, second, duration};
    rest(duration);
    found_.bare_wake_ns = bare.median_ns();
    found_.wakes = reader.stop();
    replayer.stop();
  }

  tour_options options_;
  cast players_ = cast::choose();
  tour_node node_;
  findings found_;
};

int run(int count, char** arguments) {
  CLI::App app{"Starts a node and programs that use it, measures them against "
               "bare memory, kills writers, tries what is forbidden, and "
               "prints one screen.",
               "holdfast-quickstart"};
  app.footer("Exit codes: 0 all claims held, 1 one did not, 2 could not run.");
  tour_options options;
  app
    .add_option("--prices", options.prices,
                "series to replay: lines of symbol,date,price")
    ->required();
  app.add_flag("--short", options.brief, "a few seconds less, with less data");
  try {
    app.parse(count, arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    end_on_signals();
    const auto start = monotonic_ns();
    auto found = tour{options}.run();
    found.version = HOLDFAST_VERSION;
    found.seconds = static_cast<double>(monotonic_ns() - start) * 1e-9;
    const auto claims = claims_of(found);
    std::fputs(report_of(found, claims).c_str(), stdout);
    const auto holds = [](const claim& one) { return one.holds; };
    return std::all_of(claims.begin(), claims.end(), holds) ? 0 : 1;
  } catch (const std::exception& failure) {
    announce("");
    std::fprintf(stderr, "holdfast-quickstart: %s\n", failure.what());
    return 2;
  }
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
