// The audit trail: the last decisions, oldest first, and how to ask for some.
#pragma once

#include "actors/rules/catalog/rows.hpp"
#include "config/defaults.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::catalog {

/// What is absent or empty does not narrow.
struct audit_query {
  log_index after = 0; ///< the last index seen, or the one before the range
  log_index up_to = 0; ///< 0: no end
  std::uint64_t from_ms = 0;
  std::uint64_t to_ms = 0; ///< exclusive; 0: no end
  std::string tenant;      ///< that the caller or the target belongs to
  std::string principal;
  std::uint64_t session = 0;
  node_id node = 0;
  std::string command;
  std::string target; ///< how the target begins
  bool only_refused = false;
  std::size_t count_max = config::audit_page_max;
};

/// Oldest first; the next page comes with `after` set to the last index.
struct audit_page {
  std::vector<audit_record> records;
  bool more = false;
};

class audit_trail {
public:
  /// Drops the oldest beyond `records_max`.
  void add(audit_record record, std::size_t records_max);

  audit_page find(const audit_query& query) const;

  const std::deque<audit_record>& records() const noexcept {
    return records_;
  }

  bool operator==(const audit_trail&) const = default;

private:
  std::deque<audit_record> records_;
};

} // namespace holdfast::catalog
