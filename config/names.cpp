#include "config/names.hpp"

#include "config/address.hpp"
#include "config/defaults.hpp"

#include <algorithm>

namespace holdfast::config {

namespace {

// The sentences below state these numbers.
static_assert(name_bytes_max == 63 && type_tag_bytes_max == 63);
static_assert(account_bytes_max == 255 && schema_address_bytes_max == 1024);
static_assert(data_directory_bytes_max == 4095 && socket_bytes_max == 107);

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool is_printable(char c) {
  return c >= ' ' && c <= '~';
}

bool is_control(char c) {
  return (c >= 0 && c < ' ') || c == '\x7f';
}

bool is_name_part(char c) {
  return is_lower(c) || is_digit(c) || c == '_' || c == '-';
}

bool has_length(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most;
}

template <class Predicate>
bool all(std::string_view text, Predicate holds) {
  return std::all_of(text.begin(), text.end(), holds);
}

bool is_absolute_path(std::string_view text, std::size_t most) {
  return has_length(text, most) && text.front() == '/'
         && std::none_of(text.begin(), text.end(), is_control);
}

} // namespace

verdict check_name(std::string_view text) {
  return {has_length(text, name_bytes_max) && is_lower(text.front())
            && all(text, is_name_part),
          "a name of 1 to 63 characters: a lower-case letter, then lower-case "
          "letters, digits, '_' or '-'"};
}

verdict check_variable_name(std::string_view text) {
  const auto is_part = [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == '.' || c == '/'
           || c == '-';
  };
  return {has_length(text, name_bytes_max) && all(text, is_part)
            && text.front() != '.' && text.front() != '/'
            && text.front() != '-',
          "a name of 1 to 63 characters: a letter, a digit or '_', then "
          "letters, digits, '_', '.', '/' or '-'"};
}

verdict check_type_tag(std::string_view text) {
  return {has_length(text, type_tag_bytes_max) && all(text, is_printable),
          "a type tag of 1 to 63 printable ASCII characters, such as \"f64\" "
          "or \"struct market::quote\""};
}

verdict check_region_pattern(std::string_view text) {
  const auto is_part
    = [](char c) { return is_name_part(c) || c == '*' || c == '?'; };
  return {has_length(text, name_bytes_max) && all(text, is_part),
          "a region name of 1 to 63 characters, in which '*' stands for any "
          "characters and '?' for one"};
}

verdict check_account(std::string_view text) {
  return {has_length(text, account_bytes_max)
            && std::none_of(text.begin(), text.end(), is_control),
          "the name of an account of this host, 1 to 255 bytes"};
}

verdict check_data_directory(std::string_view text) {
  return {is_absolute_path(text, data_directory_bytes_max),
          "an absolute path of at most 4095 bytes, no control characters"};
}

verdict check_socket(std::string_view text) {
  return {is_absolute_path(text, socket_bytes_max) && text.back() != '/',
          "an absolute path of at most 107 bytes, no control characters, not "
          "ending in '/'"};
}

verdict check_address(std::string_view text) {
  return {parse_address(text).has_value(),
          "an address as \"host:port\" with a port from 1 to 65535; a host of "
          "IPv6 stands in brackets"};
}

verdict check_peer_key(std::string_view text) {
  const auto is_hex
    = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  return {text.size() == peer_key_digits && all(text, is_hex),
          "a public key of 64 hexadecimal digits in lower case"};
}

verdict check_path(std::string_view text) {
  return check_data_directory(text);
}

verdict check_schema_address(std::string_view text) {
  return {text.size() <= schema_address_bytes_max,
          "the address of a JSON schema, at most 1024 bytes"};
}

} // namespace holdfast::config
