#include "apps/caf-shell/table.hpp"

#include "config/units.hpp"

#include <libsmartcols/libsmartcols.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;

struct table_end {
  void operator()(libscols_table* table) const noexcept {
    scols_unref_table(table);
  }
};

using table = std::unique_ptr<libscols_table, table_end>;

bool is_size(std::string_view name) noexcept {
  return name == "capacity" || name.starts_with("bytes");
}

std::string named_cell_of(std::string_view name, const ordered_json& value) {
  if (is_size(name) && value.is_number_unsigned())
    return config::print_size(value.get<std::uint64_t>());
  return one_line(cell_of(value));
}

const char* colour_of(std::string_view text) noexcept {
  if (text == "fresh" || text == "active" || text == "serving")
    return "green";
  if (text.starts_with("stale") || text == "fenced")
    return "yellow";
  if (text == "orphaned" || text == "revoked")
    return "red";
  return nullptr;
}

void set_cell(libscols_line* line, std::size_t column, const std::string& text,
              bool colours) {
  scols_line_set_data(line, column, text.c_str());
  if (const auto* colour = colour_of(text); colours && colour != nullptr)
    scols_cell_set_color(scols_line_get_cell(line, column), colour);
}

table new_table(bool colours) {
  scols_init_debug(0);
  table out{scols_new_table()};
  scols_table_enable_colors(out.get(), colours ? 1 : 0);
  // Nothing is cut to fit the terminal: what is shown can be believed.
  scols_table_set_termforce(out.get(), SCOLS_TERMFORCE_NEVER);
  return out;
}

std::string drawn(const table& from) {
  char* text = nullptr;
  if (scols_print_table_to_string(from.get(), &text) != 0)
    return {};
  const std::unique_ptr<char, decltype(&std::free)> owned{text, std::free};
  return std::string{owned.get()} + '\n';
}

} // namespace

std::string cell_of(const ordered_json& value) {
  if (value.is_null())
    return {};
  return value.is_string()
           ? value.get<std::string>()
           : value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string one_line(std::string_view text) {
  std::string out;
  for (const char sign : text) {
    const auto code = static_cast<unsigned char>(sign);
    if (sign == '\\') {
      out += "\\\\";
    } else if (sign == '\t') {
      out += "\\t";
    } else if (sign == '\n') {
      out += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      std::array<char, 5> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\x%02x", code);
      out += escaped.data();
    } else {
      out += sign;
    }
  }
  return out;
}

std::string draw_table(const ordered_json& rows,
                       const std::vector<std::string>& columns, bool colours) {
  const auto out = new_table(colours);
  for (const auto& name : columns) {
    const bool is_number = !rows.empty() && rows.front().contains(name)
                           && rows.front().at(name).is_number();
    scols_table_new_column(out.get(), name.c_str(), 0,
                           is_number ? SCOLS_FL_RIGHT : 0);
  }
  for (const auto& row : rows) {
    auto* line = scols_table_new_line(out.get(), nullptr);
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (const auto found = row.find(columns[i]); found != row.end())
        set_cell(line, i, named_cell_of(columns[i], *found), colours);
  }
  return rows.empty() ? std::string{} : drawn(out);
}

std::string draw_record(const ordered_json& record, bool colours) {
  const auto out = new_table(colours);
  scols_table_enable_noheadings(out.get(), 1);
  scols_table_new_column(out.get(), "name", 0, 0);
  scols_table_new_column(out.get(), "value", 0, 0);
  for (const auto& [name, value] : record.items()) {
    auto* line = scols_table_new_line(out.get(), nullptr);
    set_cell(line, 0, name, false);
    set_cell(line, 1, named_cell_of(name, value), colours);
  }
  return record.empty() ? std::string{} : drawn(out);
}

} // namespace holdfast::shell
