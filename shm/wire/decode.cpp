#include "shm/wire/frame_rules.hpp"

#include <algorithm>
#include <bit>
#include <concepts>
#include <span>

namespace holdfast::wire {

namespace {

using shm::errc;

// Reads a packet from front to back. The first wrong thing is kept with its
// place; every read after it fails as well.
class reader {
public:
  explicit reader(std::span<const std::byte> packet) noexcept
    : packet_{packet} {
    // nop
  }

  template <std::unsigned_integral T>
  bool take(T& number, std::string_view what) {
    if (!has(sizeof(T), what))
      return false;
    number = 0;
#pragma GCC unroll 8
    for (std::size_t i = 0; i < sizeof(T); ++i)
      number = static_cast<T>(
        number | (static_cast<std::uint64_t>(packet_[at_ + i]) << (8 * i)));
    at_ += sizeof(T);
    return true;
  }

  bool take_name(std::string& name, std::string_view what) {
    std::uint16_t length = 0;
    if (!take(length, what))
      return false;
    if (length > name_bytes_max)
      return refuse(std::string{what} + " of " + std::to_string(length)
                    + " bytes, at most " + std::to_string(name_bytes_max));
    return take_text(name, length, what);
  }

  bool take_fields(fields& into, bool in_row) {
    std::uint16_t count = 0;
    if (!take(count, "number of fields"))
      return false;
    fields_ += count;
    if (fields_ > fields_max)
      return refuse("more than " + std::to_string(fields_max) + " fields");
    // A field has at least three bytes; only then is room made for all.
    if (!has(std::size_t{count} * 3, "fields"))
      return false;
    into.resize(count);
    for (auto& each : into)
      if (!take_name(each.name, "field name") || !take_value(each, in_row))
        return false;
    std::string_view twin;
    if (has_twin(into, twin))
      return refuse("field " + in_quotes(twin) + " twice");
    return true;
  }

  bool refuse(std::string problem) {
    if (problem_.empty())
      problem_ = "byte " + std::to_string(at_) + ": " + std::move(problem);
    return false;
  }

  std::size_t left() const noexcept {
    return packet_.size() - at_;
  }

  const std::string& problem() const noexcept {
    return problem_;
  }

private:
  bool has(std::size_t wanted, std::string_view what) {
    return left() >= wanted || refuse_short(wanted, what);
  }

  // Apart, so that what is called for each number is small.
  [[gnu::cold, gnu::noinline]] bool refuse_short(std::size_t wanted,
                                                 std::string_view what) {
    return refuse(std::string{what} + ": " + std::to_string(wanted)
                  + " bytes are due, " + std::to_string(left()) + " are left");
  }

  bool take_raw(std::span<const std::byte>& raw, std::size_t length,
                std::string_view what) {
    if (!has(length, what))
      return false;
    raw = packet_.subspan(at_, length);
    at_ += length;
    return true;
  }

  bool take_text(std::string& text, std::size_t length, std::string_view what) {
    std::span<const std::byte> raw;
    const auto start = at_;
    if (!take_raw(raw, length, what))
      return false;
    text.assign(reinterpret_cast<const char*>(raw.data()), raw.size());
    const auto valid = valid_utf8_bytes(text);
    if (valid == text.size())
      return true;
    at_ = start + valid;
    return refuse(std::string{what} + " is not UTF-8");
  }

  bool take_value(field& into, bool in_row) {
    std::uint8_t type = 0;
    if (!take(type, "field type"))
      return false;
    switch (type) {
    case null_type:
      return true;
    case bool_type:
      return take_bool(into.value);
    case i64_type:
      return take_number(
        into.value, [](auto raw) { return static_cast<std::int64_t>(raw); });
    case u64_type:
      return take_number(into.value, [](auto raw) { return raw; });
    case f64_type:
      return take_number(into.value,
                         [](auto raw) { return std::bit_cast<double>(raw); });
    case text_type:
    case bytes_type:
      return take_long(into.value, type);
    case rows_type:
      return in_row ? refuse("rows within rows") : take_rows(into.value);
    default:
      return refuse("unknown field type " + std::to_string(type));
    }
  }

  bool take_bool(value& into) {
    std::uint8_t raw = 0;
    if (!take(raw, "bool"))
      return false;
    if (raw > 1)
      return refuse("bool of " + std::to_string(raw));
    into = raw == 1;
    return true;
  }

  template <class Convert>
  bool take_number(value& into, Convert convert) {
    std::uint64_t raw = 0;
    if (!take(raw, "number"))
      return false;
    into = convert(raw);
    return true;
  }

  bool take_long(value& into, std::uint8_t type) {
    std::uint32_t length = 0;
    if (!take(length, "length"))
      return false;
    if (type == text_type)
      return take_text(into.emplace<std::string>(), length, "text");
    std::span<const std::byte> raw;
    if (!take_raw(raw, length, "bytes"))
      return false;
    into = bytes{raw.begin(), raw.end()};
    return true;
  }

  bool take_rows(value& into) {
    std::uint32_t count = 0;
    // A row has at least the two bytes of its count.
    if (!take(count, "number of rows") || !has(std::size_t{count} * 2, "rows"))
      return false;
    auto& all = into.emplace<rows>(count);
    return std::all_of(all.begin(), all.end(),
                       [this](fields& row) { return take_fields(row, true); });
  }

  std::span<const std::byte> packet_;
  std::size_t at_ = 0;
  std::size_t fields_ = 0;
  std::string problem_;
};

bool take_header(reader& from, std::size_t packet_bytes, frame& into) {
  std::uint32_t mark = 0;
  std::uint32_t body = 0;
  std::uint16_t spoken = 0;
  std::uint16_t kind = 0;
  std::uint16_t zero = 0;
  if (!from.take(mark, "header") || !from.take(spoken, "header")
      || !from.take(kind, "header") || !from.take(into.request_id, "header")
      || !from.take(body, "header") || !from.take(into.descriptors, "header")
      || !from.take(zero, "header"))
    return false;
  if (mark != magic)
    return from.refuse("not a Holdfast frame");
  if (spoken != version)
    return from.refuse("protocol version " + std::to_string(spoken)
                       + ", this side speaks " + std::to_string(version));
  if (kind < 1 || kind > 4)
    return from.refuse("unknown frame kind " + std::to_string(kind));
  if (body != packet_bytes - header_bytes)
    return from.refuse("the header announces " + std::to_string(body)
                       + " bytes, the packet has "
                       + std::to_string(packet_bytes - header_bytes));
  if (zero != 0)
    return from.refuse("the header's last two bytes are not zero");
  into.kind = static_cast<frame_kind>(kind);
  return true;
}

bool take_frame(reader& from, std::size_t packet_bytes, frame& into) {
  if (!take_header(from, packet_bytes, into))
    return false;
  if (into.kind == frame_kind::request
      && !from.take_name(into.command, "command"))
    return false;
  if (!from.take_fields(into.fields, false))
    return false;
  if (from.left() != 0)
    return from.refuse(std::to_string(from.left())
                       + " bytes after the last field");
  if (auto wrong = misplaced_in(into); !wrong.empty())
    return from.refuse(std::move(wrong));
  return true;
}

} // namespace

shm::result<frame> decode(std::span<const std::byte> packet) {
  if (packet.size() > frame_bytes_max)
    return shm::failed(
      errc::protocol, "a frame of " + std::to_string(packet.size())
                        + " bytes, at most " + std::to_string(frame_bytes_max));
  if (packet.size() < header_bytes)
    return shm::failed(errc::protocol, "a frame of "
                                         + std::to_string(packet.size())
                                         + " bytes, shorter than its header");
  frame out;
  reader from{packet};
  if (!take_frame(from, packet.size(), out))
    return shm::failed(errc::protocol, from.problem());
  return out;
}

} // namespace holdfast::wire
