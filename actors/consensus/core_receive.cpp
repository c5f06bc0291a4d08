// What a core does with what it hears.
#include "actors/consensus/core.hpp"
#include "actors/consensus/membership.hpp"

namespace holdfast::consensus {

namespace {

/// The term of what only a leader says; 0: anybody may say it.
term_number led_term(const body& said) {
  if (const auto* append = std::get_if<append_request>(&said))
    return append->term;
  const auto* install = std::get_if<install_request>(&said);
  return install != nullptr ? install->term : 0;
}

/// The library answers a leader of an older term without saying how far: a
/// number that was left in its memory, and for a snapshot and the first entries
/// it reads as accepted. Who leads by now in the term of the answer would count
/// it. So nothing is accepted by such an answer, and no more is refused than
/// what was asked.
void accept_nothing(step_result& made) {
  for (auto& one : made.messages)
    if (auto* result = std::get_if<append_result>(&one.content))
      result->last_index = result->rejected > 0 ? result->rejected - 1 : 0;
}

} // namespace

actions core::receive(message heard, instant now) {
  advance(now);
  if (failed_ || !listens_to(heard))
    return settled();
  if (auto* append = std::get_if<append_request>(&heard.content);
      append != nullptr && !options_.broken.refuse_replaced)
    skip_replaced(*append, log_);
  std::vector<message> parts;
  if (options_.broken.changes_in_mid_batch)
    parts.push_back(std::move(heard));
  else
    parts = with_changes_first(std::move(heard));
  for (const auto& part : parts) {
    if (failed_ || !fits_state(part))
      break;
    deliver(part);
    if (!failed_)
      settle();
  }
  return settled();
}

bool core::listens_to(const message& heard) {
  const auto& broken = options_.broken;
  if (heard.to != options_.self || !is_well_formed(heard, options_.bounds)) {
    refuse(heard.from, refused_message::reason::malformed);
    return false;
  }
  // Rule 16: whose first membership differs is of another cluster.
  if (heard.cluster != options_.cluster && !broken.foreign_cluster) {
    refuse(heard.from, refused_message::reason::other_cluster);
    return false;
  }
  // Rule 17: an answer to the other node of our id.
  if (heard.to_database != 0 && heard.to_database != options_.who.database
      && !broken.foreign_database) {
    refuse(heard.from, refused_message::reason::other_database);
    return false;
  }
  if (broken.unordered_links)
    return true;
  const bool first = !listening_.knows(heard.from);
  const auto order = listening_.hear(heard.from, heard.who, heard.sequence);
  if (order == listening_order::verdict::other_database
      && !broken.foreign_database) {
    refuse(heard.from, refused_message::reason::other_database);
    return false;
  }
  if (first)
    out_.met.push_back({heard.from, heard.who.database});
  return order != listening_order::verdict::too_late;
}

/// What the library would take wrongly in the state it is in.
bool core::fits_state(const message& heard) {
  const auto& said = heard.content;
  if (std::holds_alternative<vote_result>(said))
    // It would read the fields of a candidate, whatever it is.
    return library_.state() == library_state::candidate;
  if (const auto* result = std::get_if<append_result>(&said))
    return options_.broken.stale_rejections
           || !is_stale_rejection(*result, library_.term(),
                                  library_.match_index(heard.from));
  const auto* append = std::get_if<append_request>(&said);
  const auto* install = std::get_if<install_request>(&said);
  if (append == nullptr && install == nullptr)
    return true;
  if (install != nullptr && library_.is_installing())
    return false; // it would lose the memory; the leader asks again
  if (library_.state() == library_state::leader
      && (append != nullptr ? append->term : install->term)
           == library_.term()) {
    refuse(heard.from, refused_message::reason::second_leader);
    return false;
  }
  return true;
}

void core::refuse(node_id from, refused_message::reason why) {
  out_.refused.push_back({from, why});
}

void core::deliver(const message& heard) {
  const std::vector<entry> none;
  const auto* append = std::get_if<append_request>(&heard.content);
  const auto* install = std::get_if<install_request>(&heard.content);
  if (append != nullptr && !options_.broken.forget_change_before) {
    const auto told
      = change_told_before(*append, log_, library_.open_change_index());
    if (told != 0
        && !absorb(library_.committed_change(
                     told, *log_.membership_at(told).second, now_),
                   none, 0, nullptr))
      return;
  }
  const bool asks_learner = std::holds_alternative<vote_request>(heard.content)
                            && !votes()
                            && library_.state() == library_state::follower
                            && !options_.broken.learners_refuse_votes;
  const bool is_late
    = led_term(heard.content) != 0 && led_term(heard.content) < library_.term();
  auto made = asks_learner ? library_.receive_as_voter(heard, now_)
                           : library_.receive(heard, now_);
  if (is_late)
    accept_nothing(made);
  if (!absorb(made, append != nullptr ? append->entries : none,
              append != nullptr ? append->previous_index + 1 : 0,
              install != nullptr ? &install->base : nullptr))
    return;
  note_contact(heard);
}

void core::note_contact(const message& heard) {
  if (const auto* result = std::get_if<append_result>(&heard.content)) {
    if (result->term == library_.term()
        && library_.state() == library_state::leader)
      contact_[heard.from] = now_;
    return;
  }
  const auto* append = std::get_if<append_request>(&heard.content);
  const auto* install = std::get_if<install_request>(&heard.content);
  if (append == nullptr && install == nullptr)
    return;
  const auto term = append != nullptr ? append->term : install->term;
  if (term != library_.term() || library_.leader() != heard.from)
    return;
  leader_term_ = term;
  // Alive after all: the proof was false.
  if (hurry_ && hurry_->dead == heard.from)
    end_hurry();
}

} // namespace holdfast::consensus
