#include "tests/bench/protobuf_fields.hpp"

namespace holdfast::bench {

namespace {

enum wire_type : std::uint64_t {
  varint = 0,
  wide = 1,
  counted = 2,
  narrow = 5
};

void put_varint(std::string& into, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7)
    into.push_back(static_cast<char>(0x80 | (number & 0x7f)));
  into.push_back(static_cast<char>(number));
}

std::uint64_t take_varint(std::string_view& from) {
  std::uint64_t number = 0;
  for (unsigned shift = 0; !from.empty() && shift < 64; shift += 7) {
    const auto byte = static_cast<std::uint8_t>(from.front());
    from.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80)
      break;
  }
  return number;
}

struct found_field {
  std::uint64_t number = 0;
  std::string_view bytes;
};

found_field find(std::string_view message, std::uint32_t wanted) {
  while (!message.empty()) {
    const auto tag = take_varint(message);
    found_field field;
    std::size_t skipped = 0;
    switch (tag & 7) {
    case varint:
      field.number = take_varint(message);
      break;
    case counted:
      skipped = take_varint(message);
      break;
    case wide:
      skipped = 8;
      break;
    case narrow:
      skipped = 4;
      break;
    default:
      return {};
    }
    field.bytes = message.substr(0, skipped);
    message.remove_prefix(field.bytes.size());
    if (tag >> 3 == wanted)
      return field;
  }
  return {};
}

} // namespace

void put_bytes(std::string& into, std::uint32_t number,
               std::string_view bytes) {
  put_varint(into, std::uint64_t{number} << 3 | counted);
  put_varint(into, bytes.size());
  into.append(bytes);
}

std::uint64_t number_in(std::string_view message, std::uint32_t field) {
  return find(message, field).number;
}

std::string_view bytes_in(std::string_view message, std::uint32_t field) {
  return find(message, field).bytes;
}

} // namespace holdfast::bench
