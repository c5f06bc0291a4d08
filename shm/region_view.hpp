// The client's side of a region: attach and find.
#pragma once

#include "shm/attachment.hpp"
#include "shm/descriptor.hpp"
#include "shm/directory.hpp"
#include "shm/freshness.hpp"
#include "shm/handles.hpp"
#include "shm/memory_object.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shm {

/// What the node grants with an attach.
struct attach_grant {
  descriptor control;
  descriptor data;
  access granted = access::read;
  std::uint32_t owner = 0; // this client's number in the region
  int doorbell = -1;       // not owned; outlives the view or is -1
  std::function<result<void>(watch_scope)> watch;
};

/// A mapped region. Copies share the mapping, which lives until the last copy
/// and the last handle is gone. Any thread may use it.
class region_view {
public:
  /// Maps what the node granted. Errors: bad_layout names what differs.
  static result<region_view> attach(attach_grant grant);

  /// Wraps memory that somebody else keeps mapped: the node's own view.
  static region_view over(std::shared_ptr<attachment> attached);

  /// A typed handle. Errors: no_such_variable, wrong_type naming both types.
  template <class T>
  result<variable<T>> find(std::string_view name) const;

  result<bytes_variable> find_bytes(std::string_view name) const;
  result<string_variable> find_string(std::string_view name) const;
  result<json_variable> find_json(std::string_view name) const;
  result<counter> find_counter(std::string_view name) const;

  /// A handle without a type, for tools: bytes as they are stored.
  result<untyped_variable> find_any(std::string_view name) const;

  result<std::vector<directory_listing>> list() const;

  std::string tenant() const;
  std::string name() const;
  freshness freshness_now() const noexcept;
  std::uint64_t epoch() const noexcept;
  std::uint64_t home() const noexcept;
  std::uint64_t bytes() const noexcept;
  bool writable() const noexcept;

  /// Of the stores that a flush left in doubt: the next one covers only what
  /// was stored since. Not while a flush is under way.
  void forget_doubt() const noexcept {
    attached_->marks.forget_doubt();
  }

  const std::shared_ptr<attachment>& attached() const noexcept {
    return attached_;
  }

private:
  result<directory_listing> find_checked(std::string_view name,
                                         layout::variable_kind kind,
                                         std::string_view type,
                                         std::uint32_t bytes) const;
  variable_place place_of(const directory_listing& listing) const noexcept;

  std::shared_ptr<attachment> attached_;
};

template <class T>
result<variable<T>> region_view::find(std::string_view name) const {
  auto found = find_checked(name, layout::variable_kind::value,
                            type_tag<T>::value, sizeof(T));
  if (!found)
    return std::move(found).assume_error();
  return variable<T>{attached_, place_of(found.assume_value())};
}

} // namespace holdfast::shm
