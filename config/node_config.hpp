// What a node is told at start: plain structs, shaped like the JSON file.
//
// A value-initialised struct is the configuration of an empty file. Nothing
// here reads, checks or prints: see load.hpp.
#pragma once

#include "config/address.hpp"
#include "config/defaults.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::config {

enum class log_format { automatic, text, json };
enum class log_level { trace, debug, info, warning, error };
enum class right { read, write, create, admin };
enum class variable_kind { value, bytes, string, json, counter };
enum class region_writers { clients, node };
enum class region_durability { memory, disk };
enum class transport { tls, insecure_loopback };
enum class health_profile { standard, fast };

struct grant {
  std::string regions; ///< glob pattern with '*' and '?'
  std::vector<right> rights;

  bool operator==(const grant&) const = default;
};

/// A Unix user or group; a client that matches both given ids is the one.
struct principal {
  std::string name;
  std::optional<std::uint32_t> uid{};
  std::optional<std::uint32_t> gid{};
  std::vector<grant> grants{};

  bool operator==(const principal&) const = default;
};

struct quota {
  std::uint64_t bytes = quota_bytes_default;
  std::uint32_t regions = quota_regions_default;
  std::uint32_t variables = quota_variables_default;
  std::uint32_t sessions = quota_sessions_default;

  bool operator==(const quota&) const = default;
};

struct variable {
  std::string name;
  variable_kind kind = variable_kind::value;
  std::string type{};         ///< the type tag: "f64", "struct market::quote"
  std::uint32_t capacity = 0; ///< bytes

  bool operator==(const variable&) const = default;
};

struct region {
  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0; ///< "grow_to" in the file
  std::uint32_t variables_max = region_variables_default;
  std::uint32_t copies = region_copies_default; ///< the home among them
  region_writers writers = region_writers::clients;
  region_durability durability = region_durability::memory;
  std::vector<variable> variables{};

  bool operator==(const region&) const = default;
};

struct tenant {
  std::string name;
  struct quota quota {};
  std::vector<principal> principals{};
  std::vector<region> regions{};

  bool operator==(const tenant&) const = default;
};

struct node_section {
  std::uint64_t id = node_id_default;
  std::string name = std::string{node_name_prefix} + std::to_string(id);
  std::string data_directory{data_directory_default};
  std::string socket{socket_default}; ///< its directory is made 0710

  bool operator==(const node_section&) const = default;
};

struct log_section {
  log_format format = log_format::automatic;
  log_level level = log_level::info;

  bool operator==(const log_section&) const = default;
};

struct attach_section {
  std::chrono::milliseconds hello_deadline = hello_deadline_default;
  std::uint32_t pending_max = pending_default;
  std::uint32_t sessions_max = sessions_default;
  std::uint32_t sessions_per_uid_max = sessions_per_uid_default;

  bool operator==(const attach_section&) const = default;
};

struct lease_section {
  std::chrono::milliseconds duration = lease_duration_default;
  std::chrono::milliseconds renewal = lease_renewal_default;

  bool operator==(const lease_section&) const = default;
};

struct cluster_peer {
  std::uint64_t id = 0;
  struct address address {};
  std::string key{}; ///< its public key in hexadecimal digits, or empty

  bool operator==(const cluster_peer&) const = default;
};

struct health_section {
  health_profile profile = health_profile::standard;
  std::chrono::milliseconds interval = health_interval_default;
  std::uint32_t suspected_after = suspected_after_default; ///< misses
  std::uint32_t down_after = down_after_default;           ///< misses

  /// Time without a leader before a voter stands for election.
  std::chrono::milliseconds election_timeout() const noexcept {
    return profile == health_profile::fast ? election_timeout_fast
                                           : election_timeout_default;
  }

  bool operator==(const health_section&) const = default;
};

/// Paths of PEM files; what they hold is checked at start.
struct tls_section {
  std::string certificate;
  std::string key;
  std::string authority; ///< certificates of other nodes are signed by it

  bool operator==(const tls_section&) const = default;
};

struct cluster_section {
  std::string name;
  address bind{};
  address advertise{}; ///< where the peers reach it
  enum transport transport = transport::tls;
  std::optional<tls_section> tls{}; ///< set exactly when transport is tls
  std::vector<cluster_peer> peers{};
  std::vector<std::uint64_t> voters{}; ///< empty: every node of the list
  std::vector<address> seeds{};
  std::string discovery_directory{};                         ///< empty: none
  std::uint16_t replication_port = replication_port_default; ///< 0: any
  std::uint32_t weight = weight_default;
  health_section health{};

  bool operator==(const cluster_section&) const = default;
};

/// Where values were written; a path that is missing was left to its default.
struct origin_table {
  std::string file;
  std::map<std::string, std::size_t> lines; ///< "node.id" -> 3
};

struct node_config {
  node_section node{};
  log_section log{};
  attach_section attach{};
  lease_section lease{};
  std::optional<cluster_section> cluster{}; ///< none: a node alone
  std::vector<tenant> tenants{};
  origin_table origins{};

  /// That of a cluster's profile; alone a node elects itself at once.
  std::chrono::milliseconds election_timeout() const noexcept {
    return cluster ? cluster->health.election_timeout()
                   : election_timeout_default;
  }

  /// Where a value was written does not make another configuration of it.
  bool operator==(const node_config& other) const {
    return node == other.node && log == other.log && attach == other.attach
           && lease == other.lease && cluster == other.cluster
           && tenants == other.tenants;
  }
};

} // namespace holdfast::config
