#include "tests/simulation/promises.hpp"

namespace holdfast::simulation {

using namespace consensus;

namespace {

/// The term that the speaker must be in; 0: a pre-vote, which only supposes
/// one, or the grant of such.
struct term_meant {
  term_number operator()(const vote_request& said) const {
    return said.pre_vote ? 0 : said.term;
  }

  term_number operator()(const vote_result& said) const {
    return said.pre_vote && said.granted ? 0 : said.term;
  }

  template <class Other>
  term_number operator()(const Other& said) const {
    return said.term;
  }
};

std::string by(const message& said) {
  return "node " + std::to_string(said.from);
}

} // namespace

log_index last_on(const stored_log& disk) {
  return disk.first + disk.entries.size() - 1;
}

term_number last_term_on(const stored_log& disk) {
  return term_on(disk, last_on(disk));
}

term_number term_on(const stored_log& disk, log_index index) {
  if (index >= disk.first && index <= last_on(disk))
    return disk.entries[index - disk.first].term;
  return disk.base && disk.base->index == index ? disk.base->term : 0;
}

std::string promises::says(const message& said, const stored_log& disk) {
  const auto term = std::visit(term_meant{}, said.content);
  if (term > disk.vote.term)
    return by(said) + " speaks in term " + std::to_string(term)
           + ", which its disk does not know";
  if (const auto* append = std::get_if<append_request>(&said.content))
    leads(*append);
  else if (const auto* install = std::get_if<install_request>(&said.content))
    leads(*install);
  else if (const auto* result = std::get_if<append_result>(&said.content))
    if (auto wrong = holds(*result, disk); !wrong.empty())
      return by(said) + wrong;
  return {};
}

void promises::leads(const append_request& said) {
  auto& log = led_[said.term];
  auto index = said.previous_index;
  log.try_emplace(index, said.previous_term);
  for (const auto& one : said.entries)
    log.try_emplace(++index, one.term);
}

void promises::leads(const install_request& said) {
  led_[said.term].try_emplace(said.base.index, said.base.term);
}

/// Accepted: it is on the disk, as the leader has it. A disk that is in a later
/// term may have replaced it since, and one whose snapshot is newer has dropped
/// it.
std::string promises::holds(const append_result& said,
                            const stored_log& disk) const {
  const auto log = led_.find(said.term);
  if (said.rejected != 0 || log == led_.end() || disk.vote.term != said.term
      || (disk.base && disk.base->index >= said.last_index))
    return {};
  const auto wanted = log->second.find(said.last_index);
  if (wanted == log->second.end()
      || term_on(disk, said.last_index) == wanted->second)
    return {};
  return " accepts up to " + std::to_string(said.last_index)
         + ", which is not on its disk";
}

} // namespace holdfast::simulation
