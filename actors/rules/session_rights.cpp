#include "actors/rules/session_rights.hpp"

#include <algorithm>
#include <array>

namespace holdfast::rules {

namespace {

constexpr std::array all_rights{right::read, right::write, right::create,
                                right::admin};

/// 0: is not this one; otherwise the more, the closer it describes the client.
int closeness(const principal& candidate, std::uint32_t uid,
              std::uint32_t gid) noexcept {
  if (candidate.uid && *candidate.uid != uid)
    return 0;
  if (candidate.gid && *candidate.gid != gid)
    return 0;
  return (candidate.uid ? 2 : 0) + (candidate.gid ? 1 : 0);
}

} // namespace

std::string_view name_of(right asked) noexcept {
  switch (asked) {
  case right::read:
    return "read";
  case right::write:
    return "write";
  case right::create:
    return "create";
  case right::admin:
    return "admin";
  }
  return "?";
}

std::string to_string(right_set rights) {
  std::string text;
  for (const auto each : all_rights) {
    if (!rights.has(each))
      continue;
    if (!text.empty())
      text += ' ';
    text += name_of(each);
  }
  return text;
}

bool matches(std::string_view pattern, std::string_view text) noexcept {
  constexpr auto none = std::string_view::npos;
  std::size_t at = 0;
  std::size_t in = 0;
  // Where to go on if this try fails: only the last star matters, since what
  // an earlier one could swallow the last one can swallow as well.
  std::size_t after_star = none;
  std::size_t swallowed_to = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      after_star = ++at;
      swallowed_to = in;
    } else if (at < pattern.size()
               && (pattern[at] == '?' || pattern[at] == text[in])) {
      ++at;
      ++in;
    } else if (after_star != none) {
      at = after_star;
      in = ++swallowed_to;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*')
    ++at;
  return at == pattern.size();
}

right_set rights_on(const std::vector<grant>& grants,
                    std::string_view region) noexcept {
  right_set rights;
  for (const auto& each : grants)
    if (matches(each.regions, region))
      rights.add(each.rights);
  return rights;
}

bool has_anywhere(const std::vector<grant>& grants, right asked) noexcept {
  return std::any_of(grants.begin(), grants.end(), [asked](const grant& each) {
    return each.rights.has(asked);
  });
}

const principal* find_principal(const std::vector<principal>& principals,
                                std::uint32_t uid, std::uint32_t gid) noexcept {
  const principal* found = nullptr;
  int best = 0;
  for (const auto& candidate : principals) {
    const int closer = closeness(candidate, uid, gid);
    if (closer > best) {
      best = closer;
      found = &candidate;
    }
  }
  return found;
}

} // namespace holdfast::rules
