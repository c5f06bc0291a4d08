#include "actors/rules/peer_hello.hpp"

#include <algorithm>
#include <tuple>

namespace holdfast::rules {

namespace {

using verdict = std::optional<refused_hello>;

verdict refuse(hello_refusal what, std::string difference) {
  return refused_hello{what, std::move(difference)};
}

/// Names come from a stranger: one line, nothing that moves a cursor.
std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown_max = 100;
  std::string made = "'";
  for (const char c : text.substr(0, shown_max))
    made += c >= ' ' && c <= '~' ? c : '?';
  return made + (text.size() > shown_max ? "…'" : "'");
}

std::string here_and_there(std::string_view what, const std::string& here,
                           const std::string& there) {
  return std::string{what} + " " + here + " here, " + there + " there";
}

std::string text_of(const history_end& end) {
  return "index " + std::to_string(end.index) + " of term "
         + std::to_string(end.term);
}

verdict judge_form(const hello& theirs, const hello_bounds& bounds) {
  if (theirs.cluster.size() > bounds.cluster_bytes_max
      || theirs.settings.size() > bounds.settings_bytes_max
      || theirs.key.size() > bounds.key_bytes_max)
    return refuse(hello_refusal::malformed, "a field is too long");
  if (theirs.node == 0)
    return refuse(hello_refusal::malformed, "node 0 is nobody");
  if (!theirs.incarnation)
    return refuse(hello_refusal::malformed, "it has no incarnation");
  return std::nullopt;
}

verdict judge_version(const hello& ours, const hello& theirs) {
  if (theirs.protocol >= ours.protocol_least
      && ours.protocol >= theirs.protocol_least)
    return std::nullopt;
  return refuse(hello_refusal::incompatible_version,
                here_and_there("protocol", std::to_string(ours.protocol),
                               std::to_string(theirs.protocol)));
}

verdict judge_node(const hello& ours, const hello& theirs,
                   const known_peer& known) {
  if (theirs.node == ours.node)
    return refuse(hello_refusal::duplicate_id,
                  "node " + std::to_string(ours.node)
                    + (theirs.incarnation == ours.incarnation
                         ? " is this node itself"
                         : " is this node's id too"));
  if (theirs.node != known.node)
    return refuse(hello_refusal::unexpected_node,
                  "node " + std::to_string(theirs.node) + " instead of node "
                    + std::to_string(known.node));
  if (known.linked_incarnation
      && known.linked_incarnation != theirs.incarnation)
    return refuse(hello_refusal::duplicate_id, "another node "
                                                 + std::to_string(theirs.node)
                                                 + " is connected and answers");
  return std::nullopt;
}

/// Takes the first line off.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

verdict judge_settings(std::string_view ours, std::string_view theirs) {
  while (!ours.empty() || !theirs.empty()) {
    const auto here = next_line(ours);
    const auto there = next_line(theirs);
    if (here != there)
      return refuse(hello_refusal::different_configuration,
                    in_quotes(here) + " here, " + in_quotes(there) + " there");
  }
  return std::nullopt;
}

verdict judge_history(const hello& ours, const hello& theirs,
                      const known_peer& known) {
  if (ours.founders != 0 && theirs.founders != 0
      && ours.founders != theirs.founders)
    return refuse(hello_refusal::different_founders,
                  "the cluster was founded with other members there");
  const auto& [end, applied] = std::tie(theirs.history, known.applied);
  if (end != history_end{}
      && (end.term < applied.term || end.index < applied.index))
    return refuse(hello_refusal::older_history,
                  "its log ends at " + text_of(end)
                    + " and was carried out up to " + text_of(applied)
                    + " before: its disk is an old copy; with its log moved "
                      "away it joins anew");
  return std::nullopt;
}

std::string digits_of(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string made;
  for (const char c : bytes) {
    made += digits[static_cast<unsigned char>(c) >> 4U];
    made += digits[static_cast<unsigned char>(c) & 0xFU];
  }
  return made;
}

/// Enough to tell two apart in a log.
std::string short_key(const std::string& digits) {
  constexpr std::size_t shown_max = 16;
  return digits.empty() ? "no key" : "key " + digits.substr(0, shown_max);
}

void put(std::string& to, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to += static_cast<char>((number >> shift) & 0xFFU);
}

void put(std::string& to, const wide_id& id) {
  put(to, id.high);
  put(to, id.low);
}

/// Length first, so that no two hellos have one spelling.
void put(std::string& to, const std::string& text) {
  put(to, std::uint64_t{text.size()});
  to += text;
}

void put(std::string& to, const hello& said) {
  put(to, std::uint64_t{said.protocol});
  put(to, std::uint64_t{said.protocol_least});
  put(to, said.cluster);
  put(to, said.cluster_id);
  put(to, said.node);
  put(to, said.incarnation);
  put(to, said.settings);
  put(to, said.founders);
  put(to, said.history.term);
  put(to, said.history.index);
  put(to, said.key);
}

} // namespace

std::string_view text_of(hello_refusal refusal) noexcept {
  switch (refusal) {
  case hello_refusal::malformed:
    return "malformed hello";
  case hello_refusal::incompatible_version:
    return "incompatible version";
  case hello_refusal::wrong_cluster:
    return "wrong cluster";
  case hello_refusal::duplicate_id:
    return "duplicate id";
  case hello_refusal::unexpected_node:
    return "unexpected node";
  case hello_refusal::different_configuration:
    return "different configuration";
  case hello_refusal::different_founders:
    return "different founders";
  case hello_refusal::older_history:
    return "older history";
  case hello_refusal::not_a_member:
    return "not a member";
  case hello_refusal::not_proven:
    return "identity not proven";
  case hello_refusal::different_key:
    return "different key";
  }
  return "?";
}

verdict judge_hello(const hello& ours, const hello& theirs,
                    const known_peer& known, const hello_bounds& bounds) {
  if (auto refused = judge_form(theirs, bounds))
    return refused;
  if (auto refused = judge_version(ours, theirs))
    return refused;
  if (auto refused = judge_cluster(ours, theirs))
    return refused;
  if (auto refused = judge_node(ours, theirs, known))
    return refused;
  if (auto refused = judge_settings(ours.settings, theirs.settings))
    return refused;
  if (auto refused = judge_key(theirs.key, known))
    return refused;
  return judge_history(ours, theirs, known);
}

verdict judge_cluster(const hello& ours, const hello& theirs) {
  if (ours.cluster != theirs.cluster)
    return refuse(hello_refusal::wrong_cluster,
                  here_and_there("cluster", in_quotes(ours.cluster),
                                 in_quotes(theirs.cluster)));
  if (ours.cluster_id && theirs.cluster_id
      && ours.cluster_id != theirs.cluster_id)
    return refuse(hello_refusal::wrong_cluster,
                  "another cluster of the same name "
                    + in_quotes(ours.cluster));
  return std::nullopt;
}

verdict judge_key(std::string_view key, const known_peer& known) {
  const auto node = std::to_string(known.node);
  const auto shown = digits_of(key);
  if (!known.key.empty() && shown != known.key)
    return refuse(hello_refusal::different_key,
                  "node " + node + " shows " + short_key(shown)
                    + ", the members know it by " + short_key(known.key)
                    + ": give it back its data directory, or remove it "
                      "('members remove "
                    + node + "') and add it again");
  if (known.key.empty() && !known.shown_key.empty() && key != known.shown_key)
    return refuse(hello_refusal::different_key,
                  "node " + node + " shows " + short_key(shown)
                    + ", and showed " + short_key(digits_of(known.shown_key))
                    + " before: one of the two is not node " + node);
  return std::nullopt;
}

std::string hello_transcript(hello_side signer, const hello& dialler,
                             const wide_id& dialler_nonce, const hello& dialled,
                             const wide_id& dialled_nonce) {
  std::string text = "holdfast peer hello\n";
  put(text, static_cast<std::uint64_t>(signer));
  put(text, dialler);
  put(text, dialler_nonce);
  put(text, dialled);
  put(text, dialled_nonce);
  return text;
}

} // namespace holdfast::rules
