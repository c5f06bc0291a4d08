#include "actors/rules/catalog/format_head.hpp"
#include "actors/rules/catalog/format_rows.hpp"

namespace holdfast::catalog {

namespace {

using shm::errc;

std::string_view word_of(stored what) {
  return what == stored::entry ? "an entry" : "a snapshot";
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
  octets out;
  out.reserve(head_bytes + packet.assume_value().size());
  put_head(out, stored::entry);
  for (const auto each : packet.assume_value())
    out.push_back(static_cast<std::uint8_t>(each));
  return out;
}

shm::result<entry> decode_entry(std::span<const std::uint8_t> from) {
  if (auto head = check_head(from, stored::entry); !head)
    return head.assume_error();
  const auto frame = wire::decode(std::as_bytes(from.subspan(head_bytes)));
  if (!frame)
    return corrupt(frame.assume_error().detail);
  const auto& read = frame.assume_value();
  if (read.kind != wire::frame_kind::request)
    return corrupt("an entry is a request");
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

} // namespace holdfast::catalog
