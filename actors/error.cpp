#include "actors/error.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>
#include <caf/sec.hpp>

namespace holdfast::actors {

namespace {

constexpr auto category = caf::atom("holdfast");

shm::error of_caf(caf::sec code) {
  switch (code) {
  case caf::sec::request_timeout:
    return shm::failed(shm::errc::timeout, "the node is busy");
  case caf::sec::request_receiver_down:
    return shm::failed(shm::errc::unavailable, "it ended meanwhile");
  default:
    return shm::failed(shm::errc::system, to_string(code));
  }
}

} // namespace

caf::error make_error(const shm::error& error) {
  return {static_cast<std::uint8_t>(error.code), category,
          caf::make_message(error.detail)};
}

caf::error make_error(shm::errc code, std::string detail) {
  return make_error(shm::failed(code, std::move(detail)));
}

bool is_ours(const caf::error& error) {
  return error.category() == category;
}

shm::error to_shm(const caf::error& error) {
  if (error.category() == category) {
    std::string detail;
    if (error.context().match_elements<std::string>())
      detail = error.context().get_as<std::string>(0);
    return shm::failed(static_cast<shm::errc>(error.code()), detail);
  }
  if (error.category() == caf::atom("system"))
    return of_caf(static_cast<caf::sec>(error.code()));
  // An actor's exit reason: the one that was asked has ended.
  return shm::failed(shm::errc::unavailable, "it ended meanwhile");
}

void describe_errors_in(caf::actor_system_config& config) {
  config.add_error_category(
    category, [](std::uint8_t code, caf::atom_value, const caf::message& xs) {
      std::string detail;
      if (xs.match_elements<std::string>())
        detail = xs.get_as<std::string>(0);
      return shm::failed(static_cast<shm::errc>(code), detail).message();
    });
}

} // namespace holdfast::actors
