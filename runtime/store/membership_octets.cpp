#include "runtime/store/membership_octets.hpp"

namespace holdfast::runtime {

namespace {

void put(consensus::octets& to, std::uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i)
    to.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

class taker {
public:
  explicit taker(std::span<const std::uint8_t> octets) : rest_{octets} {
    // nop
  }

  std::uint64_t number(std::size_t bytes) {
    std::uint64_t number = 0;
    const auto from = block(bytes);
    for (std::size_t i = 0; i < from.size(); ++i)
      number |= std::uint64_t{from[i]} << (8 * i);
    return number;
  }

  std::span<const std::uint8_t> block(std::size_t bytes) {
    if (bytes > rest_.size()) {
      failed_ = true;
      return {};
    }
    const auto taken = rest_.first(bytes);
    rest_ = rest_.subspan(bytes);
    return taken;
  }

  bool failed() const noexcept {
    return failed_;
  }

  bool done() const noexcept {
    return rest_.empty();
  }

private:
  std::span<const std::uint8_t> rest_;
  bool failed_ = false;
};

} // namespace

consensus::octets octets_of(const consensus::membership& membership) {
  consensus::octets made;
  for (const auto& member : membership.members) {
    put(made, member.id, 8);
    put(made, static_cast<std::uint8_t>(member.role), 1);
    put(made, member.address.size(), 4);
    made.insert(made.end(), member.address.begin(), member.address.end());
  }
  return made;
}

std::optional<consensus::membership>
membership_in(std::span<const std::uint8_t> octets) {
  consensus::membership found;
  taker take{octets};
  while (!take.done() && !take.failed()) {
    consensus::member member;
    member.id = take.number(8);
    const auto role = take.number(1);
    if (role != 1 && role != 2)
      return std::nullopt;
    member.role = static_cast<consensus::member_role>(role);
    const auto address = take.block(take.number(4));
    member.address.assign(address.begin(), address.end());
    found.members.push_back(std::move(member));
  }
  if (take.failed())
    return std::nullopt;
  return found;
}

} // namespace holdfast::runtime
