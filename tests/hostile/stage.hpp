// A node under a user of its own, attackers under the same and under others,
// and a canary: a tenant that keeps working, or the test fails.
//
// Without root there is one user for all of them, and what needs another is
// skipped aloud.
#pragma once

#include "shm/error.hpp"
#include "tests/process/child.hpp"
#include "tests/support/real_node.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace holdfast::test {

/// Users that own nothing on this host.
inline constexpr uid_t node_user = 64000;
inline constexpr uid_t attacker_user = 64001;
inline constexpr uid_t bystander_user = 64002;

bool have_root() noexcept;

/// Becomes that user for good; nothing without root.
void become(uid_t user) noexcept;

/// Says what is not tested here, and why.
void skip_aloud(const char* what);

struct stage_options {
  std::string more;                  // sections before the tenants
  std::uint64_t descriptors_max = 0; // of the node; 0: as it comes
};

/// What the node uses.
struct node_usage {
  std::int64_t rss_kib = 0;
  std::int64_t descriptors = -1; // -1: hidden from this user
  double cpu_seconds = 0;
};

/// A node with the tenants `alpha` (attackers), `beta` (the bystander) and
/// `canary` (the test).
class stage {
public:
  explicit stage(const stage_options& options = {});
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  ~stage();

  std::string socket() const;
  std::string log() const;
  pid_t node_pid() const noexcept;
  bool node_alive() const;
  node_usage usage() const;

  /// Runs an attack in a process of that user; its exit code.
  int attack(uid_t user, const std::function<int()>& body) const;

private:
  struct report {
    std::atomic<pid_t> node{0};
    std::atomic<bool> failed{false};
    std::atomic<bool> end{false};
    std::array<char, 512> directory{};
  };

  void host(const std::string& text, std::uint64_t descriptors_max);

  std::optional<temporary_directory> programs_;
  shared<report> report_;
  std::optional<child> host_;
};

/// A process of the tenant `canary` that stores, reads and verifies, and at
/// times connects and attaches anew, for as long as it lives.
class canary {
public:
  explicit canary(const stage& at);

  /// Fails the test if a value was wrong, if it did not get on since the last
  /// time this was asked, or if anything took longer than that.
  void expect_unharmed(std::chrono::milliseconds longest
                       = std::chrono::milliseconds{1000});

  /// As above, without new connections: while the node can take none.
  void expect_values_unharmed();

private:
  struct song {
    std::atomic<std::uint64_t> beats{0};
    std::atomic<std::uint64_t> wrong{0};
    std::atomic<std::uint64_t> attached{0};
    std::atomic<std::uint64_t> turned_away{0};
    std::array<char, 256> why{};                 // the first time
    std::atomic<std::int64_t> longest_beat{0};   // microseconds
    std::atomic<std::int64_t> longest_attach{0}; // microseconds
  };

  static void sing(const std::string& socket, song& heard);

  const stage& stage_;
  shared<song> song_;
  std::optional<child> singer_;
};

/// Watches what an attack does to the node: made before it, asked after it.
class toll {
public:
  explicit toll(const stage& of) : stage_{of}, before_{of.usage()} {
    // nop
  }

  /// Fails the test if the node is gone, holds more descriptors or much more
  /// memory than before, or is still busy a second later.
  void expect_bounded(const char* attack) const;

private:
  const stage& stage_;
  node_usage before_;
};

} // namespace holdfast::test
