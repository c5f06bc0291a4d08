// Who else lives in the discovery directory, and which of its files are stale.
//
// Each node writes a file with a counter and looks at the others'. A file may
// go when the kernel says that its process is gone, or when its counter has
// stood still for long *and* nobody answers at its address. Of two nodes with
// one id the newer stops.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace holdfast::rules {

/// What a node says of itself in its file.
struct instance {
  std::uint64_t node = 0;
  std::string cluster;
  std::string address; ///< "host:port" of its peer door
  std::string version;
  std::string incarnation; ///< drawn anew at each start
  std::uint64_t pid = 0;
  std::uint64_t process_started = 0;   ///< clock ticks since boot
  std::uint64_t pid_namespace = 0;     ///< in which the pid is its
  std::string boot;                    ///< the kernel's id of this boot
  std::uint64_t beat = 0;              ///< counts its heartbeats
  std::chrono::nanoseconds beat_at{0}; ///< since boot, by its own clock

  bool operator==(const instance&) const = default;
};

/// What the kernel says of the process in a file. `unknown` when it cannot
/// tell: another pid namespace, another boot.
enum class process_state : std::uint8_t { running, gone, unknown };

struct sighting {
  instance said;
  process_state process = process_state::unknown;
};

// -- what to do
// ----------------------------------------------------------------

struct write_mine {
  bool operator==(const write_mine&) const = default;
};

struct remove_stale {
  instance what;
  std::string why;
  bool operator==(const remove_stale&) const = default;
};

/// Does it answer at its address? Tell on_answer().
struct ask_instance {
  instance whom;
  bool operator==(const ask_instance&) const = default;
};

/// A node of this cluster, first seen, restarted or moved.
struct found_peer {
  instance peer;
  bool operator==(const found_peer&) const = default;
};

struct lost_peer {
  std::uint64_t node = 0;
  std::string why;
  bool operator==(const lost_peer&) const = default;
};

/// Another instance has this node's id and was there first.
struct stop_duplicate {
  instance other;
  bool operator==(const stop_duplicate&) const = default;
};

using discovery_action = std::variant<write_mine, remove_stale, ask_instance,
                                      found_peer, lost_peer, stop_duplicate>;

struct discovery_options {
  /// A counter that stood still for so long is asked after.
  std::chrono::nanoseconds stale_after{std::chrono::seconds{5}};
  /// No answer for so long is one.
  std::chrono::nanoseconds ask_patience{std::chrono::seconds{2}};
};

class discovery {
public:
  /// `self` with the beat 0.
  discovery(discovery_options options, instance self);

  /// One heartbeat. `seen` are all files that can be read, one per node at
  /// most; those of other clusters too, because one of them may have this
  /// node's id.
  std::vector<discovery_action> on_look(std::span<const sighting> seen,
                                        std::chrono::nanoseconds now);

  /// Of the instance that was asked; late and unasked answers do no harm.
  void on_answer(const instance& asked, bool answered,
                 std::chrono::nanoseconds now);

  /// True once this node's file has been found as it was written: no other
  /// instance took its name in between.
  bool settled() const noexcept {
    return settled_;
  }

private:
  /// What is known of the instance under one id.
  struct record {
    instance last;
    std::chrono::nanoseconds first_seen{0};
    std::optional<std::chrono::nanoseconds> moved_at; ///< or answered
    std::optional<std::chrono::nanoseconds> asked_at;
    bool silent = false;
    bool announced = false;
  };

  /// `claimed`: its clock reading is fresh, but nobody saw it move yet.
  enum class life : std::uint8_t { living, claimed, doubtful, stale };

  using actions = std::vector<discovery_action>;

  record& remember(const instance& said, std::chrono::nanoseconds now);
  life life_of(const record& of, std::chrono::nanoseconds now) const;
  /// True once a stale one was asked in vain; asks before.
  bool asked_in_vain(record& of, std::chrono::nanoseconds now, actions& out);
  void look_at_mine(const sighting& mine, std::chrono::nanoseconds now,
                    actions& out);
  void look_at_peer(const sighting& peer, std::chrono::nanoseconds now,
                    actions& out);
  void drop_vanished(std::span<const sighting> seen, actions& out);
  void announce(record& of, actions& out);
  void lose(record& of, const std::string& why, actions& out);
  bool newer_than(const instance& other) const;

  discovery_options options_;
  instance self_;
  std::map<std::uint64_t, record> records_; ///< by node id
  bool written_ = false;
  bool settled_ = false;
};

} // namespace holdfast::rules
