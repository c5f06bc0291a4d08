#include "actors/region_packet.hpp"

#include "actors/region_comparison.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>
#include <utility>

namespace holdfast::region_replica {

// The order of the fields is the format between nodes.

namespace {

/// CAF knows no std::optional: a flag and a value travel instead.
template <class Value>
struct unfolded {
  explicit unfolded(std::optional<Value>& of) : into{of}, there{of} {
    if (of)
      value = *of;
  }

  void fold() {
    into = there ? std::optional{value} : std::nullopt;
  }

  std::optional<Value>& into;
  bool there;
  Value value{};
};

/// Rows come by the thousand: they travel as they are in memory, which is six
/// little-endian numbers each.
struct flat_rows {
  static_assert(std::endian::native == std::endian::little);
  static_assert(std::is_trivially_copyable_v<row> && sizeof(row) == 48);

  explicit flat_rows(std::vector<row>& of)
    : into{of}, bytes(of.size() * sizeof(row)) {
    if (!bytes.empty())
      std::memcpy(bytes.data(), of.data(), bytes.size());
  }

  caf::error unfold() {
    if (bytes.size() % sizeof(row) != 0)
      return caf::sec::invalid_argument;
    into.resize(bytes.size() / sizeof(row));
    if (!bytes.empty())
      std::memcpy(into.data(), bytes.data(), bytes.size());
    return {};
  }

  auto unfolded_on_load() {
    return caf::meta::load_callback([this] { return unfold(); });
  }

  std::vector<row>& into;
  std::vector<char> bytes;
};

} // namespace

template <class Inspector>
auto inspect(Inspector& f, ask& x) {
  unfolded after{x.after};
  auto result = f(x.number, x.anew, after.there, after.value);
  after.fold();
  return result;
}

template <class Inspector>
auto inspect(Inspector& f, pull& x) {
  return f(x.number, x.keys);
}

template <class Inspector>
auto inspect(Inspector& f, delta& x) {
  flat_rows rows{x.rows};
  return f(x.stream, x.number, x.follows, x.covers, x.whole, x.committed,
           x.groups.together, x.groups.apart, rows.bytes,
           rows.unfolded_on_load());
}

template <class Inspector>
auto inspect(Inspector& f, beat& x) {
  return f(x.stream, x.asked_at, x.committed);
}

template <class Inspector>
auto inspect(Inspector& f, grant& x) {
  unfolded age{x.age};
  auto result = f(x.home, x.of, age.there, age.value);
  age.fold();
  return result;
}

template <class Inspector>
auto inspect(Inspector& f, report& x) {
  unfolded after{x.after};
  flat_rows rows{x.rows};
  auto result = f(x.number, x.kind, x.held, x.granted, after.there, after.value,
                  x.more, x.grouped, rows.bytes, rows.unfolded_on_load());
  after.fold();
  return result;
}

template <class Inspector>
auto inspect(Inspector& f, values& x) {
  flat_rows rows{x.rows};
  return f(x.number, x.together, rows.bytes, rows.unfolded_on_load());
}

template <class Inspector>
auto inspect(Inspector& f, delta_ack& x) {
  return f(x.stream, x.number, x.covers, x.durable);
}

template <class Inspector>
auto inspect(Inspector& f, beat_ack& x) {
  return f(x.asked_at, x.position);
}

template <class Inspector>
auto inspect(Inspector& f, refusal& x) {
  return f(x.promised);
}

} // namespace holdfast::region_replica

namespace holdfast::actors {

namespace {

using region_replica::message;
using region_replica::row;
using region_replica::words;

template <std::size_t... Kinds>
std::optional<words> empty_words(std::size_t kind,
                                 std::index_sequence<Kinds...>) {
  std::optional<words> made;
  ((kind == Kinds ? void(made.emplace(std::in_place_index<Kinds>)) : void()),
   ...);
  return made;
}

std::optional<words> empty_words(std::size_t kind) {
  return empty_words(kind,
                     std::make_index_sequence<std::variant_size_v<words>>{});
}

template <class Message>
auto* find_rows(Message& said) {
  auto* const delta = std::get_if<region_replica::delta>(&said.says);
  auto* const values = std::get_if<region_replica::values>(&said.says);
  return delta != nullptr    ? &delta->rows
         : values != nullptr ? &values->rows
                             : nullptr;
}

/// How many of its rows are said to belong together.
std::size_t together_in(const message& said) {
  if (const auto* delta = std::get_if<region_replica::delta>(&said.says))
    return delta->groups.together;
  return std::get<region_replica::values>(said.says).together;
}

/// What a peer may not have made up: kinds of memory, and how many bytes there
/// are.
bool makes_sense(const carried_message& of) {
  if (const auto* said = std::get_if<region_replica::report>(&of.said.says))
    return said->kind >= region_replica::memory::blank
           && said->kind <= region_replica::memory::whole;
  std::uint64_t left = of.payload.size();
  const auto* rows = rows_of(of.said);
  if (rows != nullptr && together_in(of.said) > rows->size())
    return false;
  if (rows != nullptr)
    for (const auto& each : *rows) {
      if (each.bytes > left)
        return false;
      left -= each.bytes;
    }
  return left == 0;
}

} // namespace

std::vector<row>* rows_of(message& said) {
  return find_rows(said);
}

const std::vector<row>* rows_of(const message& said) {
  return find_rows(said);
}

std::vector<std::span<const char>> slices_of(const carried_message& of) {
  std::vector<std::span<const char>> slices;
  const std::span<const char> all{of.payload};
  std::size_t from = 0;
  if (const auto* rows = rows_of(of.said))
    for (const auto& each : *rows) {
      slices.push_back(all.subspan(from, each.bytes));
      from += each.bytes;
    }
  return slices;
}

std::vector<char> pack(carried_message what) {
  auto content = std::move(what.payload);
  const auto bytes = content.size();
  caf::binary_serializer sink{nullptr, content};
  sink.seek(bytes);
  const auto& said = what.said;
  const auto kind = static_cast<std::uint8_t>(said.says.index());
  // Memory is all that writing to a buffer can fail for.
  [[maybe_unused]] auto failed = sink(said.epoch, said.from, said.to, kind);
  std::visit([&](const auto& body) { failed = sink(body); }, said.says);
  failed = sink(static_cast<std::uint64_t>(bytes));
  return content;
}

std::optional<carried_message> unpack(std::vector<char> content) {
  constexpr auto trailer = sizeof(std::uint64_t);
  if (content.size() < trailer)
    return std::nullopt;
  std::uint64_t bytes = 0;
  const auto all = caf::as_bytes(caf::make_span(content));
  const auto before = content.size() - trailer;
  caf::binary_deserializer last{nullptr, all.subspan(before, trailer)};
  if (last(bytes) || bytes > before)
    return std::nullopt;
  carried_message made;
  std::uint8_t kind = 0;
  caf::binary_deserializer source{nullptr, all.subspan(bytes, before - bytes)};
  if (source(made.said.epoch, made.said.from, made.said.to, kind))
    return std::nullopt;
  auto body = empty_words(kind);
  if (!body)
    return std::nullopt;
  const bool failed
    = std::visit([&](auto& says) { return static_cast<bool>(source(says)); },
                 *body)
      || source.remaining() != 0;
  content.resize(bytes);
  made.payload = std::move(content);
  made.said.says = std::move(*body);
  if (failed || !makes_sense(made))
    return std::nullopt;
  return made;
}

std::vector<region_packet> in_parts(const region_packet& envelope,
                                    std::vector<char> content,
                                    std::size_t bytes_max) {
  std::vector<region_packet> parts;
  const auto count
    = std::max<std::size_t>(1, (content.size() + bytes_max - 1) / bytes_max);
  for (std::size_t i = 0; i < count; ++i) {
    auto part = envelope;
    part.part = static_cast<std::uint32_t>(i);
    part.parts = static_cast<std::uint32_t>(count);
    if (count == 1) {
      part.content = std::move(content);
    } else {
      const auto from
        = content.begin() + static_cast<std::ptrdiff_t>(i * bytes_max);
      const auto length = std::min(bytes_max, content.size() - i * bytes_max);
      part.content.assign(from, from + static_cast<std::ptrdiff_t>(length));
    }
    part.checksum = digest_of_bytes(part.content);
    parts.push_back(std::move(part));
  }
  return parts;
}

std::optional<std::vector<char>> part_collector::add(region_packet&& part) {
  if (part.part == 0) {
    content_.clear();
    next_ = 0;
    number_ = part.number;
  }
  const bool fits = part.part == next_ && part.number == number_
                    && part.part < part.parts
                    && part.content.size() <= bytes_max_ - content_.size()
                    && digest_of_bytes(part.content) == part.checksum;
  if (!fits) {
    content_.clear();
    next_ = part.parts; // no later part fits
    number_ = 0;
    return std::nullopt;
  }
  ++next_;
  if (part.part == 0 && part.parts > 1)
    content_.reserve(std::min(bytes_max_, part.parts * part.content.size()));
  if (part.parts == 1)
    content_ = std::move(part.content);
  else
    content_.insert(content_.end(), part.content.begin(), part.content.end());
  if (next_ < part.parts)
    return std::nullopt;
  next_ = part.parts + 1;
  return std::exchange(content_, {});
}

} // namespace holdfast::actors
