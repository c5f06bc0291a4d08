#include "shm/wire/frame.hpp"
#include "shm/wire/utf8.hpp"
#include "tests/support/catch.hpp"

#include <bit>
#include <cstring>
#include <limits>

using namespace holdfast;
using shm::errc;
using wire::bytes;
using wire::frame;
using wire::frame_kind;

namespace {

// Builds packets that encode() would never make.
class raw_packet {
public:
  raw_packet& u8(std::uint8_t number) {
    out_.push_back(static_cast<std::byte>(number));
    return *this;
  }

  raw_packet& u16(std::uint16_t number) {
    return u8(static_cast<std::uint8_t>(number & 0xff))
      .u8(static_cast<std::uint8_t>(number >> 8));
  }

  raw_packet& u32(std::uint32_t number) {
    return u16(static_cast<std::uint16_t>(number & 0xffff))
      .u16(static_cast<std::uint16_t>(number >> 16));
  }

  raw_packet& u64(std::uint64_t number) {
    return u32(static_cast<std::uint32_t>(number))
      .u32(static_cast<std::uint32_t>(number >> 32));
  }

  raw_packet& raw(std::string_view text) {
    for (const char each : text)
      u8(static_cast<std::uint8_t>(each));
    return *this;
  }

  raw_packet& name(std::string_view text) {
    return u16(static_cast<std::uint16_t>(text.size())).raw(text);
  }

  const bytes& body() const {
    return out_;
  }

private:
  bytes out_;
};

bytes reply_with(const raw_packet& body) {
  raw_packet header;
  header.u32(wire::magic).u16(1).u16(2).u64(7);
  header.u32(static_cast<std::uint32_t>(body.body().size())).u16(0).u16(0);
  bytes out = header.body();
  out.insert(out.end(), body.body().begin(), body.body().end());
  return out;
}

bytes packet_of(const frame& from) {
  auto encoded = wire::encode(from);
  REQUIRE(encoded);
  return std::move(encoded).assume_value();
}

std::string refusal_of(const bytes& packet) {
  const auto decoded = wire::decode(packet);
  if (decoded)
    return "accepted";
  CHECK(decoded.assume_error().code == errc::protocol);
  return decoded.assume_error().detail;
}

std::string refusal_of_encoding(const frame& from, errc code) {
  const auto encoded = wire::encode(from);
  if (encoded)
    return "accepted";
  CHECK(encoded.assume_error().code == code);
  return encoded.assume_error().detail;
}

// One field of every type, and rows with every type but rows.
frame full_frame() {
  const wire::fields scalars{
    {"nothing", std::monostate{}},
    {"yes", true},
    {"no", false},
    {"least", std::numeric_limits<std::int64_t>::min()},
    {"most", std::numeric_limits<std::uint64_t>::max()},
    {"ratio", -0.1},
    {"word", std::string{"gr\u00fc\u00dfe \U0001F512"}},
    {"raw", bytes{std::byte{0}, std::byte{0xff}}},
    {"", std::string{}}};
  auto all = scalars;
  all.push_back({"table", wire::rows{scalars, {}, scalars}});
  return {frame_kind::request, 42, 0, "status", all};
}

bool same(const wire::fields& left, const wire::fields& right);

bool same(const wire::value& left, const wire::value& right) {
  const auto* rows = std::get_if<wire::rows>(&left);
  if (rows == nullptr)
    return left.index() == right.index() && left.index() != 7
           && std::visit(
             [&right](const auto& held) {
               using type = std::decay_t<decltype(held)>;
               if constexpr (std::is_same_v<type, wire::rows>)
                 return false;
               else
                 return held == std::get<type>(right);
             },
             left);
  const auto* others = std::get_if<wire::rows>(&right);
  return others != nullptr
         && std::equal(rows->begin(), rows->end(), others->begin(),
                       others->end(),
                       [](const auto& a, const auto& b) { return same(a, b); });
}

bool same(const wire::fields& left, const wire::fields& right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const auto& a, const auto& b) {
                      return a.name == b.name && same(a.value, b.value);
                    });
}

} // namespace

TEST_CASE("every type of field comes back as it went", "[shm][wire]") {
  const auto sent = full_frame();

  const auto decoded = wire::decode(packet_of(sent));

  REQUIRE(decoded);
  const auto& came = decoded.assume_value();
  CHECK(came.kind == sent.kind);
  CHECK(came.request_id == sent.request_id);
  CHECK(came.command == sent.command);
  CHECK(same(came.fields, sent.fields));
}

TEST_CASE("a frame has the bytes that the protocol promises", "[shm][wire]") {
  const frame sent{
    frame_kind::request, 0x0102, 0, "attach", {{"n", std::uint64_t{5}}}};

  raw_packet expected;
  expected.raw("HFP1").u16(1).u16(1).u64(0x0102).u32(22).u16(0).u16(0);
  expected.name("attach").u16(1).name("n").u8(3).u64(5);

  CHECK(packet_of(sent) == expected.body());
}

TEST_CASE("each kind of frame keeps its kind and its descriptors",
          "[shm][wire]") {
  const auto kind = GENERATE(frame_kind::request, frame_kind::reply,
                             frame_kind::failure, frame_kind::notice);
  frame sent;
  sent.kind = kind;
  sent.request_id = kind == frame_kind::notice ? 0 : 3;
  sent.descriptors = kind == frame_kind::reply ? 2 : 0;

  const auto decoded = wire::decode(packet_of(sent));

  REQUIRE(decoded);
  CHECK(decoded.assume_value().kind == kind);
  CHECK(decoded.assume_value().request_id == sent.request_id);
  CHECK(decoded.assume_value().descriptors == sent.descriptors);
}

TEST_CASE("numbers keep every bit", "[shm][wire]") {
  const auto odd_nan = std::bit_cast<double>(0x7ff0'0000'dead'beefULL);
  const frame sent{frame_kind::reply, 1, 0, "", {{"x", odd_nan}}};

  const auto decoded = wire::decode(packet_of(sent));

  REQUIRE(decoded);
  const auto* came = wire::find(decoded.assume_value().fields, "x");
  REQUIRE(came != nullptr);
  CHECK(std::bit_cast<std::uint64_t>(std::get<double>(*came))
        == 0x7ff0'0000'dead'beefULL);
}

TEST_CASE("a packet cut anywhere is refused", "[shm][wire]") {
  const auto whole = packet_of(full_frame());

  for (std::size_t kept = 0; kept < whole.size(); ++kept) {
    bytes cut{whole.begin(), whole.begin() + static_cast<long>(kept)};
    INFO("kept " << kept << " of " << whole.size());
    CHECK(refusal_of(cut) != "accepted");
    // The same with a header that agrees with the shorter packet.
    if (kept < wire::header_bytes)
      continue;
    const auto body = static_cast<std::uint32_t>(kept - wire::header_bytes);
    std::memcpy(cut.data() + 16, &body, sizeof(body));
    CHECK(refusal_of(cut) != "accepted");
  }
}

TEST_CASE("a damaged header is refused with the reason", "[shm][wire]") {
  auto packet = packet_of({frame_kind::request, 1, 0, "status", {}});
  const auto [at, to, reason] = GENERATE(table<std::size_t, int, const char*>({
    {0, 0, "not a Holdfast frame"},
    {3, 0x32, "not a Holdfast frame"},
    {4, 2, "protocol version 2, this side speaks 1"},
    {5, 1, "protocol version 257"},
    {6, 0, "unknown frame kind 0"},
    {6, 5, "unknown frame kind 5"},
    {7, 1, "unknown frame kind 257"},
    {16, 0, "the header announces 0 bytes, the packet has 10"},
    {19, 0xff, "the header announces"},
    {20, 1, "descriptors outside a reply"},
    {22, 1, "last two bytes are not zero"},
    {23, 1, "last two bytes are not zero"},
  }));

  packet[at] = static_cast<std::byte>(to);

  CHECK_THAT(refusal_of(packet), Catch::Contains(reason));
}

TEST_CASE("a body that breaks a rule is refused with the reason",
          "[shm][wire]") {
  const std::string long_name(64, 'n');
  const auto [body, reason] = GENERATE_COPY(table<raw_packet, const char*>({
    {raw_packet{}.u16(1).name("a").u8(8), "unknown field type 8"},
    {raw_packet{}.u16(1).name("a").u8(1).u8(2), "bool of 2"},
    {raw_packet{}.u16(2).name("a").u8(0).name("a").u8(0), "field 'a' twice"},
    {raw_packet{}.u16(1).name(long_name).u8(0),
     "field name of 64 bytes, at most 63"},
    {raw_packet{}.u16(1).name("\xff").u8(0), "field name is not UTF-8"},
    {raw_packet{}.u16(1).name("a").u8(5).u32(2).raw("\xc3("),
     "text is not UTF-8"},
    {raw_packet{}.u16(1).name("a").u8(5).u32(0xffff'ffff), "are left"},
    {raw_packet{}.u16(1).name("a").u8(6).u32(0xffff'ffff), "are left"},
    {raw_packet{}.u16(1).name("a").u8(7).u32(0xffff'ffff), "are left"},
    {raw_packet{}.u16(1).name("a").u8(7).u32(1).u16(1).name("b").u8(7).u32(0),
     "rows within rows"},
    {raw_packet{}.u16(0xffff), "more than 4096 fields"},
    {raw_packet{}.u16(4096).u8(0), "fields: 12288 bytes are due"},
    {raw_packet{}.u16(0).u8(0), "1 bytes after the last field"},
  }));

  CHECK_THAT(refusal_of(reply_with(body)), Catch::Contains(reason));
}

TEST_CASE("fields are counted over all rows", "[shm][wire]") {
  raw_packet body;
  body.u16(1).name("rows").u8(7).u32(5);
  for (int row = 0; row < 5; ++row) {
    body.u16(1024);
    for (int i = 0; i < 1024; ++i)
      body.name(std::to_string(i)).u8(0);
  }

  CHECK_THAT(refusal_of(reply_with(body)),
             Catch::Contains("more than 4096 fields"));
}

TEST_CASE("a packet above 64 KiB is refused", "[shm][wire]") {
  CHECK_THAT(refusal_of(bytes(wire::frame_bytes_max + 1)),
             Catch::Contains("a frame of 65537 bytes, at most 65536"));
}

TEST_CASE("a notice answers nobody and a reply names no command",
          "[shm][wire]") {
  frame notice{frame_kind::notice, 1, 0, "", {}};
  frame reply{frame_kind::reply, 1, 0, "status", {}};
  frame request{frame_kind::request, 1, 2, "attach", {}};

  CHECK_THAT(refusal_of_encoding(notice, errc::bad_argument),
             Catch::Contains("a notice that answers"));
  CHECK_THAT(refusal_of_encoding(reply, errc::bad_argument),
             Catch::Contains("a command outside a request"));
  CHECK_THAT(refusal_of_encoding(request, errc::bad_argument),
             Catch::Contains("descriptors outside a reply"));
}

TEST_CASE("what no reader would accept is not encoded", "[shm][wire]") {
  const std::string long_name(64, 'n');
  const auto [fields, reason] = GENERATE_COPY(table<wire::fields, const char*>({
    {{{"a", true}, {"b", true}, {"a", true}}, "field 'a' twice"},
    {{{long_name, true}}, "has 64 bytes, at most 63"},
    {{{"\xff", true}}, "field '?' is not UTF-8"},
    {{{"a", std::string{"\xed\xa0\x80"}}}, "text of field 'a' is not UTF-8"},
    {{{"a", wire::rows{{{"b", wire::rows{}}}}}}, "rows within rows"},
    {wire::fields(4097), "more than 4096 fields"},
  }));
  const frame sent{frame_kind::reply, 1, 0, "", fields};

  CHECK_THAT(refusal_of_encoding(sent, errc::bad_argument),
             Catch::Contains(reason));
}

TEST_CASE("a command too long or not UTF-8 is not encoded", "[shm][wire]") {
  const frame too_long{frame_kind::request, 1, 0, std::string(64, 'c'), {}};
  const frame garbled{frame_kind::request, 1, 0, "\x80", {}};

  CHECK_THAT(refusal_of_encoding(too_long, errc::bad_argument),
             Catch::Contains("command"));
  CHECK_THAT(refusal_of_encoding(garbled, errc::bad_argument),
             Catch::Contains("command"));
}

TEST_CASE("the largest frame fits and one byte more does not", "[shm][wire]") {
  // Beside the payload: header, count, name of one byte, type, length.
  const auto room = wire::frame_bytes_max - wire::header_bytes - 2 - 3 - 1 - 4;
  frame sent{frame_kind::reply, 1, 0, "", {{"a", bytes(room)}}};

  CHECK(packet_of(sent).size() == wire::frame_bytes_max);
  CHECK(wire::decode(packet_of(sent)));

  sent.fields = {{"a", bytes(room + 1)}};
  CHECK_THAT(refusal_of_encoding(sent, errc::too_long),
             Catch::Contains("65537"));
}

TEST_CASE("an error crosses as its number and its detail", "[shm][wire]") {
  const auto number = GENERATE(range(1, 25));
  const shm::error error{static_cast<errc>(number), "what happened"};

  const auto decoded = wire::decode(packet_of(wire::failure_of(9, error)));

  REQUIRE(decoded);
  CHECK(decoded.assume_value().kind == frame_kind::failure);
  CHECK(decoded.assume_value().request_id == 9);
  CHECK(*wire::find_text(decoded.assume_value().fields, "name")
        == shm::name_of(error.code));
  const auto came = wire::error_of(decoded.assume_value());
  CHECK(came.code == error.code);
  CHECK(came.detail == error.detail);
}

TEST_CASE("any detail makes a failure that can travel", "[shm][wire]") {
  const shm::error garbled{errc::system, "open: \xff\xfe"};
  const shm::error endless{errc::system, std::string(1U << 20, 'x')};

  CHECK(wire::error_of(wire::failure_of(1, garbled)).detail == "open: ??");
  CHECK(packet_of(wire::failure_of(1, endless)).size() < 8192);
}

TEST_CASE("a failure without a known code is a protocol error", "[shm][wire]") {
  frame failure{frame_kind::failure, 1, 0, "", {}};
  CHECK(wire::error_of(failure).code == errc::protocol);

  failure.fields = {{"code", std::uint64_t{0}}};
  CHECK(wire::error_of(failure).code == errc::protocol);

  failure.fields = {{"code", std::uint64_t{200}},
                    {"name", std::string{"brand_new"}},
                    {"detail", std::string{"why"}}};
  const auto unknown = wire::error_of(failure);
  CHECK(unknown.code == errc::protocol);
  CHECK_THAT(unknown.detail, Catch::Contains("200 'brand_new'"));
  CHECK_THAT(unknown.detail, Catch::Contains("why"));
}

TEST_CASE("look-ups find by name and type", "[shm][wire]") {
  const wire::fields in{{"text", std::string{"t"}},
                        {"plain", std::uint64_t{4}},
                        {"signed", std::int64_t{5}},
                        {"negative", std::int64_t{-5}}};

  CHECK(*wire::find_text(in, "text") == "t");
  CHECK(wire::find_text(in, "plain") == nullptr);
  CHECK(wire::find_text(in, "absent") == nullptr);
  CHECK(wire::number_or(in, "plain", 1) == 4);
  CHECK(wire::number_or(in, "signed", 1) == 5);
  CHECK(wire::number_or(in, "negative", 1) == 1);
  CHECK(wire::number_or(in, "text", 1) == 1);
  CHECK(wire::number_or(in, "absent", 1) == 1);
}

TEST_CASE("UTF-8 is told from what only resembles it", "[shm][wire]") {
  CHECK(wire::is_utf8("plain, \u00e9, \u20ac, \U0010FFFF, \u0800, \ud7ff"));
  CHECK(wire::is_utf8(std::string_view{"\0", 1}));
  const auto* wrong
    = GENERATE("\x80", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
               "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
               "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x94", "\xe2\x28\xa1");

  CHECK_FALSE(wire::is_utf8(wrong));
  CHECK(wire::valid_utf8_bytes(std::string{"ok"} + wrong) == 2);
  CHECK(wire::is_utf8(wire::readable_utf8(wrong, 10)));
}

TEST_CASE("readable text is cut between characters", "[shm][wire]") {
  CHECK(wire::readable_utf8("a\u20acb", 3) == "a");
  CHECK(wire::readable_utf8("a\u20acb", 4) == "a\u20ac");
  CHECK(wire::readable_utf8("a\xff\u20ac", 9) == "a?\u20ac");
}
