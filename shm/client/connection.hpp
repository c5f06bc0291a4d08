// A program's connection to the node on its host: what an application uses.
//
//   auto node = client::connection::connect({.tenant = "prod"});
//   auto quotes = node.value().attach("quotes", shm::access::write);
//   auto bid = quotes.value().find<double>("bid");
//   bid.value().store(101.5);
//
// Only attaching and administration talk to the node. Reading, storing and
// waiting happen in the mapped memory, through the handles of shm/handles.hpp
// and, for several variables at once, shm/group.hpp.
//
// Threads:   any thread may use a connection and its copies; calls take turns
//            on the one socket. Handles need no turn.
// Ownership: copies share the socket. A mapped region keeps the socket open
//            too, because the node frees a client's locks and ends its rights
//            when the socket closes. It closes with the last of them.
// Errors:    every call ends within the patience given to connect(). Besides
//            the cases that each call names, all may answer timeout (the node
//            may still carry the request out), unreachable (the node hung up),
//            protocol (it broke the protocol; the connection is of no further
//            use, mapped regions are), no_right, unavailable and overloaded.
#pragma once

#include "shm/client/durability.hpp"
#include "shm/error.hpp"
#include "shm/freshness.hpp"
#include "shm/region_view.hpp"
#include "shm/wire/frame.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast::client {

struct connect_options {
  std::string socket = "/run/holdfast/attach.sock";
  std::string tenant{}; // may be empty where this user is known to just one
  std::string client{}; // who is calling, for the node's log; at most 63 bytes
  std::chrono::milliseconds patience{5000}; // of every call: 1 ms to 1 day
};

/// Who answered, and as whom it knows us.
struct node_greeting {
  std::uint64_t node = 0;
  std::string name;
  std::string version;
  std::uint64_t session = 0;
  std::string tenant;
  std::string principal;
  std::chrono::milliseconds lease{0};
};

struct region_listing {
  std::string region;
  std::uint64_t bytes = 0, bytes_max = 0, bytes_free = 0;
  std::uint64_t variables = 0, variables_max = 0, clients = 0;
  std::uint64_t epoch = 0, home = 0;
  std::string state, role, rights;
  std::string replicas;          // ids of nodes, parted by blanks
  bool settled = false;          // in this epoch all holders have all values
  std::uint64_t began_empty = 0; // the last epoch that took over no values
};

struct variable_listing {
  std::string name, kind, type;
  std::uint64_t capacity = 0, version = 0, committed = 0;
};

/// A copy of a value, and what is known of it.
struct loaded_value {
  std::vector<std::byte> value;
  std::uint64_t version = 0;
  std::uint64_t committed = 0; // the latest version that is
  std::uint64_t epoch = 0;
  shm::freshness_kind freshness = shm::freshness_kind::orphaned;
  std::chrono::milliseconds age{0}; // since it is stale
};

struct region_request {
  std::string region;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_max = 0; // it may grow to this; 0: as `bytes`
  std::uint64_t variables_max = 1024;
  bool node_writes_only = false; // no client maps it writable
  std::uint64_t copies = 3;      // nodes that hold it; all if there are fewer
  durability durable = durability::memory; // or on their disks, too
};

struct variable_request {
  std::string name;
  shm::layout::variable_kind kind = shm::layout::variable_kind::value;
  std::string type;
  std::uint32_t capacity = 0;

  /// A variable that find<T>() finds.
  template <class T>
  static variable_request of(std::string name) {
    return {std::move(name), shm::layout::variable_kind::value,
            std::string{shm::type_tag<T>::value}, sizeof(T)};
  }
};

class line;
struct answer;
struct question;
struct connected_region;

class connection {
public:
  /// Connects and introduces the program. Errors: unreachable when no node
  /// answers there; refused when this user may not open the socket or is no
  /// principal of the tenant; bad_argument, timeout, protocol.
  static shm::result<connection> connect(const connect_options& options);

  /// connect() and attach() in one go, which takes one wait instead of two.
  /// Errors: as both.
  static shm::result<connected_region>
  connect_and_attach(const connect_options& options, std::string_view region,
                     shm::access wanted);

  /// Any command of the protocol but attach (docs/protocol.md). Errors: as the
  /// command; no_such_command, bad_argument.
  shm::result<wire::fields> call(std::string_view command,
                                 wire::fields arguments = {}) const;

  /// The regions on which the principal has any right, by name.
  shm::result<std::vector<region_listing>> regions() const;

  /// All variables of a region by name. Errors: no_such_region.
  shm::result<std::vector<variable_listing>>
  variables(std::string_view region) const;

  /// Maps a region; once per connection, copy the view to share it. Errors:
  /// no_such_region, exists (attached already), full, bad_layout.
  shm::result<shm::region_view> attach(std::string_view region,
                                       shm::access wanted) const;

  /// Tells the node that this program is done with a region. Only after the
  /// last view and handle of it is gone: the node frees its locks. Errors:
  /// no_such_region.
  shm::result<void> detach(std::string_view region) const;

  /// Returns when everything that this program stored in the region before is
  /// held by a majority of the nodes that hold it. One wait, whatever was
  /// stored; flushes of one connection take turns. The view is one that this
  /// connection attached. Errors that are answers:
  ///
  /// - fenced: this node is not the region's home (any more). Nothing was
  ///   promised: attach again, see what is there, store again.
  /// - overloaded: too many wait, and nothing happened: flush again.
  /// - unknown: no answer in time, or the node hung up; or another node was
  ///   home in between, and what was stored may be gone. Flush again; where
  ///   that stays unknown, read what is there and store again. What is in
  ///   doubt keeps every later flush of this view from ending well, until
  ///   region_view::forget_doubt() leaves it out.
  ///
  /// Others, all of which promise nothing: no_right, bad_argument (a view of
  /// another connection, or `disk` for a region that is on none), unavailable.
  shm::result<void> flush(const shm::region_view& region,
                          durability wanted = durability::memory) const;

  /// Confirms what was read of a region before: it was the newest value, and
  /// is committed. `epoch` is that of the reading; of several readings, of the
  /// first. Errors: as flush, each meaning that nothing is known about the
  /// reading: read and confirm again; unknown also when another epoch began.
  shm::result<void> confirm(const shm::region_view& region,
                            std::uint64_t epoch) const;

  /// Stores a value at the region's home, whichever node that is, and returns
  /// its version once it is committed; nothing has to be attached. `expected`:
  /// only if the variable has that version, 0 for none. It is made once, also
  /// when the home changes meanwhile. Needs a message, and waits for a
  /// majority.
  ///
  /// Errors that had no effect: no_such_region, no_such_variable, wrong_type,
  /// too_long (config: 61,440 bytes), version_conflict, contended, no_right,
  /// fenced and unavailable (no home was found in time). unknown: it may have
  /// been stored; load() tells what is there.
  shm::result<std::uint64_t>
  store(std::string_view region, std::string_view variable,
        std::span<const std::byte> value,
        std::optional<std::uint64_t> expected = std::nullopt) const;

  /// Copies a value as this node has it, or its home where this node has none.
  /// `confirmed`: asks the home, and the value is the newest and committed.
  /// Errors: as store, and no_value.
  shm::result<loaded_value> load(std::string_view region,
                                 std::string_view variable,
                                 bool confirmed = false) const;

  /// Errors: no_such_region, exists, full, bad_argument.
  shm::result<void> add_variable(std::string_view region,
                                 const variable_request& wanted) const;

  /// Errors: no_such_region, no_such_variable.
  shm::result<void> remove_variable(std::string_view region,
                                    std::string_view name) const;

  /// Errors: exists, quota, no_memory, bad_argument.
  shm::result<void> create_region(const region_request& wanted) const;

  /// Errors: no_such_region.
  shm::result<void> remove_region(std::string_view region) const;

  /// Reserves memory up to `bytes` in all. Errors: no_such_region, quota,
  /// no_memory, bad_argument beyond the region's largest size.
  shm::result<void> grow_region(std::string_view region,
                                std::uint64_t bytes) const;

  /// False once the node hung up or broke the protocol. Never blocks.
  bool alive() const noexcept;

  /// Sleeps until the node hangs up, which it does when it ends. Errors:
  /// timeout when it is still there.
  shm::result<void>
  wait_for_hang_up(std::chrono::steady_clock::time_point until) const;

  /// Ends the session, for all copies: the node frees what it held, and every
  /// call that waits in another thread answers `unreachable`. Mapped regions
  /// stay readable. Never blocks.
  void hang_up() const noexcept;

  const node_greeting& node() const noexcept;

private:
  struct shared;

  explicit connection(std::shared_ptr<const shared> of) noexcept
    : shared_{std::move(of)} {
    // nop
  }

  static shm::result<std::pair<connection, std::vector<answer>>>
  meet(const connect_options& options, std::vector<question> more);

  shm::result<shm::region_view> map(std::string_view region, shm::access wanted,
                                    answer granted) const;
  shm::result<void> order(std::string_view command,
                          wire::fields arguments) const;
  shm::result<void> check_own(const shm::region_view& region) const;
  shm::result<void>
  ask_barrier(const shm::region_view& region, std::string_view command,
              wire::fields arguments,
              std::chrono::steady_clock::time_point until) const;

  std::shared_ptr<const shared> shared_;
};

/// What connect_and_attach() brings.
struct connected_region {
  connection node;
  shm::region_view region;
};

} // namespace holdfast::client
