#include "shm/wire/frame.hpp"

#include "shm/wire/frame_rules.hpp"

#include <algorithm>

namespace holdfast::wire {

namespace {

using shm::errc;

constexpr std::size_t detail_bytes_max = 4096;
constexpr auto unknown_code = static_cast<std::uint64_t>(errc::unknown) + 1;
constexpr std::size_t compared_in_pairs_max = 16;

bool has_twin_of_few(const fields& of, std::string_view& twin) {
  for (auto each = of.begin(); each != of.end(); ++each)
    for (auto before = of.begin(); before != each; ++before)
      if (before->name == each->name) {
        twin = each->name;
        return true;
      }
  return false;
}

} // namespace

// Sorts when there are many: a hostile packet may hold thousands of names.
bool has_twin(const fields& of, std::string_view& twin) {
  if (of.size() <= compared_in_pairs_max)
    return has_twin_of_few(of, twin);
  std::vector<std::string_view> names;
  names.reserve(of.size());
  for (const auto& each : of)
    names.push_back(each.name);
  std::sort(names.begin(), names.end());
  const auto found = std::adjacent_find(names.begin(), names.end());
  if (found == names.end())
    return false;
  twin = *found;
  return true;
}

std::string misplaced_in(const frame& of) {
  if (of.kind != frame_kind::request && !of.command.empty())
    return "a command outside a request";
  if (of.kind != frame_kind::reply && of.descriptors != 0)
    return "descriptors outside a reply";
  if (of.kind == frame_kind::notice && of.request_id != 0)
    return "a notice that answers a request";
  return {};
}

frame failure_of(std::uint64_t request_id, const shm::error& error) {
  frame out;
  out.kind = frame_kind::failure;
  out.request_id = request_id;
  out.fields = {
    {"code", static_cast<std::uint64_t>(error.code)},
    {"name", std::string{shm::name_of(error.code)}},
    {"detail", readable_utf8(error.detail, detail_bytes_max)},
    {"meaning", std::string{shm::meaning_of(error.code)}},
  };
  return out;
}

shm::error error_of(const frame& failure) {
  const auto code = number_or(failure.fields, "code", 0);
  const auto* detail = find_text(failure.fields, "detail");
  auto said = detail == nullptr ? std::string{} : *detail;
  if (code > 0 && code < unknown_code)
    return {static_cast<errc>(code), std::move(said)};
  const auto* name = find_text(failure.fields, "name");
  return shm::failed(errc::protocol,
                     "a failure of code " + std::to_string(code) + " '"
                       + (name == nullptr ? std::string{} : *name)
                       + "', unknown to this side: " + said);
}

const value* find(const fields& in, std::string_view name) {
  const auto found
    = std::find_if(in.begin(), in.end(),
                   [name](const field& each) { return each.name == name; });
  return found == in.end() ? nullptr : &found->value;
}

const std::string* find_text(const fields& in, std::string_view name) {
  const auto* found = find(in, name);
  return found == nullptr ? nullptr : std::get_if<std::string>(found);
}

std::uint64_t number_or(const fields& in, std::string_view name,
                        std::uint64_t otherwise) {
  const auto* found = find(in, name);
  if (found == nullptr)
    return otherwise;
  if (const auto* plain = std::get_if<std::uint64_t>(found))
    return *plain;
  const auto* with_sign = std::get_if<std::int64_t>(found);
  return with_sign != nullptr && *with_sign >= 0
           ? static_cast<std::uint64_t>(*with_sign)
           : otherwise;
}

} // namespace holdfast::wire
