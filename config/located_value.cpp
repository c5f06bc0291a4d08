#include "config/located_value.hpp"

#include "config/defaults.hpp"
#include "config/syntax_error.hpp"
#include "config/token_cursor.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace holdfast::config {

namespace {

using json = nlohmann::json;

/// Follows the parser's events through the text; builds the tree from the
/// outside in. A false answer ends the parse, after a complaint.
class tree_builder : public nlohmann::json_sax<json> {
public:
  tree_builder(std::string_view text, report& out)
    : text_{text}, cursor_{text}, out_{out} {}

  bool null() override {
    return add_scalar(value_type::null);
  }

  bool boolean(bool) override {
    return add_scalar(value_type::boolean);
  }

  bool number_integer(number_integer_t) override {
    return add_scalar(value_type::number); // negative: nothing here may be
  }

  bool number_unsigned(number_unsigned_t number) override {
    add_scalar(value_type::integer);
    last_->number = number;
    return true;
  }

  bool number_float(number_float_t, const string_t&) override {
    return add_scalar(value_type::number);
  }

  bool string(string_t& text) override {
    const auto offset = cursor_.find_token();
    cursor_.pass_string();
    add(value_type::text, offset).text = std::move(text);
    return true;
  }

  bool binary(binary_t&) override {
    return false; // text never holds one
  }

  bool start_object(std::size_t) override {
    return open(value_type::object);
  }

  bool start_array(std::size_t) override {
    return open(value_type::list);
  }

  bool end_object() override {
    return close();
  }

  bool end_array() override {
    return close();
  }

  bool key(string_t& key) override {
    key_offset_ = cursor_.find_token();
    cursor_.pass_string();
    key_ = std::move(key);
    return true;
  }

  bool parse_error(std::size_t read, const std::string&,
                   const nlohmann::detail::exception& error) override {
    auto [offset, found, allowed, hint]
      = explain_syntax_error(text_, read, cursor_.find_token(), error.what());
    out_.complain(offset, "", std::move(found), std::move(allowed),
                  std::move(hint));
    return false;
  }

  std::optional<located_value> take_root() {
    return std::move(root_);
  }

private:
  struct level {
    located_value* value;
    std::set<std::string> keys;
  };

  bool add_scalar(value_type type) {
    const auto offset = cursor_.find_token();
    add(type, offset).text = cursor_.pass_word();
    return true;
  }

  // Only the innermost open value grows, so pointers to the open ones, which
  // stand last in their parents, stay good.
  located_value& add(value_type type, std::size_t offset) {
    located_value value{type, offset, 0, {}, {}, {}};
    if (open_.empty())
      last_ = &root_.emplace(std::move(value));
    else if (open_.back().value->type == value_type::list)
      last_ = &open_.back().value->elements.emplace_back(std::move(value));
    else
      last_ = &add_member(std::move(value));
    return *last_;
  }

  located_value& add_member(located_value value) {
    auto& [object, keys] = open_.back();
    if (!keys.insert(key_).second)
      complain_twice(*object);
    object->members.push_back({key_, key_offset_, std::move(value)});
    return object->members.back().value;
  }

  void complain_twice(const located_value& object) {
    if (out_.is_full())
      return; // finding the first one takes time
    const auto first = out_.line_at(object.find(key_)->offset);
    out_.complain(
      key_offset_, path(), "the key " + in_quotes(key_) + " a second time",
      "each key once", "the first is in line " + std::to_string(first));
  }

  bool open(value_type type) {
    const auto offset = cursor_.find_token();
    if (open_.size() == file_depth_max) {
      out_.complain(offset, "",
                    "more than " + std::to_string(file_depth_max)
                      + " levels of nesting",
                    "at most " + std::to_string(file_depth_max));
      return false;
    }
    cursor_.pass_bracket();
    auto& value = add(type, offset);
    open_.push_back({&value, {}});
    return true;
  }

  bool close() {
    cursor_.find_token();
    cursor_.pass_bracket();
    open_.pop_back();
    return true;
  }

  /// Of the key that was just read.
  std::string path() const {
    std::string text;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      const auto& value = *open_[i].value;
      if (value.type == value_type::list)
        text += "[" + std::to_string(value.elements.size() - 1) + "]";
      else
        text = joined(text, value.members.back().key);
    }
    return joined(text, key_);
  }

  std::string_view text_;
  token_cursor cursor_;
  report& out_;
  std::optional<located_value> root_;
  std::vector<level> open_;
  located_value* last_ = nullptr;
  std::string key_;
  std::size_t key_offset_ = 0;
};

bool is_readable(std::string_view text, report& out) {
  if (text.size() > file_bytes_max) {
    out.complain(file_bytes_max, "",
                 "more than " + std::to_string(file_bytes_max) + " bytes",
                 "at most " + std::to_string(file_bytes_max));
    return false;
  }
  // The parser takes a zero byte for the end and would ignore the rest.
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    out.complain(zero, "", "a zero byte", "text");
    return false;
  }
  return true;
}

} // namespace

const located_member* located_value::find(std::string_view key) const {
  const auto found
    = std::find_if(members.begin(), members.end(),
                   [&](const auto& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

std::optional<located_value> parse_located(std::string_view text, report& out) {
  if (!is_readable(text, out))
    return std::nullopt;
  tree_builder builder{text, out};
  if (!json::sax_parse(text.begin(), text.end(), &builder,
                       json::input_format_t::json, true, true))
    return std::nullopt;
  return builder.take_root();
}

std::string describe(const located_value& value) {
  switch (value.type) {
  case value_type::text:
    return in_quotes(value.text);
  case value_type::object:
    return "an object";
  case value_type::list:
    return "a list";
  default: {
    constexpr auto most = quoted_bytes_max;
    return value.text.size() > most ? value.text.substr(0, most) + "…"
                                    : value.text;
  }
  }
}

} // namespace holdfast::config
