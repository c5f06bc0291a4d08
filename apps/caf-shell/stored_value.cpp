#include "apps/caf-shell/stored_value.hpp"

#include "apps/caf-shell/commands.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace holdfast::shell {

using shm::layout::variable_kind;

shm::result<stored_value>
stored_value::find(node_link& node, std::string_view path, shm::access wanted) {
  auto parts = path_of(path);
  if (!parts)
    return std::move(parts).assume_error();
  const auto& [region, name] = parts.assume_value();
  auto view = node.region(region, wanted);
  if (!view)
    return std::move(view).assume_error();
  auto found = view.assume_value().find_any(name);
  if (!found)
    return std::move(found).assume_error();
  auto& handle = found.assume_value();
  value_type type{handle.kind(), handle.type(), handle.capacity()};
  return stored_value{std::string{path}, std::move(view).assume_value(),
                      std::move(type), std::move(handle)};
}

shm::result<stored_value::snapshot> stored_value::read() const {
  const auto now = shm::boot_clock::now();
  // A counter is a single word: it has a value from the start.
  if (type_.kind == variable_kind::counter) {
    const auto counter = counter_here();
    if (!counter)
      return counter.assume_error();
    const auto number = counter.assume_value().read();
    if (!number)
      return about(number.assume_error());
    const auto& read = number.assume_value();
    return snapshot{read.value, read, read.freshness_at(now)};
  }
  const auto bytes = handle_.read();
  if (!bytes)
    return about(bytes.assume_error());
  const auto& read = bytes.assume_value();
  return snapshot{json_of(type_, read.value), read, read.freshness_at(now)};
}

shm::result<shm::counter> stored_value::counter_here() const {
  return region_.find_counter(path_.substr(path_.find('/') + 1));
}

std::string text_of(const shm::freshness& freshness) {
  switch (freshness.kind) {
  case shm::freshness_kind::fresh:
    return "fresh";
  case shm::freshness_kind::stale: {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "stale %.1fs",
                  std::chrono::duration<double>(freshness.age).count());
    return text.data();
  }
  case shm::freshness_kind::orphaned:
    return "orphaned";
  }
  return "unknown";
}

std::string_view word_of(variable_kind kind) noexcept {
  switch (kind) {
  case variable_kind::value:
    return "value";
  case variable_kind::bytes:
    return "bytes";
  case variable_kind::string:
    return "string";
  case variable_kind::json:
    return "json";
  case variable_kind::counter:
    return "counter";
  }
  return "unknown";
}

} // namespace holdfast::shell
