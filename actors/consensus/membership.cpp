#include "actors/consensus/membership.hpp"

#include <algorithm>
#include <cassert>
#include <set>

namespace holdfast::consensus {

namespace {

constexpr std::uint8_t format = 1;

void put(octets& bytes, std::uint64_t number, int size) {
  for (int i = 0; i < size; ++i)
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
}

/// Reads from the front; after reading past the end it only says `bad`.
struct reader {
  std::span<const std::uint8_t> bytes;
  std::size_t at = 0;
  bool bad = false;

  std::uint64_t number(std::size_t size) {
    if (bad || bytes.size() - at < size) {
      bad = true;
      return 0;
    }
    std::uint64_t result = 0;
    for (std::size_t i = 0; i < size; ++i)
      result |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
    at += size;
    return result;
  }

  std::string text(std::size_t size) {
    if (bad || bytes.size() - at < size) {
      bad = true;
      return {};
    }
    const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    at += size;
    return {begin, begin + static_cast<std::ptrdiff_t>(size)};
  }
};

bool is_valid(const member& one) {
  return one.id != 0 && !one.address.empty()
         && one.address.size() <= address_bytes_max
         && one.address.find('\0') == std::string::npos
         && (one.role == member_role::learner
             || one.role == member_role::voter);
}

} // namespace

bool is_valid(const membership& members) {
  const auto& all = members.members;
  if (all.size() > members_max || voter_count(members) == 0)
    return false;
  std::set<std::string_view> addresses;
  node_id before = 0;
  for (const auto& one : all) {
    if (!is_valid(one) || one.id <= before
        || !addresses.insert(one.address).second)
      return false;
    before = one.id;
  }
  return true;
}

octets encode(const membership& members) {
  assert(is_valid(members));
  octets bytes{format};
  put(bytes, members.members.size(), 2);
  for (const auto& one : members.members) {
    put(bytes, one.id, 8);
    put(bytes, static_cast<std::uint8_t>(one.role), 1);
    put(bytes, one.address.size(), 2);
    bytes.insert(bytes.end(), one.address.begin(), one.address.end());
  }
  return bytes;
}

std::optional<membership> decode(std::span<const std::uint8_t> bytes) {
  reader from{bytes};
  if (from.number(1) != format)
    return std::nullopt;
  const auto count = from.number(2);
  if (count > members_max)
    return std::nullopt;
  membership result;
  for (std::uint64_t i = 0; i < count && !from.bad; ++i) {
    member one;
    one.id = from.number(8);
    one.role = static_cast<member_role>(from.number(1));
    one.address = from.text(from.number(2));
    result.members.push_back(std::move(one));
  }
  if (from.bad || from.at != bytes.size() || !is_valid(result))
    return std::nullopt;
  return result;
}

std::uint64_t digest_of(const membership& members) {
  // FNV-1a: it tells lists of a few nodes apart, it keeps out nobody.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const auto byte : encode(members))
    hash = (hash ^ byte) * 0x100000001b3U;
  return hash == 0 ? 1 : hash;
}

const member* find(const membership& members, node_id id) {
  const auto found
    = std::find_if(members.members.begin(), members.members.end(),
                   [id](const member& one) { return one.id == id; });
  return found == members.members.end() ? nullptr : &*found;
}

std::size_t voter_count(const membership& members) {
  return static_cast<std::size_t>(std::count_if(
    members.members.begin(), members.members.end(),
    [](const member& one) { return one.role == member_role::voter; }));
}

} // namespace holdfast::consensus
