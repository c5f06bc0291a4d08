// What can go wrong in shared memory, as values a caller can act on.
#pragma once

#include <boost/outcome/std_result.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::shm {

/// The cases; the numbers travel in the protocol and are never reused.
enum class errc : std::uint8_t {
  ok = 0,
  no_value = 1,   ///< nothing has been stored yet: not the same as empty
  contended = 2,  ///< bounded retries ran out; try again
  timeout = 3,    ///< the deadline passed first
  removed = 4,    ///< the variable was removed; find it again
  fenced = 5,     ///< this mapping or node serves the region no more
  no_right = 6,   ///< attached for reading only, or the right is not granted
  too_long = 7,   ///< more bytes than the variable's capacity
  wrong_type = 8, ///< type tag, kind or size differ from what was stored
  no_such_variable = 9,  ///< no variable of that name in this region
  no_such_region = 10,   ///< no region of that name for this tenant
  exists = 11,           ///< the name is taken
  full = 12,             ///< no room: region, directory or client table
  quota = 13,            ///< the tenant's quota is reached
  version_conflict = 14, ///< compare_and_store met another version
  bad_argument = 15,     ///< outside the stated range
  bad_layout = 16,       ///< the memory is not a region of this version
  no_memory = 17,        ///< the host cannot reserve the bytes
  system = 18,           ///< a system call failed; the detail names it
  unreachable = 19,      ///< no node answers on that socket
  refused = 20,          ///< the node knows no such principal
  protocol = 21,         ///< the other side broke the protocol
  overloaded = 22,       ///< a bound on sessions or requests is reached
  no_such_command = 23,  ///< the node has no command of that name
  unavailable = 24,      ///< the node is stopping or not ready yet
  corrupt = 25,          ///< what is on disk is not what was written
  no_leader = 26,        ///< no majority of the cluster is in reach
  unknown = 27,          ///< may have happened: ask again with the same id
};

/// The stable word of a case, for programs: "too_long".
std::string_view name_of(errc code) noexcept;

/// What the case means and what to do, for people.
std::string_view meaning_of(errc code) noexcept;

/// A case and the particulars that make its message useful.
struct error {
  errc code = errc::ok;
  std::string detail;

  /// "too_long: 80 bytes do not fit variable 'bid' of capacity 64 (…)".
  std::string message() const;
};

/// Outcome of an operation that people may read about: attach, find, create.
template <class T>
using result
  = boost::outcome_v2::std_result<T, error,
                                  boost::outcome_v2::policy::terminate>;

/// Outcome of an operation of nanoseconds: the bare case.
template <class T>
using quick_result
  = boost::outcome_v2::std_result<T, errc,
                                  boost::outcome_v2::policy::terminate>;

/// A failed result with its particulars.
inline error failed(errc code, std::string detail = {}) {
  return {code, std::move(detail)};
}

/// A failed system call, from errno: "memfd_create: Too many open files".
error system_failure(std::string_view call);

} // namespace holdfast::shm
