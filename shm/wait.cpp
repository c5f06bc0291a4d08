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

using expected_words = std::span<const futex::expected_word>;

std::uint32_t value_of(const futex::expected_word& word) noexcept {
  return static_cast<const layout::half_word*>(word.address)
    ->load(std::memory_order_seq_cst);
}

verdict look(std::span<const watched> variables, expected_words others) {
  for (std::size_t i = 0; i < others.size(); ++i)
    if (value_of(others[i]) != others[i].value)
      return {errc::ok, variables.size() + i};
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
                                           expected_words others,
                                           watch_scope scope) {
  std::vector<futex::expected_word> words{others.begin(), others.end()};
  const auto note = [&words](const auto* word) {
    words.push_back({word, static_cast<std::uint32_t>(
                             word->load(std::memory_order_seq_cst))});
  };
  for (const auto* region : regions)
    note(scope == watch_scope::region ? &region->map.data->change
                                      : &region->control().event);
  if (scope == watch_scope::variable)
    for (const auto& variable : variables)
      note(&variable.at->head->latest);
  return words;
}

futex::outcome sleep_on(expected_words words, futex::deadline until,
                        bool many_at_once) {
  if (words.size() == 1)
    return futex::wait(words.front(), until);
  if (many_at_once)
    return futex::wait_for_any(words, until);
  const auto next_look = std::chrono::steady_clock::now() + limits::wait_slice;
  if (until <= next_look)
    return futex::wait(words.front(), until);
  futex::wait(words.front(), next_look);
  return futex::outcome::woken;
}

} // namespace

quick_result<std::size_t> wait_for_any(std::span<const watched> variables,
                                       expected_words others,
                                       futex::deadline until, wait_path path) {
  const auto regions = regions_of(variables);
  const auto fewest = regions.size() + others.size();
  if (variables.size() > limits::variables_max || fewest == 0
      || fewest > limits::wait_words_max)
    return errc::bad_argument;
  const bool many_at_once
    = path == wait_path::best && futex::can_wait_for_many();
  const bool each_word
    = many_at_once && fewest + variables.size() <= limits::wait_words_max;
  const auto scope = each_word ? watch_scope::variable : watch_scope::region;
  for (auto* region : regions)
    if (const auto told = register_watcher(*region, scope); told != errc::ok)
      return told;
  for (auto slept = futex::outcome::woken;;) {
    const auto words = words_of(variables, regions, others, scope);
    const auto [code, index] = look(variables, others);
    if (index)
      return *index;
    if (code != errc::ok)
      return code;
    if (slept == futex::outcome::timeout)
      return errc::timeout;
    slept = sleep_on(words, until, many_at_once);
    // Where words change faster than we get to sleep on them, the kernel never
    // comes to look at the deadline.
    if (futex::deadline::clock::now() >= until)
      slept = futex::outcome::timeout;
  }
}

} // namespace holdfast::shm
