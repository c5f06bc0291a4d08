#include "config/read_region.hpp"

#include "config/unique_names.hpp"
#include "config/units.hpp"

#include <algorithm>
#include <array>

namespace holdfast::config {

namespace {

struct scalar {
  std::string_view type;
  std::uint32_t bytes;
};

constexpr std::array scalars{
  scalar{"bool", 1}, scalar{"i8", 1},  scalar{"u8", 1},  scalar{"i16", 2},
  scalar{"u16", 2},  scalar{"i32", 4}, scalar{"u32", 4}, scalar{"i64", 8},
  scalar{"u64", 8},  scalar{"f32", 4}, scalar{"f64", 8},
};

/// The type tag that a kind implies; a value's is the owner's to choose.
std::string_view type_of_kind(variable_kind kind) {
  switch (kind) {
  case variable_kind::value:
    return "";
  case variable_kind::bytes:
    return "bytes";
  case variable_kind::string:
    return "string";
  case variable_kind::json:
    return "json";
  case variable_kind::counter:
    return "i64";
  }
  return "";
}

/// Only a counter and a value of a scalar type have a size of their own.
std::uint32_t own_bytes(const variable& read) {
  const bool is_fixed
    = read.kind == variable_kind::value || read.kind == variable_kind::counter;
  return is_fixed ? scalar_bytes(read.type) : 0;
}

void read_type(variable& read, section_reader& keys) {
  const auto type = keys.text("type", check_type_tag);
  const auto implied = type_of_kind(read.kind);
  read.type = implied;
  if (implied.empty() && !keys.has("type"))
    keys.complain_absence("type");
  else if (implied.empty())
    assign(read.type, type);
  else if (keys.has("type") && type && *type != implied)
    keys.complain("type", in_quotes(*type),
                  "\"" + std::string{implied} + "\" or nothing for a variable "
                    + "of kind \""
                    + std::string{text_of(variable_kind_words, read.kind)}
                    + "\"");
}

void read_capacity(variable& read, section_reader& keys) {
  const auto capacity = keys.number("capacity");
  const auto own = own_bytes(read);
  if (own != 0)
    read.capacity = own;
  else if (keys.has("capacity"))
    assign(read.capacity, capacity);
  else if (!read.type.empty()) // without a type it is not clear yet
    keys.complain_absence("capacity");
  if (own != 0 && keys.has("capacity") && capacity && *capacity != own)
    keys.complain("capacity", print_size(*capacity),
                  "\"" + print_size(own) + "\" or nothing for type "
                    + in_quotes(read.type));
}

variable read_variable(section_reader& keys) {
  variable read;
  assign(read.name, keys.text("name", check_variable_name));
  const auto kind = keys.word<variable_kind>("kind", variable_kind_words);
  if (!kind) {
    keys.text("type", check_type_tag); // what they must be hangs on the kind
    keys.number("capacity");
    return read;
  }
  read.kind = *kind;
  read_type(read, keys);
  read_capacity(read, keys);
  return read;
}

void read_bytes(region& read, section_reader& keys) {
  const auto bytes = keys.number("bytes");
  const auto grow_to = keys.number("grow_to");
  assign(read.bytes, bytes);
  read.bytes_max = read.bytes;
  if (keys.has("grow_to"))
    assign(read.bytes_max, grow_to);
  if (keys.has("grow_to") && bytes && grow_to && *grow_to < *bytes)
    keys.complain("grow_to", print_size(*grow_to),
                  "at least bytes, which is " + print_size(*bytes));
}

/// Whatever the layout adds, the values themselves must fit.
void check_room(const region& read, section_reader& keys) {
  std::uint64_t capacity = 0;
  for (const auto& variable : read.variables)
    capacity += variable.capacity;
  if (read.bytes_max != 0 && capacity > read.bytes_max)
    keys.complain("variables",
                  "capacities of " + print_size(capacity) + " together",
                  "less than the region may grow to, which is "
                    + print_size(read.bytes_max));
}

} // namespace

std::uint32_t scalar_bytes(std::string_view type) {
  const auto found
    = std::find_if(scalars.begin(), scalars.end(),
                   [&](const scalar& known) { return known.type == type; });
  return found == scalars.end() ? 0 : found->bytes;
}

region read_region(section_reader& keys, report& out) {
  region read;
  unique_names names;
  assign(read.name, keys.text("name", check_name));
  read_bytes(read, keys);
  const auto room = keys.number("variables_max");
  assign(read.variables_max, room);
  assign(read.copies, keys.number("copies"));
  assign(read.writers,
         keys.word<region_writers>("writers", region_writers_words));
  assign(read.durability,
         keys.word<region_durability>("durability", region_durability_words));
  const auto count = keys.list("variables").size();
  for (std::size_t i = 0; i < count && !out.is_full(); ++i) {
    auto entry = keys.entry("variables", i, section::variable);
    read.variables.push_back(read_variable(entry));
    names.add(read.variables.back().name, entry, "variable");
  }
  if (room && count > *room)
    keys.complain("variables", std::to_string(count) + " variables",
                  "at most variables_max, which is " + std::to_string(*room));
  check_room(read, keys);
  return read;
}

} // namespace holdfast::config
