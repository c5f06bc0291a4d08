#include "shm/handles.hpp"

#include <algorithm>

namespace holdfast::shm {

namespace {

std::int64_t number_in(const layout::word* payload) noexcept {
  return static_cast<std::int64_t>(payload->load(std::memory_order_relaxed));
}

} // namespace

quick_result<std::pair<std::size_t, reading_stamp>>
bytes_handle::read_into(std::span<std::byte> into,
                        int attempts_max) const noexcept {
  using answer = std::pair<std::size_t, reading_stamp>;
  quick_result<answer> out{boost::outcome_v2::in_place_type<answer>};
  // No structured binding: clang before 16 cannot capture its names.
  auto& bytes = out.assume_value().first;
  auto& stamped = out.assume_value().second;
  std::uint64_t version = 0;
  bool fits = true;
  auto code = read_latest(
    at_, version,
    [&](const layout::word* from, std::uint64_t length) {
      fits = length <= into.size();
      if (fits)
        load_payload(into.data(), from, length);
      bytes = length;
    },
    attempts_max);
  if (code == errc::ok && !fits)
    code = errc::too_long;
  // The only return, as in variable::read.
  if (code == errc::ok) [[likely]]
    stamp(stamped, version);
  else
    out = code;
  return out;
}

template <auto TakeLock>
quick_result<std::uint64_t> bytes_handle::store_bytes(
  std::span<const std::byte> bytes,
  std::optional<std::uint64_t> expected) const noexcept {
  if (bytes.size() > at_.capacity)
    return errc::too_long;
  const auto decide = [expected](std::uint64_t latest) {
    return !expected || latest == *expected ? errc::ok : errc::version_conflict;
  };
  return store_next<TakeLock>(
    *in_, at_, decide, [bytes](layout::word* payload, std::uint64_t) {
      store_payload(payload, bytes.data(), bytes.size());
      return bytes.size();
    });
}

template quick_result<std::uint64_t> bytes_handle::store_bytes<take_lock>(
  std::span<const std::byte>, std::optional<std::uint64_t>) const noexcept;

quick_result<reading<std::vector<std::byte>>>
bytes_handle::read_bytes(std::size_t bytes_max, int attempts_max) const {
  reading<std::vector<std::byte>> out;
  out.value.resize(std::min<std::size_t>(bytes_max, at_.capacity));
  auto copied = read_into(out.value, attempts_max);
  if (!copied)
    return copied.assume_error();
  static_cast<reading_stamp&>(out) = copied.assume_value().second;
  out.value.resize(copied.assume_value().first);
  return out;
}

quick_result<reading<std::vector<std::byte>>> bytes_variable::read() const {
  return read_bytes(at_.capacity, limits::read_attempts_max);
}

errc untyped_variable::check_size(std::size_t bytes) const noexcept {
  const bool fixed = kind_ == layout::variable_kind::value
                     || kind_ == layout::variable_kind::counter;
  if (fixed && bytes != at_.capacity)
    return errc::wrong_type;
  return bytes <= at_.capacity ? errc::ok : errc::too_long;
}

quick_result<reading<std::vector<std::byte>>>
untyped_variable::read_at_once(std::size_t bytes_max) const {
  return read_bytes(bytes_max, limits::read_attempts_min);
}

quick_result<std::uint64_t> untyped_variable::store_at_once(
  std::span<const std::byte> bytes,
  std::optional<std::uint64_t> expected) const noexcept {
  return store_bytes<take_free_lock>(bytes, expected);
}

quick_result<reading<std::string>> string_variable::read() const {
  reading<std::string> out;
  out.value.resize(at_.capacity);
  auto copied = read_into(std::as_writable_bytes(std::span{out.value}));
  if (!copied)
    return copied.assume_error();
  static_cast<reading_stamp&>(out) = copied.assume_value().second;
  out.value.resize(copied.assume_value().first);
  return out;
}

quick_result<reading<std::int64_t>> counter::read() const noexcept {
  reading<std::int64_t> out;
  out.value = 0;
  std::uint64_t version = 0;
  const auto code
    = read_latest(at_, version, [&](const layout::word* from, auto) {
        out.value = number_in(from);
      });
  if (code != errc::ok && code != errc::no_value)
    return code;
  stamp(out, version);
  return out;
}

template <class Change>
quick_result<std::int64_t> counter::change(Change change) const noexcept {
  std::int64_t after = 0;
  const auto stored = store_next(
    *in_, at_, any_version, [&](layout::word* payload, std::uint64_t latest) {
      const auto before
        = latest == 0 ? std::int64_t{0}
                      : number_in(variable_place::payload(at_.slot_of(latest)));
      after = change(before);
      payload->store(static_cast<std::uint64_t>(after),
                     std::memory_order_relaxed);
      return std::uint64_t{8};
    });
  if (!stored)
    return stored.assume_error();
  return after;
}

quick_result<std::int64_t>
counter::fetch_add(std::int64_t change) const noexcept {
  return this->change([change](std::int64_t before) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(before)
                                     + static_cast<std::uint64_t>(change));
  });
}

quick_result<std::int64_t> counter::min(std::int64_t bound) const noexcept {
  return change([bound](std::int64_t now) { return std::min(now, bound); });
}

quick_result<std::int64_t> counter::max(std::int64_t bound) const noexcept {
  return change([bound](std::int64_t now) { return std::max(now, bound); });
}

} // namespace holdfast::shm
