// Reads the keys of one object by their rules in the schema.
//
// Every answer is the value in the file, else the default; nothing when there
// was a complaint, so that one mistake is not reported twice.
#pragma once

#include "config/located_value.hpp"
#include "config/names.hpp"
#include "config/report.hpp"
#include "config/schema.hpp"
#include "config/words.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

class section_reader {
public:
  /// Complains when the value is no object and about unknown keys.
  section_reader(const located_value& value, std::string path, section where,
                 report& out);

  bool is_object() const;
  bool has(std::string_view key) const;
  std::string path_of(std::string_view key) const;

  /// A count, a size in bytes or a duration in milliseconds.
  std::optional<std::uint64_t> number(std::string_view key);

  std::optional<std::string> text(std::string_view key,
                                  verdict (*check)(std::string_view));

  template <class Enum, class Table>
  std::optional<Enum> word(std::string_view key, const Table& words) {
    const auto text = known_word(key);
    return text ? value_of<Enum>(words, *text) : std::nullopt;
  }

  /// The entries of a list of words, each known and there once.
  std::vector<std::string> word_list(std::string_view key);

  /// The entries of a list of texts that each pass a check.
  std::vector<std::string> text_list(std::string_view key,
                                     verdict (*check)(std::string_view));

  /// The entries of a list of counts within bounds, each there once.
  std::vector<std::uint64_t>
  count_list(std::string_view key, std::uint64_t least, std::uint64_t most);

  /// Reads the object of a key; a key that is left out reads as `{}`.
  section_reader inner(std::string_view key, section where);

  /// Reads one entry of a list.
  section_reader entry(std::string_view key, std::size_t index, section where);

  /// The entries of a list; none when it is left out or wrong.
  const std::vector<located_value>& list(std::string_view key);

  /// At the value of a key, or at the section when the key is left out.
  void complain(std::string_view key, std::string found, std::string allowed,
                std::string hint = {});

  /// Of a key that is required here, though not by the schema alone.
  void complain_absence(std::string_view key);

private:
  const located_value* value_of_key(std::string_view key) const;
  const key_rule& rule(std::string_view key) const;
  bool accepts_absence(const key_rule& rule);
  void complain_about_unknown(const located_member& member);
  void complain_about_shape(const key_rule& rule, const located_value& value);
  void complain_about_word(const key_rule& rule, const located_value& value);
  std::optional<std::string> known_word(std::string_view key);
  std::optional<std::uint64_t> as_number(const key_rule& rule,
                                         const located_value& value) const;
  std::string number_hint(const key_rule& rule,
                          const located_value& value) const;

  const located_value& value_;
  std::string path_;
  section where_;
  report& out_;
};

/// Fills a field when there was no complaint; the schema's bounds keep the
/// number within the field's type.
template <class Field, class Value>
void assign(Field& field, const std::optional<Value>& value) {
  if (value)
    field = static_cast<Field>(*value);
}

} // namespace holdfast::config
