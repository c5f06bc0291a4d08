// Structs to fields of a frame and back. A struct is described once, by
// describe() in format_rows.hpp; both directions walk that description in its
// order, so a frame whose fields are missing, added, moved or of another type
// is refused.
#pragma once

#include "actors/rules/catalog/rows.hpp"
#include "shm/wire/frame.hpp"

#include <concepts>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace holdfast::catalog {

/// T, const or not.
template <class U, class T>
concept like = std::same_as<std::remove_const_t<U>, T>;

template <class T>
concept small_number = std::unsigned_integral<T> && !std::same_as<T, bool>;

/// Enumerations are written as numbers, from the first to the last.
constexpr std::pair<member_role, member_role> ends_of(member_role) {
  return {member_role::learner, member_role::voter};
}

constexpr std::pair<origin_kind, origin_kind> ends_of(origin_kind) {
  return {origin_kind::node, origin_kind::session};
}

constexpr std::pair<variable_kind, variable_kind> ends_of(variable_kind) {
  return {variable_kind::value, variable_kind::counter};
}

constexpr std::pair<region_event, region_event> ends_of(region_event) {
  return {region_event::discarded, region_event::took_over};
}

constexpr std::pair<shm::errc, shm::errc> ends_of(shm::errc) {
  return {shm::errc::ok, shm::errc::unknown};
}

// -- writing ------------------------------------------------------------------

class field_writer {
public:
  template <class T>
  void operator()(std::string_view name, const T& from) {
    out_.push_back({std::string{name}, to_value(from)});
  }

  wire::fields take() {
    return std::move(out_);
  }

private:
  static wire::value to_value(const std::string& from) {
    return from;
  }

  static wire::value to_value(bool from) {
    return from;
  }

  template <small_number T>
  static wire::value to_value(T from) {
    return std::uint64_t{from};
  }

  template <class T>
  requires std::is_enum_v<T>
  static wire::value to_value(T from) {
    return static_cast<std::uint64_t>(from);
  }

  static wire::value to_value(const octets& from) {
    wire::bytes raw(from.size());
    for (std::size_t i = 0; i < from.size(); ++i)
      raw[i] = static_cast<std::byte>(from[i]);
    return raw;
  }

  static wire::value to_value(const rules::right_set& from) {
    std::uint64_t bits = 0;
    for (const auto each : {rules::right::read, rules::right::write,
                            rules::right::create, rules::right::admin})
      if (from.has(each))
        bits |= static_cast<std::uint64_t>(each);
    return bits;
  }

  template <class T>
  static wire::value to_value(const std::optional<T>& from) {
    return from ? to_value(*from) : wire::value{};
  }

  template <class T>
  static wire::value to_value(const std::vector<T>& from) {
    return to_rows(from);
  }

  template <class T>
  static wire::value to_value(const std::set<T>& from) {
    return to_rows(from);
  }

  template <class Many>
  static wire::value to_rows(const Many& from) {
    wire::rows all;
    for (const auto& each : from) {
      field_writer row;
      describe_row(row, each);
      all.push_back(row.take());
    }
    return all;
  }

  wire::fields out_;
};

// -- reading ------------------------------------------------------------------

class field_reader {
public:
  explicit field_reader(const wire::fields& from) : from_{from} {
    // nop
  }

  template <class T>
  void operator()(std::string_view name, T& into) {
    if (!problem_.empty())
      return;
    if (at_ == from_.size())
      return refuse("field '" + std::string{name} + "' is missing");
    const auto& next = from_[at_++];
    if (next.name != name)
      return refuse("field '" + next.name + "' where '" + std::string{name}
                    + "' is due");
    if (!from_value(next.value, into))
      refuse("field '" + next.name + "' holds something else");
  }

  /// Empty if all fields were read and right.
  const std::string& finish() {
    if (problem_.empty() && at_ != from_.size())
      refuse("field '" + from_[at_].name + "' is unknown");
    return problem_;
  }

private:
  void refuse(std::string problem) {
    problem_ = std::move(problem);
  }

  template <class Held, class T>
  static bool take(const wire::value& from, T& into) {
    const auto* held = std::get_if<Held>(&from);
    if (held != nullptr)
      into = *held;
    return held != nullptr;
  }

  static bool from_value(const wire::value& from, std::string& into) {
    return take<std::string>(from, into);
  }

  static bool from_value(const wire::value& from, bool& into) {
    return take<bool>(from, into);
  }

  template <small_number T>
  static bool from_value(const wire::value& from, T& into) {
    const auto* held = std::get_if<std::uint64_t>(&from);
    if (held == nullptr || !std::in_range<T>(*held))
      return false;
    into = static_cast<T>(*held);
    return true;
  }

  template <class T>
  requires std::is_enum_v<T>
  static bool from_value(const wire::value& from, T& into) {
    const auto [first, last] = ends_of(T{});
    std::uint64_t number = 0;
    if (!from_value(from, number) || number < static_cast<std::uint64_t>(first)
        || number > static_cast<std::uint64_t>(last))
      return false;
    into = static_cast<T>(number);
    return true;
  }

  static bool from_value(const wire::value& from, octets& into) {
    const auto* held = std::get_if<wire::bytes>(&from);
    if (held == nullptr)
      return false;
    into.resize(held->size());
    for (std::size_t i = 0; i < held->size(); ++i)
      into[i] = static_cast<std::uint8_t>((*held)[i]);
    return true;
  }

  static bool from_value(const wire::value& from, rules::right_set& into) {
    std::uint64_t bits = 0;
    if (!from_value(from, bits) || bits > 15)
      return false;
    into = {};
    for (const auto each : {rules::right::read, rules::right::write,
                            rules::right::create, rules::right::admin})
      if ((bits & static_cast<std::uint64_t>(each)) != 0)
        into.add(each);
    return true;
  }

  template <class T>
  static bool from_value(const wire::value& from, std::optional<T>& into) {
    into.reset();
    return std::holds_alternative<std::monostate>(from)
           || from_value(from, into.emplace());
  }

  template <class T>
  static bool from_value(const wire::value& from, std::vector<T>& into) {
    return from_rows<T>(from, [&](T&& each) {
      into.push_back(std::move(each));
      return true;
    });
  }

  /// Written in ascending order, each once.
  template <class T>
  static bool from_value(const wire::value& from, std::set<T>& into) {
    return from_rows<T>(from, [&](T&& each) {
      if (!into.empty() && each <= *into.rbegin())
        return false;
      into.insert(into.end(), std::move(each));
      return true;
    });
  }

  template <class T, class Add>
  static bool from_rows(const wire::value& from, Add add) {
    const auto* held = std::get_if<wire::rows>(&from);
    if (held == nullptr)
      return false;
    for (const auto& row : *held) {
      T each{};
      field_reader reader{row};
      describe_row(reader, each);
      if (!reader.finish().empty() || !add(std::move(each)))
        return false;
    }
    return true;
  }

  const wire::fields& from_;
  std::size_t at_ = 0;
  std::string problem_;
};

} // namespace holdfast::catalog
