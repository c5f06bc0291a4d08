#include "actors/rules/catalog/checks.hpp"

#include "config/defaults.hpp"
#include "config/names.hpp"
#include "shm/limits.hpp"
#include "shm/wire/utf8.hpp"

namespace holdfast::catalog {

namespace {

using shm::errc;

outcome check_text(std::string_view what, std::string_view text,
                   std::size_t bytes_max) {
  if (text.size() > bytes_max)
    return refuse(errc::too_long, std::string{what} + " has at most "
                                    + std::to_string(bytes_max) + " bytes");
  if (!wire::is_utf8(text))
    return refuse(errc::bad_argument, std::string{what} + " is not UTF-8");
  return {};
}

outcome check_number(std::string_view what, std::uint64_t number,
                     std::uint64_t min, std::uint64_t max) {
  if (number >= min && number <= max)
    return {};
  return refuse(errc::bad_argument,
                std::string{what} + " is " + std::to_string(min) + " to "
                  + std::to_string(max) + ", not " + std::to_string(number));
}

/// The first that is not ok.
outcome first_refusal(std::initializer_list<outcome> of) {
  for (const auto& each : of)
    if (!each.ok())
      return each;
  return {};
}

outcome check_verdict(std::string_view what, const config::verdict& said) {
  if (said.ok)
    return {};
  return refuse(errc::bad_argument,
                std::string{what} + " is " + std::string{said.allowed});
}

} // namespace

outcome refuse(errc code, std::string text) {
  return {code, wire::readable_utf8(text, config::result_text_bytes_max), 0};
}

outcome no_region(const region_name& name) {
  return refuse(errc::no_such_region, "region " + in_quotes(name.region));
}

std::string in_quotes(std::string_view text) {
  return "'" + wire::readable_utf8(text, config::name_bytes_max) + "'";
}

outcome check_name(std::string_view what, std::string_view name) {
  return check_verdict(what, config::check_name(name));
}

outcome check(const rules::quota_limits& limits) {
  return first_refusal(
    {check_number("quota of bytes", limits.bytes, 0, config::quota_bytes_max),
     check_number("quota of regions", limits.regions, 0,
                  config::quota_regions_max),
     check_number("quota of variables", limits.variables, 0,
                  config::quota_variables_max),
     check_number("quota of sessions", limits.sessions, 0,
                  config::quota_sessions_max)});
}

outcome check(const principal& of, const limits& bounds) {
  if (auto no = first_refusal(
        {check_name("a principal's name", of.who.name),
         check_text("a key's hash", of.key_hash, config::key_bytes_max),
         check_number("grants of a principal", of.who.grants.size(), 0,
                      bounds.grants)});
      !no.ok())
    return no;
  for (const auto& each : of.who.grants)
    if (auto no = check_verdict("a grant's pattern",
                                config::check_region_pattern(each.regions));
        !no.ok())
      return no;
  return {};
}

outcome check(const region_options& of, const limits& bounds) {
  return first_refusal(
    {check_number("a region's bytes", of.bytes, shm::limits::region_bytes_min,
                  shm::limits::region_bytes_max),
     check_number("a region's bytes_max", of.bytes_max, of.bytes,
                  shm::limits::region_bytes_max),
     check_number("a region's variables_max", of.variables_max, 1,
                  shm::limits::variables_max),
     check_number("a region's clients_max", of.clients_max, 1,
                  shm::limits::clients_max),
     check_number("a region's copies", of.copies, 1, bounds.replicas + 1)});
}

outcome check(const variable& of) {
  auto no = first_refusal(
    {check_verdict("a variable's name", config::check_variable_name(of.name)),
     check_verdict("a variable's type", config::check_type_tag(of.type)),
     check_number("a variable's capacity", of.capacity, 1,
                  shm::limits::capacity_max)});
  if (no.ok() && of.kind == variable_kind::counter && of.capacity != 8)
    return refuse(errc::bad_argument, "a counter has 8 bytes");
  return no;
}

outcome check(node_id id, const member& of) {
  return first_refusal(
    {check_number("a node's id", id, config::node_id_min, config::node_id_max),
     check_text("a node's address", of.address, config::address_bytes_max),
     check_text("a node's key", of.key, config::key_bytes_max),
     check_number("a node's weight", of.weight, 1, config::node_weight_max),
     check_number("a node's format", of.format, 1, 0xffff)});
}

outcome check(const session& of) {
  return first_refusal(
    {check_name("a principal's name", of.principal),
     check_text("a client's words", of.client, config::client_words_bytes_max),
     check_number("bytes of a token's hash", of.token_hash.size(), 0,
                  config::token_hash_bytes_max)});
}

} // namespace holdfast::catalog
