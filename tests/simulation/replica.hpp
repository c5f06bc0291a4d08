// What a node does with what was agreed: the state machine of a simulated node.
//
// The catalog's tables, placement and lease rules join the simulation by
// another replica: it gets commands in order, and every node's must come to
// the same digest.
#pragma once

#include "actors/consensus/types.hpp"

#include <map>
#include <memory>

namespace holdfast::simulation {

using namespace consensus;

/// Who asked, and which of its requests this is; it asks one at a time.
struct command {
  std::uint64_t origin = 0;
  std::uint64_t request = 0;
  std::uint64_t value = 0;

  octets bytes() const;
  static command from(const octets& bytes);

  bool operator==(const command&) const = default;
};

class replica {
public:
  replica() = default;
  replica(const replica&) = delete;
  replica& operator=(const replica&) = delete;
  virtual ~replica() = default;

  /// True if it had an effect, false if it was known already.
  virtual bool apply(const command& asked) = 0;
  virtual octets state() const = 0;
  virtual void restore(const octets& state) = 0;
  virtual std::uint64_t digest() const = 0;
  /// The last request of an origin that had an effect.
  virtual std::uint64_t last_of(std::uint64_t origin) const = 0;
};

/// Adds up values, each request once by (origin, request).
class adding_machine : public replica {
public:
  /// `deduplicates`: false is one of the bugs.
  explicit adding_machine(bool deduplicates) : deduplicates_{deduplicates} {
    // nop
  }

  bool apply(const command& asked) override;
  octets state() const override;
  void restore(const octets& state) override;
  std::uint64_t digest() const override;
  std::uint64_t last_of(std::uint64_t origin) const override;

private:
  bool deduplicates_;
  std::uint64_t total_ = 0;
  std::map<std::uint64_t, std::uint64_t> last_;
};

} // namespace holdfast::simulation
