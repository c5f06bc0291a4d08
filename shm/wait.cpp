#include "shm/wait.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace holdfast::shm {

namespace {

using attachments = std::vector<attachment*>;

attachments regions_of(std::span<const watched> variables) {
  attachments found;
  for (const auto& variable : variables)
    if (std::find(found.begin(), found.end(), variable.in) == found.end())
      found.push_back(variable.in);
  return found;
}

// Each process tells the node once per scope: from then on writers wake us.
errc register_watcher(attachment& in, watch_scope scope) {
  const auto bit = static_cast<std::uint8_t>(scope);
  if ((in.watching.load(std::memory_order_acquire) & bit) != 0 || !in.watch)
    return errc::ok;
  if (auto told = in.watch(scope); !told)
    return told.assume_error().code;
  in.watching.fetch_or(bit, std::memory_order_release);
  return errc::ok;
}

struct verdict {
  errc code = errc::ok; // ok with no index: keep sleeping
  std::optional<std::size_t> index;
};

verdict look(std::span<const watched> variables) {
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto& [in, at, since] = variables[i];
    if (in->state() != layout::region_state::active)
      return {errc::fenced, {}};
    if (at->removed())
      return {errc::removed, {}};
    // N2: read after the sleepers' words were noted. Pairs with N1.
    const auto latest = at->head->latest.load(std::memory_order_seq_cst);
    if (latest != since && latest != 0)
      return {errc::ok, i};
  }
  return {};
}

// The words to sleep on, noted before look(): a change after that makes the
// kernel refuse to sleep.
std::vector<futex::expected_word> words_of(std::span<const watched> variables,
                                           const attachments& regions,
                                           watch_scope scope) {
  std::vector<futex::expected_word> words;
  if (scope == watch_scope::region) {
    const auto* change = &regions.front()->map.data->change;
    words.push_back({change, change->load(std::memory_order_seq_cst)});
    return words;
  }
  for (const auto* region : regions) {
    const auto* event = &region->control().event;
    words.push_back({event, event->load(std::memory_order_seq_cst)});
  }
  for (const auto& variable : variables) {
    const auto& latest = variable.at->head->latest;
    words.push_back({&latest, static_cast<std::uint32_t>(
                                latest.load(std::memory_order_seq_cst))});
  }
  return words;
}

futex::outcome sleep_on(std::span<const futex::expected_word> words,
                        futex::deadline until) {
  return words.size() == 1 ? futex::wait(words.front(), until)
                           : futex::wait_for_any(words, until);
}

} // namespace

quick_result<std::size_t> wait_for_any(std::span<const watched> variables,
                                       futex::deadline until, wait_path path) {
  if (variables.empty() || variables.size() > limits::variables_max)
    return errc::bad_argument;
  const auto regions = regions_of(variables);
  const bool fits = variables.size() + regions.size() <= limits::wait_words_max;
  const bool each_word
    = fits && path == wait_path::best && futex::can_wait_for_many();
  if (!each_word && regions.size() > 1)
    return errc::bad_argument;
  const auto scope = each_word ? watch_scope::variable : watch_scope::region;
  for (auto* region : regions)
    if (const auto told = register_watcher(*region, scope); told != errc::ok)
      return told;
  for (auto slept = futex::outcome::woken;;) {
    const auto words = words_of(variables, regions, scope);
    const auto [code, index] = look(variables);
    if (index)
      return *index;
    if (code != errc::ok)
      return code;
    if (slept == futex::outcome::timeout)
      return errc::timeout;
    slept = sleep_on(words, until);
  }
}

} // namespace holdfast::shm
