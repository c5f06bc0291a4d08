#include "shm/wire/frame_rules.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <concepts>
#include <span>

namespace holdfast::wire {

namespace {

using shm::errc;

// Walks a frame once before any byte is written: finds what cannot travel and
// how many bytes the rest needs.
class measure {
public:
  bool add_name(std::string_view name, std::string_view what) {
    bytes_ += 2 + name.size();
    if (name.size() > name_bytes_max)
      return refuse(std::string{what} + " " + in_quotes(name) + " has "
                    + std::to_string(name.size()) + " bytes, at most "
                    + std::to_string(name_bytes_max));
    if (!is_utf8(name))
      return refuse(std::string{what} + " " + in_quotes(name)
                    + " is not UTF-8");
    return true;
  }

  bool add_fields(const fields& of, bool in_row) {
    bytes_ += 2;
    fields_ += of.size();
    if (fields_ > fields_max)
      return refuse("more than " + std::to_string(fields_max) + " fields");
    for (const auto& each : of)
      if (!add_name(each.name, "field") || !add_value(each, in_row))
        return false;
    std::string_view twin;
    if (has_twin(of, twin))
      return refuse("field " + in_quotes(twin) + " twice");
    return true;
  }

  std::size_t bytes() const noexcept {
    return bytes_;
  }

  const std::string& problem() const noexcept {
    return problem_;
  }

private:
  bool add_value(const field& of, bool in_row) {
    bytes_ += 1;
    switch (of.value.index()) {
    case null_type:
      return true;
    case bool_type:
      bytes_ += 1;
      return true;
    case text_type:
      return add_text(of.name, std::get<std::string>(of.value));
    case bytes_type:
      bytes_ += 4 + std::get<wire::bytes>(of.value).size();
      return true;
    case rows_type:
      return add_rows(of, in_row);
    default:
      bytes_ += 8;
      return true;
    }
  }

  bool add_text(std::string_view name, std::string_view text) {
    bytes_ += 4 + text.size();
    return is_utf8(text)
           || refuse("text of field " + in_quotes(name) + " is not UTF-8");
  }

  bool add_rows(const field& of, bool in_row) {
    bytes_ += 4;
    if (in_row)
      return refuse("rows within rows in field " + in_quotes(of.name));
    for (const auto& row : std::get<rows>(of.value))
      if (!add_fields(row, true))
        return false;
    return true;
  }

  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  std::size_t bytes_ = 0;
  std::size_t fields_ = 0;
  std::string problem_;
};

// Fills a packet that was measured before, so every length fits.
class writer {
public:
  explicit writer(std::size_t bytes) : out_(bytes) {
    // nop
  }

  template <std::unsigned_integral T>
  void put(T number) {
    assert(out_.size() - at_ >= sizeof(T));
#pragma GCC unroll 8
    for (std::size_t i = 0; i < sizeof(T); ++i)
      out_[at_ + i] = static_cast<std::byte>(number >> (8 * i));
    at_ += sizeof(T);
  }

  void put_name(std::string_view name) {
    put(static_cast<std::uint16_t>(name.size()));
    put_raw(std::as_bytes(std::span{name}));
  }

  void put_fields(const fields& of) {
    put(static_cast<std::uint16_t>(of.size()));
    for (const auto& each : of) {
      put_name(each.name);
      put(static_cast<std::uint8_t>(each.value.index()));
      std::visit([this](const auto& held) { put_value(held); }, each.value);
    }
  }

  bytes take() {
    assert(at_ == out_.size());
    return std::move(out_);
  }

private:
  void put_raw(std::span<const std::byte> raw) {
    assert(out_.size() - at_ >= raw.size());
    std::copy(raw.begin(), raw.end(), out_.data() + at_);
    at_ += raw.size();
  }

  void put_value(std::monostate) {
    // nop
  }

  void put_value(bool truth) {
    put(static_cast<std::uint8_t>(truth ? 1 : 0));
  }

  void put_value(std::int64_t number) {
    put(static_cast<std::uint64_t>(number));
  }

  void put_value(std::uint64_t number) {
    put(number);
  }

  void put_value(double number) {
    put(std::bit_cast<std::uint64_t>(number));
  }

  void put_value(const std::string& text) {
    put(static_cast<std::uint32_t>(text.size()));
    put_raw(std::as_bytes(std::span{text}));
  }

  void put_value(const bytes& raw) {
    put(static_cast<std::uint32_t>(raw.size()));
    put_raw(raw);
  }

  void put_value(const rows& of) {
    put(static_cast<std::uint32_t>(of.size()));
    for (const auto& row : of)
      put_fields(row);
  }

  bytes out_;
  std::size_t at_ = 0;
};

} // namespace

shm::result<bytes> encode(const frame& from) {
  if (auto wrong = misplaced_in(from); !wrong.empty())
    return shm::failed(errc::bad_argument, std::move(wrong));
  measure measured;
  const bool is_request = from.kind == frame_kind::request;
  if ((is_request && !measured.add_name(from.command, "command"))
      || !measured.add_fields(from.fields, false))
    return shm::failed(errc::bad_argument, measured.problem());
  const auto packet_bytes = header_bytes + measured.bytes();
  if (packet_bytes > frame_bytes_max)
    return shm::failed(
      errc::too_long, "a frame of " + std::to_string(packet_bytes)
                        + " bytes, at most " + std::to_string(frame_bytes_max));
  writer out{packet_bytes};
  out.put(magic);
  out.put(version);
  out.put(static_cast<std::uint16_t>(from.kind));
  out.put(from.request_id);
  out.put(static_cast<std::uint32_t>(measured.bytes()));
  out.put(from.descriptors);
  out.put(std::uint16_t{0});
  if (is_request)
    out.put_name(from.command);
  out.put_fields(from.fields);
  return out.take();
}

} // namespace holdfast::wire
