#include "config/section_reader.hpp"

#include "config/suggestion.hpp"
#include "config/units.hpp"

#include <algorithm>
#include <cassert>

namespace holdfast::config {

namespace {

std::string did_you_mean(const std::string& word) {
  return word.empty() ? "" : "did you mean \"" + word + "\"?";
}

std::string hint_for_unknown(section where, std::string_view key) {
  auto nearest_key = nearest(key, keys_of(where));
  if (!nearest_key.empty())
    return did_you_mean(nearest_key);
  for (const auto& rule : schema()) // the right key in the wrong section
    if (rule.key == key)
      return "it belongs to "
             + (rule.where == section::top ? "the top of the file"
                                           : std::string{title_of(rule.where)});
  return {};
}

std::string listed(const std::vector<std::string_view>& keys) {
  std::string text;
  for (const auto key : keys)
    text += (text.empty() ? "" : ", ") + std::string{key};
  return text;
}

} // namespace

section_reader::section_reader(const located_value& value, std::string path,
                               section where, report& out)
  : value_{value}, path_{std::move(path)}, where_{where}, out_{out} {
  if (!is_object())
    out_.complain(value.offset, path_, describe(value), "an object { … }");
  for (const auto& member : value.members)
    if (rule_of(where_, member.key) == nullptr)
      complain_about_unknown(member);
}

void section_reader::complain_about_unknown(const located_member& member) {
  if (out_.is_full())
    return; // a hint takes time
  out_.complain(member.offset, joined(path_, member.key),
                "the unknown key " + in_quotes(member.key),
                listed(keys_of(where_)), hint_for_unknown(where_, member.key));
}

bool section_reader::is_object() const {
  return value_.type == value_type::object;
}

bool section_reader::has(std::string_view key) const {
  return value_.find(key) != nullptr;
}

std::string section_reader::path_of(std::string_view key) const {
  return joined(path_, key);
}

const located_value* section_reader::value_of_key(std::string_view key) const {
  const auto* member = value_.find(key);
  return member == nullptr ? nullptr : &member->value;
}

const key_rule& section_reader::rule(std::string_view key) const {
  const auto* found = rule_of(where_, key);
  assert(found != nullptr && "the loader asks for a key the schema lacks");
  return *found;
}

void section_reader::complain(std::string_view key, std::string found,
                              std::string allowed, std::string hint) {
  const auto* value = value_of_key(key);
  out_.complain((value == nullptr ? value_ : *value).offset, path_of(key),
                std::move(found), std::move(allowed), std::move(hint));
}

/// A key that is left out is fine unless the rule says otherwise. An object
/// of the wrong type has had its complaint.
bool section_reader::accepts_absence(const key_rule& rule) {
  if (rule.required)
    complain_absence(rule.key);
  return !rule.required && is_object();
}

void section_reader::complain_absence(std::string_view key) {
  if (is_object())
    complain(key, "nothing", allowed_text(rule(key)));
}

void section_reader::complain_about_shape(const key_rule& rule,
                                          const located_value& value) {
  complain(rule.key, describe(value), allowed_text(rule),
           number_hint(rule, value));
}

std::optional<std::uint64_t>
section_reader::as_number(const key_rule& rule,
                          const located_value& value) const {
  if (rule.shape == shape::count)
    return value.type == value_type::integer ? std::optional{value.number}
                                             : std::nullopt;
  if (value.type != value_type::text)
    return std::nullopt;
  return rule.shape == shape::size ? parse_size(value.text)
                                   : parse_duration(value.text);
}

std::string section_reader::number_hint(const key_rule& rule,
                                        const located_value& value) const {
  const bool is_size = rule.shape == shape::size;
  if (!is_size && rule.shape != shape::duration)
    return {};
  if (value.type == value_type::integer)
    return is_size
             ? "write \"" + print_size(value.number) + "\""
             : "write \"" + value.text + "ms\" or \"" + value.text + "s\"";
  if (value.type != value_type::text || as_number(rule, value))
    return {};
  return did_you_mean(is_size ? suggest_size(value.text)
                              : suggest_duration(value.text));
}

std::optional<std::uint64_t> section_reader::number(std::string_view key) {
  const auto& known = rule(key);
  const auto* value = value_of_key(key);
  if (value == nullptr)
    return accepts_absence(known) ? std::optional{known.fallback}
                                  : std::nullopt;
  const auto number = as_number(known, *value);
  if (!number || *number < known.least || *number > known.most) {
    complain_about_shape(known, *value);
    return std::nullopt;
  }
  out_.originate(path_of(key), value->offset);
  return number;
}

std::optional<std::string>
section_reader::text(std::string_view key, verdict (*check)(std::string_view)) {
  const auto& known = rule(key);
  const auto* value = value_of_key(key);
  if (value == nullptr)
    return accepts_absence(known) ? std::optional{std::string{known.text}}
                                  : std::nullopt;
  if (value->type != value_type::text || !check(value->text).ok) {
    complain_about_shape(known, *value);
    return std::nullopt;
  }
  out_.originate(path_of(key), value->offset);
  return value->text;
}

void section_reader::complain_about_word(const key_rule& rule,
                                         const located_value& value) {
  const auto meant = value.type == value_type::text
                       ? nearest(value.text, rule.words)
                       : std::string{};
  complain(rule.key, describe(value), allowed_text(rule), did_you_mean(meant));
}

std::optional<std::string> section_reader::known_word(std::string_view key) {
  const auto& known = rule(key);
  const auto* value = value_of_key(key);
  if (value == nullptr)
    return accepts_absence(known) ? std::optional{std::string{known.text}}
                                  : std::nullopt;
  const auto found
    = std::find(known.words.begin(), known.words.end(), value->text);
  if (value->type != value_type::text || found == known.words.end()) {
    complain_about_word(known, *value);
    return std::nullopt;
  }
  out_.originate(path_of(key), value->offset);
  return value->text;
}

std::vector<std::string> section_reader::word_list(std::string_view key) {
  std::vector<std::string> words;
  const auto& known = rule(key).words;
  const auto& entries = list(key);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    const auto path = path_of(key) + "[" + std::to_string(i) + "]";
    const auto is_in = [&](const auto& texts) {
      return entry.type == value_type::text
             && std::find(texts.begin(), texts.end(), entry.text)
                  != texts.end();
    };
    if (!is_in(known))
      out_.complain(entry.offset, path, describe(entry), one_of(known),
                    did_you_mean(nearest(entry.text, known)));
    else if (is_in(words))
      out_.complain(entry.offset, path, describe(entry) + " a second time",
                    "each word once");
    else
      words.push_back(entry.text);
  }
  return words;
}

std::vector<std::string>
section_reader::text_list(std::string_view key,
                          verdict (*check)(std::string_view)) {
  std::vector<std::string> texts;
  const auto& entries = list(key);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    const auto checked = check(entry.text);
    if (entry.type == value_type::text && checked.ok)
      texts.push_back(entry.text);
    else
      out_.complain(entry.offset, path_of(key) + "[" + std::to_string(i) + "]",
                    describe(entry), std::string{checked.allowed});
  }
  return texts;
}

std::vector<std::uint64_t> section_reader::count_list(std::string_view key,
                                                      std::uint64_t least,
                                                      std::uint64_t most) {
  std::vector<std::uint64_t> counts;
  const auto& entries = list(key);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& entry = entries[i];
    const auto path = path_of(key) + "[" + std::to_string(i) + "]";
    if (entry.type != value_type::integer || entry.number < least
        || entry.number > most)
      out_.complain(entry.offset, path, describe(entry),
                    "a whole number from " + std::to_string(least) + " to "
                      + std::to_string(most));
    else if (std::find(counts.begin(), counts.end(), entry.number)
             != counts.end())
      out_.complain(entry.offset, path, describe(entry) + " a second time",
                    "each number once");
    else
      counts.push_back(entry.number);
  }
  return counts;
}

section_reader section_reader::inner(std::string_view key, section where) {
  static const located_value empty{value_type::object, 0, 0, {}, {}, {}};
  const auto* value = value_of_key(key);
  return {value == nullptr ? empty : *value, path_of(key), where, out_};
}

section_reader section_reader::entry(std::string_view key, std::size_t index,
                                     section where) {
  return {value_of_key(key)->elements.at(index),
          path_of(key) + "[" + std::to_string(index) + "]", where, out_};
}

const std::vector<located_value>& section_reader::list(std::string_view key) {
  static const std::vector<located_value> none;
  const auto& known = rule(key);
  const auto* value = value_of_key(key);
  if (value == nullptr) {
    accepts_absence(known);
    return none;
  }
  const auto count = value->elements.size();
  if (value->type != value_type::list || count < known.least
      || count > known.most) {
    const bool is_list = value->type == value_type::list;
    complain(key,
             is_list ? "a list of " + std::to_string(count) : describe(*value),
             allowed_text(known));
    return none;
  }
  out_.originate(path_of(key), value->offset);
  return value->elements;
}

} // namespace holdfast::config
