#include "apps/caf-shell/output.hpp"

#include "apps/caf-shell/table.hpp"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;

// Beyond this many a double, and so many JSON readers, loses digits.
constexpr std::uint64_t exact_in_double = 1ULL << 53;

bool wants_colours() noexcept {
  const auto* off = std::getenv("NO_COLOR");
  const auto* terminal = std::getenv("TERM");
  return (off == nullptr || *off == '\0')
         && (terminal == nullptr || std::string_view{terminal} != "dumb");
}

// Large numbers as text; all others stay.
ordered_json portable(const ordered_json& value) {
  if (value.is_number_unsigned()
      && value.get<std::uint64_t>() > exact_in_double)
    return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer() && !value.is_number_unsigned()
      && value.get<std::int64_t>()
           < -static_cast<std::int64_t>(exact_in_double))
    return std::to_string(value.get<std::int64_t>());
  if (!value.is_structured())
    return value;
  auto out = value;
  for (auto& each : out)
    each = portable(each);
  return out;
}

std::string json_line(const ordered_json& value) {
  return portable(value).dump(-1, ' ', false,
                              ordered_json::error_handler_t::replace)
         + '\n';
}

// What is wrong with an argument says it all.
std::string text_of(const shm::error& error) {
  return error.code == shm::errc::bad_argument ? error.detail : error.message();
}

std::string tabbed(const ordered_json& rows,
                   const std::vector<std::string>& columns) {
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto found = row.find(columns[i]);
      out += i == 0 ? "" : "\t";
      out += found == row.end() ? std::string{} : one_line(cell_of(*found));
    }
    out += '\n';
  }
  return out;
}

std::string tabbed(const ordered_json& record) {
  std::string out;
  for (const auto& [name, value] : record.items())
    out += name + '\t' + one_line(cell_of(value)) + '\n';
  return out;
}

} // namespace

output_form form_of_stdout() noexcept {
  return ::isatty(STDOUT_FILENO) == 1 ? output_form::table : output_form::tabs;
}

output::output(output_form form)
  : form_{form}, colours_{form == output_form::table && wants_colours()} {
  // nop
}

exit_code output::show(const shown& what, const ordered_json& meta) const {
  if (form_ == output_form::json) {
    std::cout << json_line(
      {{"ok", true}, {"data", what.data}, {"error", nullptr}, {"meta", meta}});
  } else if (what.plain) {
    std::cout << *what.plain << '\n';
  } else if (what.data.is_array()) {
    std::cout << (form_ == output_form::table
                    ? draw_table(what.data, what.columns, colours_)
                    : tabbed(what.data, what.columns));
  } else if (what.data.is_object()) {
    std::cout << (form_ == output_form::table ? draw_record(what.data, colours_)
                                              : tabbed(what.data));
  }
  std::cout.flush();
  if (!what.remark.empty())
    say(what.remark);
  return what.code;
}

exit_code output::show(const shm::error& error,
                       const ordered_json& meta) const {
  if (form_ == output_form::json)
    std::cout << json_line({{"ok", false},
                            {"data", nullptr},
                            {"error",
                             {{"code", static_cast<std::uint64_t>(error.code)},
                              {"name", shm::name_of(error.code)},
                              {"message", error.detail},
                              {"hint", shm::meaning_of(error.code)}}},
                            {"meta", meta}})
              << std::flush;
  else
    std::cerr << "caf-shell: " << one_line(text_of(error)) << '\n';
  return exit_code_of(error.code);
}

void output::stream(const ordered_json& row) const {
  if (form_ == output_form::json) {
    std::cout << json_line(row) << std::flush;
    return;
  }
  const char* gap = "";
  for (const auto& [name, value] : row.items()) {
    std::cout << gap << one_line(cell_of(value));
    gap = form_ == output_form::table ? "  " : "\t";
  }
  std::cout << '\n' << std::flush;
}

void output::say(std::string_view talk) const {
  if (form_ == output_form::table)
    std::cerr << talk << '\n';
}

} // namespace holdfast::shell
