#include "apps/holdfast-torture/checker/findings.hpp"

#include "apps/holdfast-torture/checker/words.hpp"

#include <array>
#include <numeric>
#include <utility>

namespace holdfast::torture {

namespace {

struct rule_words {
  std::string_view name;
  std::string_view promise;
};

constexpr std::array<rule_words, rules_count> all_words{
  {{"nobody_wrote_it", "what is read was written by somebody before"},
   {"two_values", "a version has one value"},
   {"went_back", "epoch and version never go back for a reader"},
   {"shown_as_empty", "what has a value is never shown as empty"},
   {"flush_lost", "an acknowledged flush is never lost"},
   {"read_went_back", "linearizable reads see what was read before them"},
   {"commit_lost", "what is told committed stays"},
   {"stores_out_of_order", "a store comes after all that was safe before it"},
   {"version_given_again", "the version of a safe value is never given again"},
   {"durable_flush_lost", "what was flushed to disk outlives all nodes"},
   {"began_empty", "a region begins empty only when a majority of its "
                   "replicas lost their memory"},
   {"not_readable", "when all nodes are well, all can be read"},
   {"node_ended", "a node ends when it is told to, and only then"},
   {"not_served", "flushes are acknowledged while a majority is well"},
   {"not_whole", "a node that is well again gets what it missed"}}};

const rule_words& words_of(rule broken) noexcept {
  return all_words[static_cast<std::size_t>(broken)];
}

} // namespace

std::string_view name_of(rule broken) noexcept {
  return words_of(broken).name;
}

std::string_view promise_of(rule broken) noexcept {
  return words_of(broken).promise;
}

void findings::add(rule broken, std::string text,
                   std::initializer_list<const record*> proof) {
  auto& count = counts_[static_cast<std::size_t>(broken)];
  if (++count > most_)
    return;
  finding made{broken, std::move(text), {}};
  for (const auto* each : proof)
    if (each != nullptr)
      made.proof.push_back(*each);
  kept_.push_back(std::move(made));
}

std::uint64_t findings::count() const noexcept {
  return std::accumulate(std::begin(counts_), std::end(counts_),
                         std::uint64_t{0});
}

std::string text_of(const finding& what, std::int64_t origin_ns) {
  std::string text{name_of(what.broken)};
  text += ": ";
  text += what.text;
  text += "\n  promised: ";
  text += promise_of(what.broken);
  for (const auto& each : what.proof)
    text += "\n  " + text_of(each, origin_ns);
  return text + "\n";
}

} // namespace holdfast::torture
