// What the example programs share: how they end, and how they tell what they
// measured to whoever started them.
#pragma once

#include "shm/client/connection.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::examples {

/// Ends the program with a message on stderr.
[[noreturn]] void give_up(const std::string& why);

/// The value, or the end of the program with the error's message.
template <class T>
T need(shm::result<T> result) {
  if (!result)
    give_up(result.assume_error().message());
  return std::move(result).assume_value();
}

template <class T>
T need(shm::quick_result<T> result) {
  if (!result)
    give_up(std::string{shm::name_of(result.assume_error())} + ": "
            + std::string{shm::meaning_of(result.assume_error())});
  return std::move(result).assume_value();
}

/// The argument at `index`, or the end of the program with its usage.
std::string argument(int count, char** arguments, int index,
                     std::string_view usage);

client::connection connect_to(const std::string& socket,
                              const std::string& tenant,
                              const std::string& name);

/// The first variable of a region whose name starts so, or the end of the
/// program.
std::string first_variable(const shm::region_view& region,
                           std::string_view prefix);

/// From now on SIGTERM and SIGINT only make stop_requested() true.
void stop_when_told();
bool stop_requested() noexcept;

/// Nanoseconds of CLOCK_MONOTONIC, which all processes of a host share.
std::int64_t monotonic_ns() noexcept;

/// Prints "name value" as one line, at once.
void tell(std::string_view name, std::string_view value);
void tell(std::string_view name, std::uint64_t value);
void tell(std::string_view name, double value);

/// Keeps the compiler from dropping the work that made a value.
template <class T>
void keep(const T& value) noexcept {
  asm volatile("" : : "g"(&value) : "memory");
}

} // namespace holdfast::examples
