// The words that the file uses for the enumerations of node_config.hpp.
#pragma once

#include "config/node_config.hpp"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace holdfast::config {

template <class Enum>
struct word {
  std::string_view text;
  Enum value;
};

inline constexpr std::array log_format_words{
  word<log_format>{"automatic", log_format::automatic},
  word<log_format>{"text", log_format::text},
  word<log_format>{"json", log_format::json},
};

inline constexpr std::array log_level_words{
  word<log_level>{"trace", log_level::trace},
  word<log_level>{"debug", log_level::debug},
  word<log_level>{"info", log_level::info},
  word<log_level>{"warning", log_level::warning},
  word<log_level>{"error", log_level::error},
};

inline constexpr std::array right_words{
  word<right>{"read", right::read},
  word<right>{"write", right::write},
  word<right>{"create", right::create},
  word<right>{"admin", right::admin},
};

inline constexpr std::array variable_kind_words{
  word<variable_kind>{"value", variable_kind::value},
  word<variable_kind>{"bytes", variable_kind::bytes},
  word<variable_kind>{"string", variable_kind::string},
  word<variable_kind>{"json", variable_kind::json},
  word<variable_kind>{"counter", variable_kind::counter},
};

inline constexpr std::array region_writers_words{
  word<region_writers>{"clients", region_writers::clients},
  word<region_writers>{"node", region_writers::node},
};

inline constexpr std::array region_durability_words{
  word<region_durability>{"memory", region_durability::memory},
  word<region_durability>{"disk", region_durability::disk},
};

inline constexpr std::array transport_words{
  word<transport>{"tls", transport::tls},
  word<transport>{"insecure-loopback", transport::insecure_loopback},
};

inline constexpr std::array health_profile_words{
  word<health_profile>{"default", health_profile::standard},
  word<health_profile>{"fast", health_profile::fast},
};

template <class Table>
std::vector<std::string_view> texts_of(const Table& table) {
  std::vector<std::string_view> texts;
  for (const auto& entry : table)
    texts.push_back(entry.text);
  return texts;
}

template <class Table, class Enum>
std::string_view text_of(const Table& table, Enum value) {
  for (const auto& entry : table)
    if (entry.value == value)
      return entry.text;
  return "?"; // a value outside the enumeration: shown, never loadable
}

template <class Enum, class Table>
std::optional<Enum> value_of(const Table& table, std::string_view text) {
  for (const auto& entry : table)
    if (entry.text == text)
      return entry.value;
  return std::nullopt;
}

} // namespace holdfast::config
