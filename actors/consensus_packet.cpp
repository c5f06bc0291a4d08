#include "actors/consensus_packet.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <utility>

namespace holdfast::consensus {

// The order of the fields is the format between nodes.

template <class Inspector>
auto inspect(Inspector& f, entry& x) {
  return f(x.term, x.kind, x.data);
}

template <class Inspector>
auto inspect(Inspector& f, member& x) {
  return f(x.id, x.address, x.role);
}

template <class Inspector>
auto inspect(Inspector& f, membership& x) {
  return f(x.members);
}

template <class Inspector>
auto inspect(Inspector& f, snapshot& x) {
  return f(x.index, x.term, x.membership_index, x.members, x.state);
}

template <class Inspector>
auto inspect(Inspector& f, append_request& x) {
  return f(x.term, x.previous_index, x.previous_term, x.commit, x.entries);
}

template <class Inspector>
auto inspect(Inspector& f, append_result& x) {
  return f(x.term, x.rejected, x.last_index);
}

template <class Inspector>
auto inspect(Inspector& f, vote_request& x) {
  return f(x.term, x.last_index, x.last_term, x.disrupt_leader, x.pre_vote);
}

template <class Inspector>
auto inspect(Inspector& f, vote_result& x) {
  return f(x.term, x.granted, x.pre_vote);
}

template <class Inspector>
auto inspect(Inspector& f, install_request& x) {
  return f(x.term, x.base);
}

template <class Inspector>
auto inspect(Inspector& f, timeout_now& x) {
  return f(x.term, x.last_index, x.last_term);
}

} // namespace holdfast::consensus

namespace holdfast::actors {

namespace {

template <std::size_t... Kinds>
std::optional<consensus::body> empty_body(std::size_t kind,
                                          std::index_sequence<Kinds...>) {
  std::optional<consensus::body> made;
  ((kind == Kinds ? void(made.emplace(std::in_place_index<Kinds>)) : void()),
   ...);
  return made;
}

std::optional<consensus::body> empty_body(std::size_t kind) {
  return empty_body(
    kind, std::make_index_sequence<std::variant_size_v<consensus::body>>{});
}

} // namespace

consensus_packet pack(const consensus::message& said) {
  consensus_packet packet{said.from,
                          said.to,
                          said.cluster,
                          said.who.database,
                          said.who.start,
                          said.to_database,
                          said.sequence,
                          static_cast<std::uint8_t>(said.content.index()),
                          {}};
  caf::binary_serializer sink{nullptr, packet.content};
  std::visit(
    [&](const auto& body) {
      // Memory is all that writing to a buffer can fail for.
      [[maybe_unused]] const auto failed = sink(body);
    },
    said.content);
  return packet;
}

std::optional<consensus::message> unpack(const consensus_packet& packet,
                                         std::size_t bytes_max) {
  if (packet.content.size() > bytes_max)
    return std::nullopt;
  auto body = empty_body(packet.kind);
  if (!body)
    return std::nullopt;
  caf::binary_deserializer source{nullptr, packet.content};
  const bool failed = std::visit(
    [&](auto& content) { return static_cast<bool>(source(content)); }, *body);
  if (failed || source.remaining() != 0)
    return std::nullopt;
  return consensus::message{packet.from,        packet.to,
                            packet.cluster,     {packet.database, packet.start},
                            packet.to_database, packet.sequence,
                            std::move(*body)};
}

} // namespace holdfast::actors
