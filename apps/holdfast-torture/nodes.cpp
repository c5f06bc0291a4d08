#include "apps/holdfast-torture/nodes.hpp"

#include "apps/holdfast-torture/names.hpp"
#include "apps/holdfast-torture/node_files.hpp"
#include "apps/holdfast-torture/torture_client.hpp"
#include "apps/processes/free_ports.hpp"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace holdfast::torture {

namespace {

/// Of nodes that share their host of the network with nobody.
constexpr const char* lone_port = ":4711";

std::vector<std::string>
addresses_of(std::uint32_t count,
             const std::optional<processes::split_network>& network) {
  std::vector<std::string> made;
  if (network) {
    for (std::uint32_t id = 1; id <= count; ++id)
      made.push_back(processes::split_network::host(id) + lone_port);
    return made;
  }
  for (const auto port : processes::free_ports(count))
    made.push_back("127.0.0.1:" + std::to_string(port));
  return made;
}

node_files files_of(const torture_options& options,
                    const std::string& directory,
                    const std::optional<processes::split_network>& network) {
  node_files made;
  made.addresses = addresses_of(options.nodes, network);
  made.health = options.health;
  if (!options.config_template.empty())
    made.config_template = processes::text_of_file(options.config_template);
  if (network) {
    made.certificates = directory + "/certificates";
    issue_certificates(made.certificates, options.nodes);
  }
  return made;
}

bool write_line(const char* path, const std::string& line) {
  std::ofstream to{path};
  to << line << std::flush;
  return static_cast<bool>(to);
}

/// Its uid and gid are 0 in it, and as before for everybody else.
bool enter_own_users() {
  const auto uid = ::geteuid();
  const auto gid = ::getegid();
  return ::unshare(CLONE_NEWUSER) == 0
         && write_line("/proc/self/setgroups", "deny")
         && write_line("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1")
         && write_line("/proc/self/gid_map", "0 " + std::to_string(gid) + " 1");
}

std::string last_lines(const std::string& log) {
  constexpr std::size_t bytes_max = 2000;
  const auto from = log.size() > bytes_max ? log.size() - bytes_max : 0;
  return log.substr(from);
}

std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  bool in_word = false;
  for (const char each : text) {
    count += each != ' ' && !in_word ? 1 : 0;
    in_word = each != ' ';
  }
  return count;
}

std::string text_or_empty(const wire::fields& in, std::string_view name) {
  const auto* text = wire::find_text(in, name);
  return text != nullptr ? *text : std::string{};
}

region_facts facts_of(const wire::fields& told) {
  region_facts made;
  made.home = static_cast<std::uint32_t>(wire::number_or(told, "home", 0));
  made.epoch = wire::number_or(told, "epoch", 0);
  made.began_empty = wire::number_or(told, "began_empty", 0);
  made.replicas = count_words(text_or_empty(told, "replicas"));
  made.state = text_or_empty(told, "state");
  made.role = text_or_empty(told, "role");
  made.disk = text_or_empty(told, "disk");
  return made;
}

/// As far as the limit goes that the process was started with.
void limit_files(pid_t of, rlim_t bytes_max) {
  rlimit now{};
  if (::prlimit(of, RLIMIT_FSIZE, nullptr, &now) == 0) {
    now.rlim_cur = std::min(bytes_max, now.rlim_max);
    if (::prlimit(of, RLIMIT_FSIZE, &now, nullptr) == 0)
      return;
  }
  throw std::runtime_error{std::string{"prlimit: "} + std::strerror(errno)};
}

} // namespace

std::string allow_cuts() {
  const auto missing = processes::split_network::missing();
  if (missing.empty() || !enter_own_users())
    return missing;
  return processes::split_network::missing();
}

nodes::nodes(const torture_options& options, const std::string& directory) {
  if (options.faults.of(fault_kind::partition) > 0)
    network_.emplace(options.nodes);
  const auto files = files_of(options, directory, network_);
  const auto program = options.node_program.empty()
                         ? processes::program_directory() + "/holdfast-node"
                         : options.node_program;
  for (std::uint32_t id = 1; id <= options.nodes; ++id)
    running_[id] = std::make_unique<processes::node_process>(
      program, configuration_of(id, files),
      network_ ? network_->place(id) : -1);
}

node_ids nodes::all() const {
  node_ids made;
  for (const auto& [id, _] : running_)
    made.insert(id);
  return made;
}

void nodes::kill(std::uint32_t id) {
  running_.at(id)->kill();
}

void nodes::kill_all() {
  for (auto& [_, each] : running_)
    each->signal(SIGKILL);
  for (auto& [_, each] : running_)
    each->kill();
}

void nodes::stop(std::uint32_t id) {
  running_.at(id)->stop(defaults::end_patience);
}

void nodes::start(std::uint32_t id) {
  running_.at(id)->restart();
}

void nodes::freeze(std::uint32_t id) {
  running_.at(id)->freeze();
}

void nodes::thaw(std::uint32_t id) {
  running_.at(id)->thaw();
}

void nodes::cut(fault_kind how, std::uint32_t id) {
  if (how == fault_kind::partition)
    network_->cut_off({id});
  if (how == fault_kind::deaf)
    network_->cut(network_->all(), {id});
  if (how == fault_kind::mute)
    network_->cut({id}, network_->all());
}

void nodes::heal() {
  if (network_)
    network_->heal();
}

void nodes::fill_disk(std::uint32_t id) {
  limit_files(running_.at(id)->pid(), defaults::full_disk_file_bytes);
}

void nodes::make_room(std::uint32_t id) {
  limit_files(running_.at(id)->pid(), RLIM_INFINITY);
}

shm::result<wire::fields> nodes::call(std::uint32_t id,
                                      const std::string& command,
                                      wire::fields fields) const {
  const auto line
    = client::connection::connect(door(socket(id), defaults::call_patience));
  if (!line)
    return line.assume_error();
  return line.assume_value().call(command, std::move(fields));
}

std::optional<region_facts> nodes::region_at(std::uint32_t id) const {
  const auto told = call(id, "region", {{"region", std::string{region_name}}});
  if (!told)
    return std::nullopt;
  return facts_of(told.assume_value());
}

bool nodes::lets_readers_in(std::uint32_t id) const {
  return client::connection::connect_and_attach(
           door(socket(id), defaults::call_patience), region_name,
           shm::access::read)
    .has_value();
}

bool nodes::hears_all(std::uint32_t id) const {
  const auto told = call(id, "cluster_status");
  return told
         && wire::number_or(told.assume_value(), "total", 0) == running_.size()
         && wire::number_or(told.assume_value(), "down", 1) == 0;
}

std::vector<nodes::end> nodes::ended() {
  std::vector<end> all;
  for (auto& [id, each] : running_) {
    const auto code = each->wait_for_end(std::chrono::milliseconds{0});
    if (!code)
      continue;
    all.push_back({id, *code,
                   "node " + std::to_string(id) + " ended with "
                     + std::to_string(*code) + ": " + last_lines(each->log())});
  }
  return all;
}

void nodes::keep() {
  for (auto& [_, each] : running_)
    each->keep();
}

std::vector<std::string> nodes::directories() const {
  std::vector<std::string> made;
  for (const auto& [_, each] : running_)
    made.push_back(each->directory());
  return made;
}

} // namespace holdfast::torture
