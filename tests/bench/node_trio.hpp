// Three holdfast-node processes on this host that form a cluster, and the
// region that they hold together.
#pragma once

#include "shm/client/connection.hpp"
#include "tests/support/real_node.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace holdfast::bench {

struct trio_options {
  /// More members of each node's configuration, such as its lease, and of its
  /// section of the cluster; each ends with a comma.
  std::string more{};
  std::string more_of_cluster{};
  bool tls = false;
  std::string regions = "[]";
};

/// A region `bench` of so many variables "v0", "v1", …, as the configuration
/// has it, alone in its list.
std::string bench_region(std::size_t variables, std::size_t capacity,
                         std::size_t bytes);

class node_trio {
public:
  static constexpr std::size_t members = 3;

  /// Started. Throws when they cannot be.
  explicit node_trio(const trio_options& options = {});
  ~node_trio();

  test::real_node& at(std::size_t member) {
    return *nodes_.at(member);
  }

  shm::result<client::connection> connect(std::size_t member,
                                          std::chrono::milliseconds patience
                                          = std::chrono::seconds{10}) const;

  shm::result<wire::fields> call(std::size_t member, const std::string& command,
                                 wire::fields arguments = {}) const;

  /// The row of region `bench`; empty: there is none, or no answer.
  wire::fields region_seen_by(std::size_t member) const;

  /// Whether it is the home and has settled, and all three hold all of it.
  bool is_whole_at(std::size_t home) const;

  /// Waits until all three know each other, that one leads, and that one is
  /// the home of all of the region. Throws when that takes too long.
  void settle(std::size_t leader, std::size_t home);

  void restart(std::size_t member);

  std::string logs() const;

private:
  std::string text_of(std::size_t member, const trio_options& options) const;
  std::string tls_of(std::size_t member) const;
  std::uint64_t leader_of_all(std::size_t member) const;
  void make_certificates();

  std::vector<std::uint16_t> ports_;
  std::unique_ptr<test::temporary_directory> certificates_;
  std::array<std::unique_ptr<test::real_node>, members> nodes_;
};

/// Its number in fields of the protocol: they begin at 1.
inline std::uint64_t id_of(std::size_t member) {
  return member + 1;
}

} // namespace holdfast::bench
