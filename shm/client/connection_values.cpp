// Values of regions that this program does not map.
#include "shm/client/connection_shared.hpp"
#include "shm/client/replies.hpp"

#include <utility>

namespace holdfast::client {

namespace {

wire::fields about(std::string_view region, std::string_view variable) {
  return {{"region", std::string{region}}, {"variable", std::string{variable}}};
}

} // namespace

shm::result<std::uint64_t>
connection::store(std::string_view region, std::string_view variable,
                  std::span<const std::byte> value,
                  std::optional<std::uint64_t> expected) const {
  auto arguments = about(region, variable);
  arguments.push_back({"value", wire::bytes{value.begin(), value.end()}});
  if (expected)
    arguments.push_back({"expected", *expected});
  auto heard = call("store", std::move(arguments));
  if (!heard)
    return unknown_without_answer(std::move(heard).assume_error());
  return read_stored(heard.assume_value());
}

shm::result<loaded_value> connection::load(std::string_view region,
                                           std::string_view variable,
                                           bool confirmed) const {
  auto arguments = about(region, variable);
  arguments.push_back({"confirm", confirmed});
  auto heard = call("load", std::move(arguments));
  if (!heard)
    return std::move(heard).assume_error();
  return read_loaded(heard.assume_value());
}

} // namespace holdfast::client
