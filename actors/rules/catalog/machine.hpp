// The tables as what consensus drives: octets in, octets out, in order.
//
// What it cannot read it does not skip: it stops and says why, and answers
// nothing any more until it is restored. Another node may read it, and two
// that went on differently would never meet again.
#pragma once

#include "actors/rules/catalog/format.hpp"

#include <functional>
#include <optional>
#include <string>

namespace holdfast::catalog {

/// A digest of octets; handed in, since none belongs into a rule.
using hash_function = std::function<std::string(std::span<const std::uint8_t>)>;

class machine {
public:
  explicit machine(limits bounds = {}) : now_{bounds} {
    // nop
  }

  /// Decides the committed entry of that index. The answer is an outcome,
  /// encoded. Errors: what stopped the machine.
  shm::result<octets> apply(log_index index,
                            std::span<const std::uint8_t> entry);

  /// A barrier or a change of voters, at that index.
  shm::result<void> skip(log_index index);

  /// As of applied().
  octets snapshot() const {
    return encode_snapshot(now_);
  }

  /// Takes the place of all that was applied, also of what stopped it. After
  /// an error nothing has changed. Errors: as decode_snapshot; corrupt if it
  /// is not of that index.
  shm::result<void> restore(log_index index,
                            std::span<const std::uint8_t> snapshot);

  log_index applied() const noexcept {
    return now_.applied();
  }

  const tables& now() const noexcept {
    return now_;
  }

  /// The last entry that may have changed where regions should live.
  log_index placing_changed() const noexcept {
    return placing_changed_;
  }

  const std::optional<shm::error>& stopped() const noexcept {
    return stopped_;
  }

  /// To compare with another node's at the same index.
  std::string hash(const hash_function& of) const {
    return of(snapshot());
  }

private:
  shm::error stop(shm::error why);
  shm::result<void> check(log_index index);

  tables now_;
  log_index placing_changed_ = 0;
  std::optional<shm::error> stopped_;
};

/// What a leader looks at before it lets octets of another node into the log:
/// every member can read them. Errors: as decode_entry; unavailable while a
/// member does not know that format.
shm::result<void> check_proposal(const tables& now,
                                 std::span<const std::uint8_t> entry);

/// Numbers the requests of one origin upwards, and lets only so many be under
/// way that none's result can be forgotten before it came.
class request_numbers {
public:
  explicit request_numbers(std::size_t under_way_max,
                           std::uint64_t first = 1) noexcept
    : under_way_max_{under_way_max}, next_{first} {
    // nop
  }

  /// Errors: overloaded.
  shm::result<std::uint64_t> take();

  /// It has a result, or nobody will ask for it again.
  void settle(std::uint64_t request_id);

  std::size_t under_way() const noexcept {
    return under_way_.size();
  }

private:
  std::size_t under_way_max_;
  std::uint64_t next_;
  std::set<std::uint64_t> under_way_;
};

} // namespace holdfast::catalog
