// A client of a region that records each thing that it does, before and after.
#pragma once

#include "apps/holdfast-torture/checker/history_file.hpp"
#include "apps/holdfast-torture/torture_value.hpp"
#include "shm/client/connection.hpp"
#include "shm/futex.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::torture {

/// How a client of the run comes in at a node.
client::connect_options door(const std::string& socket,
                             std::chrono::milliseconds patience);

class torture_client {
public:
  /// `history` is a directory.
  torture_client(std::string socket, const std::string& history,
                 std::uint32_t id, std::uint32_t node, std::uint32_t variables);

  /// Connects and maps the region with all its variables; false: it cannot.
  bool attach(shm::access wanted);
  void detach();

  /// It is mapped, and worth keeping: the node is there and serves it, or did a
  /// moment ago.
  bool attached();
  /// Its node is the region's home, as the mapping tells; it may not serve yet.
  bool at_home() const noexcept;
  bool writable() const noexcept {
    return region_ && region_->writable();
  }

  /// The next value of this client.
  record_outcome store(std::uint32_t variable);
  /// All that was stored before. What stays in doubt is given up.
  record_outcome flush(client::durability wanted);
  /// Confirms it after a while: it is to be right however long that takes.
  record_outcome confirmed_read(std::uint32_t variable,
                                std::chrono::nanoseconds pause = {});
  /// Records it if it tells anything new, or nothing was recorded for `quiet`.
  record_outcome read(std::uint32_t variable,
                      std::chrono::nanoseconds quiet = {});
  record_outcome final_read(std::uint32_t variable);

  /// Sleeps until some variable is another than read last.
  void wait_for_change(shm::futex::deadline until);

private:
  bool serves() const noexcept;
  record begin(record_kind kind, std::uint32_t variable) const;
  void end(record& what, record_outcome outcome) const;
  record look(record_kind kind, std::uint32_t variable) const;
  void note_resets();

  void give_up_doubt();

  struct seen {
    record last;
    std::uint64_t version = 0;
  };

  std::string socket_;
  std::uint32_t id_, node_, variable_count_;
  history_writer history_;
  std::uint32_t mapping_ = 0;
  std::uint64_t last_value_ = 0;
  std::uint64_t began_empty_ = 0; ///< as told last
  std::optional<client::connection> line_;
  std::optional<shm::region_view> region_;
  std::vector<shm::variable<torture_value>> variables_;
  std::vector<seen> seen_;
  std::int64_t unserved_since_ = 0;
  int doubtful_ = 0; ///< flushes in a row that ended with unknown
};

} // namespace holdfast::torture
