// The rules of the schema as people read them.
#include "config/schema.hpp"
#include "config/units.hpp"

namespace holdfast::config {

namespace {

std::string number_text(enum shape shape, std::uint64_t number) {
  switch (shape) {
  case shape::size:
    return "\"" + print_size(number) + "\"";
  case shape::duration:
    return "\"" + print_duration(number) + "\"";
  default:
    return std::to_string(number);
  }
}

} // namespace

std::string one_of(const std::vector<std::string_view>& words) {
  std::string text = "one of ";
  for (std::size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "\"" : ", \"") + std::string{words[i]} + "\"";
  return text;
}

std::string default_text(const key_rule& rule) {
  if (rule.required)
    return "required";
  if (!rule.fallback_words.empty())
    return std::string{rule.fallback_words};
  switch (rule.shape) {
  case shape::text:
  case shape::word:
    return "\"" + std::string{rule.text} + "\"";
  case shape::list:
    return "[]";
  case shape::object:
    return "{}";
  default:
    return number_text(rule.shape, rule.fallback);
  }
}

std::string allowed_text(const key_rule& rule) {
  const auto bounds = " from " + number_text(rule.shape, rule.least) + " to "
                      + number_text(rule.shape, rule.most);
  switch (rule.shape) {
  case shape::count:
    return "a whole number" + bounds;
  case shape::size:
    return "a size with its unit (B, KiB, MiB, GiB)" + bounds;
  case shape::duration:
    return "a duration with its unit (ms, s, min, h)" + bounds;
  case shape::text:
    return std::string{rule.allowed};
  case shape::word:
    return one_of(rule.words);
  case shape::list:
    return "a list of " + (rule.least > 0 ? "1" : std::string{"0"}) + " to "
           + std::to_string(rule.most) + " " + std::string{rule.allowed};
  case shape::object:
    return "an object { … }";
  }
  return {};
}

} // namespace holdfast::config
