// A variable of any kind in mapped memory, read for people.
#pragma once

#include "apps/caf-shell/node_link.hpp"
#include "apps/caf-shell/value_text.hpp"
#include "shm/freshness.hpp"
#include "shm/handles.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace holdfast::shell {

class stored_value {
public:
  /// Maps the region and finds the variable. `path` is region/variable.
  /// Errors: bad_argument, no_such_region, no_such_variable, no_right, and
  /// those of attaching.
  static shm::result<stored_value> find(node_link& node, std::string_view path,
                                        shm::access wanted);

  struct snapshot {
    nlohmann::ordered_json value;
    shm::reading_stamp stamp;
    shm::freshness freshness;
  };

  /// Errors: no_value, removed, contended, naming the variable.
  shm::result<snapshot> read() const;

  /// The variable as a counter. Errors: wrong_type.
  shm::result<shm::counter> counter_here() const;

  /// An error of memory with the name of the variable it happened to.
  shm::error about(shm::errc code) const {
    return shm::failed(code, "variable '" + path_ + "'");
  }

  const std::string& path() const noexcept {
    return path_;
  }

  const value_type& type() const noexcept {
    return type_;
  }

  const shm::untyped_variable& handle() const noexcept {
    return handle_;
  }

  const shm::region_view& region() const noexcept {
    return region_;
  }

private:
  stored_value(std::string path, shm::region_view region, value_type type,
               shm::untyped_variable handle)
    : path_{std::move(path)},
      region_{std::move(region)},
      type_{std::move(type)},
      handle_{std::move(handle)} {
    // nop
  }

  std::string path_;
  shm::region_view region_;
  value_type type_;
  shm::untyped_variable handle_;
};

/// "fresh", "stale 1.2s", "orphaned".
std::string text_of(const shm::freshness& freshness);

/// "value", "bytes", "string", "json", "counter".
std::string_view word_of(shm::layout::variable_kind kind) noexcept;

} // namespace holdfast::shell
