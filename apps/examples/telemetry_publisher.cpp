// Publishes what /proc says about this host, ten times a second.
//
//   telemetry-publisher <socket>
//
// One typed variable for each thing: processor/0, memory, network/eth0,
// disk/vda, processes. Variables are made when a thing is first seen.
#include "apps/examples/proc_files.hpp"
#include "apps/examples/program.hpp"

#include <chrono>
#include <map>

namespace holdfast::examples {

namespace {

using namespace std::chrono_literals;

constexpr auto between_samples = 100ms;

class publisher {
public:
  explicit publisher(client::connection node)
    : node_{std::move(node)},
      region_{need(node_.attach("telemetry", shm::access::write))} {
    // nop
  }

  void publish(const host_sample& sample) {
    for (const auto& [name, value] : sample.processors)
      store("processor/" + name, value);
    for (const auto& [name, value] : sample.networks)
      store("network/" + name, value);
    for (const auto& [name, value] : sample.disks)
      store("disk/" + name, value);
    if (sample.memory)
      store("memory", *sample.memory);
    if (sample.processes)
      store("processes", *sample.processes);
  }

  std::uint64_t stores() const noexcept {
    return stores_;
  }

private:
  template <class T>
  void store(std::string name, const T& value) {
    for (auto& sign : name)
      if (std::string_view{"@:=+~ "}.find(sign) != std::string_view::npos)
        sign = '_'; // no part of a variable's name
    auto& handles = handles_of<T>();
    auto known = handles.find(name);
    if (known == handles.end())
      known = handles.emplace(name, find_or_add<T>(name)).first;
    need(known->second.store(value));
    ++stores_;
  }

  template <class T>
  shm::variable<T> find_or_add(const std::string& name) {
    if (auto found = region_.find<T>(name))
      return std::move(found).assume_value();
    auto added
      = node_.add_variable("telemetry", client::variable_request::of<T>(name));
    if (!added && added.assume_error().code != shm::errc::exists)
      give_up(added.assume_error().message());
    return need(region_.find<T>(name));
  }

  template <class T>
  auto& handles_of() {
    return std::get<std::map<std::string, shm::variable<T>>>(handles_);
  }

  client::connection node_;
  shm::region_view region_;
  std::tuple<std::map<std::string, shm::variable<processor_times>>,
             std::map<std::string, shm::variable<memory_use>>,
             std::map<std::string, shm::variable<network_traffic>>,
             std::map<std::string, shm::variable<disk_traffic>>,
             std::map<std::string, shm::variable<process_counts>>>
    handles_;
  std::uint64_t stores_ = 0;
};

int run(int count, char** arguments) {
  const auto socket
    = argument(count, arguments, 1, "telemetry-publisher <socket>");
  stop_when_told();
  const auto node = connect_to(socket, "host", "telemetry publisher");
  publisher out{node};
  std::uint64_t samples = 0;
  auto next = std::chrono::steady_clock::now();
  while (!stop_requested() && node.alive()) {
    const auto sample = read_proc_files();
    out.publish(sample);
    if (samples++ == 0)
      for (const auto& file : sample.missing)
        tell("missing", file);
    if (samples == 2)
      tell("ready", "1"); // from here on a reader can make rates
    next += between_samples;
    // Sleeps until the next sample is due, or the node is gone.
    static_cast<void>(node.wait_for_hang_up(next));
  }
  tell("samples", samples);
  tell("stores", out.stores());
  return node.alive() ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace

} // namespace holdfast::examples

int main(int count, char** arguments) {
  return holdfast::examples::run(count, arguments);
}
