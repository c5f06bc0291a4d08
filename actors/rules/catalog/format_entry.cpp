#include "actors/rules/catalog/format_head.hpp"
#include "actors/rules/catalog/format_rows.hpp"

#include <cassert>

namespace holdfast::catalog {

namespace {

using shm::errc;

std::string_view word_of(stored what) {
  switch (what) {
  case stored::entry:
    return "an entry";
  case stored::outcome:
    return "an outcome";
  case stored::snapshot:
    return "a snapshot";
  }
  return "?";
}

/// An empty command of that name.
template <std::size_t Index = 0>
shm::result<command> command_named(std::string_view name) {
  if constexpr (Index == std::variant_size_v<command>) {
    return corrupt("no command '" + std::string{name} + "'");
  } else {
    command made{std::in_place_index<Index>};
    if (name_of(made) == name)
      return made;
    return command_named<Index + 1>(name);
  }
}

void describe_entry(auto& f, like<entry> auto& of) {
  f("leader_ms", of.leader_ms);
  describe(f, of.origin);
  describe(f, of.by);
  std::visit([&f](auto& each) { describe(f, each); }, of.command);
}

} // namespace

shm::error corrupt(std::string detail) {
  return shm::failed(errc::corrupt, std::move(detail));
}

void put_head(octets& into, stored what) {
  into.push_back('C');
  into.push_back(static_cast<std::uint8_t>(what));
  into.push_back(static_cast<std::uint8_t>(format_version & 0xff));
  into.push_back(static_cast<std::uint8_t>(format_version >> 8));
}

shm::result<void> check_head(std::span<const std::uint8_t> from, stored what) {
  if (from.size() < head_bytes || from[0] != 'C'
      || from[1] != static_cast<std::uint8_t>(what))
    return corrupt("this is not " + std::string{word_of(what)}
                   + " of the catalog");
  const auto format = static_cast<unsigned>(from[2] | (from[3] << 8));
  if (format > format_version)
    return shm::failed(
      errc::protocol,
      std::string{word_of(what)} + " of format " + std::to_string(format)
        + "; this node knows formats up to " + std::to_string(format_version)
        + " and has to be upgraded first");
  if (format == 0)
    return corrupt("there is no format 0");
  return boost::outcome_v2::success();
}

namespace {

octets with_head(stored what, const wire::bytes& packet) {
  octets out;
  out.reserve(head_bytes + packet.size());
  put_head(out, what);
  for (const auto each : packet)
    out.push_back(static_cast<std::uint8_t>(each));
  return out;
}

/// The frame behind a head of ours.
shm::result<wire::frame> frame_behind(std::span<const std::uint8_t> from,
                                      stored what, wire::frame_kind kind) {
  if (auto head = check_head(from, what); !head)
    return head.assume_error();
  auto frame = wire::decode(std::as_bytes(from.subspan(head_bytes)));
  if (!frame)
    return corrupt(frame.assume_error().detail);
  if (frame.assume_value().kind != kind)
    return corrupt(std::string{word_of(what)} + " is another kind of frame");
  return frame;
}

} // namespace

shm::result<octets> encode(const entry& from) {
  field_writer fields;
  describe_entry(fields, from);
  wire::frame frame;
  frame.command = name_of(from.command);
  frame.request_id = from.request_id;
  frame.fields = fields.take();
  const auto packet = wire::encode(frame);
  if (!packet)
    return packet.assume_error();
  return with_head(stored::entry, packet.assume_value());
}

shm::result<entry> decode_entry(std::span<const std::uint8_t> from) {
  const auto frame
    = frame_behind(from, stored::entry, wire::frame_kind::request);
  if (!frame)
    return frame.assume_error();
  const auto& read = frame.assume_value();
  auto named = command_named(read.command);
  if (!named)
    return named.assume_error();
  entry made;
  made.request_id = read.request_id;
  made.command = std::move(named).assume_value();
  field_reader fields{read.fields};
  describe_entry(fields, made);
  if (const auto& problem = fields.finish(); !problem.empty())
    return corrupt(read.command + ": " + problem);
  return made;
}

octets encode(const outcome& from) {
  field_writer fields;
  describe(fields, from);
  wire::frame frame;
  frame.kind = wire::frame_kind::reply;
  frame.fields = fields.take();
  const auto packet = wire::encode(frame);
  assert(packet);
  return with_head(stored::outcome, packet.assume_value());
}

shm::result<outcome> decode_outcome(std::span<const std::uint8_t> from) {
  const auto frame
    = frame_behind(from, stored::outcome, wire::frame_kind::reply);
  if (!frame)
    return frame.assume_error();
  outcome made;
  const auto& read = frame.assume_value();
  field_reader fields{read.fields};
  describe(fields, made);
  if (const auto& problem = fields.finish(); !problem.empty())
    return corrupt("outcome: " + problem);
  if (read.request_id != 0 || read.descriptors != 0)
    return corrupt("an outcome answers no request of its own");
  return made;
}

} // namespace holdfast::catalog
