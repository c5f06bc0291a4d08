#include "apps/holdfast-torture/command_line.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>

namespace holdfast::torture {

namespace {

constexpr const char* footer = R"(
Exit codes:
  0  clean: no promise was broken
  1  a promise was broken; the records that prove it are printed
  2  wrong arguments
  3  void: the run could not be done, or did too little to prove anything

SIGINT and SIGTERM end the run: nothing is left behind.)";

struct asked_counts {
  std::uint64_t kills = defaults::kills;
  std::uint64_t pauses = defaults::pauses;
  std::uint64_t partitions = defaults::partitions;
  std::uint64_t drains = defaults::drains;
  std::uint64_t restarts = defaults::restarts;
  std::uint64_t client_kills = defaults::client_kills;
  std::uint64_t disk_fulls = defaults::disk_fulls;
  std::uint64_t cluster_kills = defaults::cluster_kills;

  void add_to(CLI::App& app) {
    const auto add
      = [&app](const char* name, std::uint64_t& into, const char* what) {
          app.add_option(name, into, what)
            ->check(CLI::Range(std::uint64_t{0}, defaults::faults_max))
            ->capture_default_str()
            ->type_name("N");
        };
    add("--kills", kills, "nodes that get SIGKILL and start again");
    add("--pauses", pauses, "nodes that get SIGSTOP and go on later");
    add("--partitions", partitions,
        "nodes that are cut off: wholly, hearing none, or heard by none");
    add("--drains", drains, "homes that are drained, and resumed");
    add("--restarts", restarts, "nodes that get SIGTERM and start again");
    add("--client-kills", client_kills, "clients that get SIGKILL");
    add(
      "--disk-fulls", disk_fulls,
      "nodes, of 3 or more, whose disk has no room for a while; the region is "
      "on disk then");
    add("--cluster-kills", cluster_kills,
        "times that all nodes get SIGKILL at once; the region is on disk then");
  }

  fault_counts counted() const {
    fault_counts made;
    made.add(fault_kind::kill, kills);
    made.add(fault_kind::pause, pauses);
    made.add(fault_kind::partition, partitions);
    made.add(fault_kind::drain, drains);
    made.add(fault_kind::restart, restarts);
    made.add(fault_kind::client_kill, client_kills);
    made.add(fault_kind::disk_full, disk_fulls);
    made.add(fault_kind::cluster_kill, cluster_kills);
    return made;
  }
};

void add_bounds(CLI::App& app, load_bounds& bounds) {
  const auto add
    = [&app](const char* name, std::uint64_t& into, const char* what) {
        app.add_option(name, into, what)
          ->capture_default_str()
          ->type_name("N")
          ->group("When a run is void");
      };
  add("--operations-per-second-min", bounds.operations_per_second_min,
      "recorded by all clients, on the average");
  add("--flushes-min", bounds.flushes_min, "acknowledged in all");
  add("--durable-flushes-min", bounds.durable_flushes_min,
      "acknowledged to disk in all, if the region is on disk");
  add("--confirmed-reads-min", bounds.confirmed_reads_min,
      "linearizable reads in all");
  add("--reads-per-node-min", bounds.reads_per_node_min,
      "values read on each node");
  add("--flushes-between-min", bounds.flushes_between_min,
      "acknowledged after each fault, before the next");
  add("--at-home-percent-min", bounds.at_home_percent_min,
      "of the faults of nodes, that met the home");
}

void add_run(CLI::App& app, torture_options& into) {
  app
    .add_option("--nodes", into.nodes,
                "how many; from 3 on the region survives the loss of one")
    ->check(CLI::Range(1U, defaults::nodes_max))
    ->capture_default_str()
    ->type_name("N");
  app
    .add_option("--seed", into.seed,
                "of the faults and of what clients do; not of their timing")
    ->capture_default_str()
    ->type_name("N");
  app.add_option("--variables", into.variables, "of the region")
    ->check(CLI::Range(1U, defaults::variables_max))
    ->capture_default_str()
    ->type_name("N");
  app.add_option("--json", into.json, "write the result here, too")
    ->type_name("FILE");
  app
    .add_option("--health", into.health,
                "profile of the nodes: fast or default")
    ->check(CLI::IsMember({"fast", "default"}))
    ->capture_default_str();
  app
    .add_option("--config-template", into.config_template,
                "configuration that the nodes' own is added to, such as leases")
    ->check(CLI::ExistingFile)
    ->type_name("FILE");
  app
    .add_option("--node-program", into.node_program,
                "holdfast-node, if not the one beside this program")
    ->check(CLI::ExistingFile)
    ->type_name("FILE");
  app.add_flag("--keep", into.keep, "leave histories, logs and configurations");
}

/// What the tool starts itself with.
CLI::App* add_client(CLI::App& app, client_options& into) {
  static const std::map<std::string, client_role> roles{
    {"writer", client_role::writer},
    {"spinner", client_role::spinner},
    {"sleeper", client_role::sleeper}};
  auto* client = app.add_subcommand("client", "one client of a run");
  client->group(""); // not shown
  client->add_option("--socket", into.socket)->required();
  client->add_option("--history", into.history)->required();
  client->add_option("--id", into.id)->required();
  client->add_option("--node", into.node)->required();
  client->add_option("--variables", into.variables)
    ->required()
    ->check(CLI::Range(1U, defaults::variables_max));
  client->add_option("--role", into.role)
    ->required()
    ->transform(CLI::CheckedTransformer(roles));
  client->add_option("--seed", into.seed)->required();
  client->add_flag("--on-disk", into.on_disk);
  return client;
}

} // namespace

torture_command read_command_line(int argc, char** argv) {
  CLI::App app{"Starts a cluster on this host, has clients work in it while "
               "nodes are killed, paused and cut off, and checks what the "
               "clients saw against what they were promised",
               "holdfast-torture"};
  app.footer(footer);
  torture_options made;
  asked_counts counts;
  client_options own;
  add_run(app, made);
  counts.add_to(app);
  add_bounds(app, made.bounds);
  const auto* client = add_client(app, own);
  bool version = false;
  app.add_flag("--version", version, "print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::clean : exit_code::usage;
  }
  if (version) {
    std::cout << "holdfast-torture " HOLDFAST_VERSION "\n";
    return exit_code::clean;
  }
  if (client->parsed())
    return own;
  made.faults = counts.counted();
  if (made.nodes == 1 && made.faults.of(fault_kind::partition) > 0) {
    std::cerr << "holdfast-torture: one node alone has nobody to be cut off "
                 "from: --partitions 0\n";
    return exit_code::usage;
  }
  if (!made.survives_one() && made.faults.of(fault_kind::disk_full) > 0) {
    std::cerr << "holdfast-torture: a majority of the disks needs room: "
                 "--disk-fulls is for 3 nodes and more\n";
    return exit_code::usage;
  }
  return made;
}

} // namespace holdfast::torture
