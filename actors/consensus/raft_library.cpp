#include "actors/consensus/raft_library.hpp"

#include "actors/consensus/raft_values.hpp"

#include <cassert>
#include <cstring>

namespace holdfast::consensus {

namespace {

raft_event event_at(instant now, raft_event_type type) {
  raft_event event;
  std::memset(&event, 0, sizeof event);
  event.time = static_cast<raft_time>(now.count());
  event.type = type;
  event.capacity = unlimited;
  return event;
}

raft_snapshot_metadata metadata_of(const snapshot& base) {
  raft_snapshot_metadata result{};
  result.index = base.index;
  result.term = base.term;
  result.configuration = configuration_of(base.members);
  result.configuration_index = base.membership_index;
  return result;
}

void take_entries(step_result& result, const raft_update& update) {
  result.put_from = update.entries.index;
  for (unsigned i = 0; i < update.entries.n; ++i) {
    const auto& from = update.entries.batch[i];
    result.put.push_back({from.term, kind_of(from.type)});
  }
  raft_free(update.entries.batch[0].batch);
}

/// The library made a step: what it asks for, as values.
step_result run(raft& library, raft_event& event) {
  raft_update update;
  std::memset(&update, 0, sizeof update);
  step_result result;
  result.error = raft_step(&library, &event, &update);
  if (result.error != 0)
    return result;
  const auto flags = update.flags;
  result.ballot = (flags & (RAFT_UPDATE_CURRENT_TERM)) != 0
                  || (flags & (RAFT_UPDATE_VOTED_FOR)) != 0;
  if ((flags & (RAFT_UPDATE_ENTRIES)) != 0)
    take_entries(result, update);
  if ((flags & (RAFT_UPDATE_SNAPSHOT)) != 0) {
    result.install = true;
    raft_configuration_close(&update.snapshot.metadata.configuration);
    raft_free(update.snapshot.chunk.base);
  }
  if ((flags & (RAFT_UPDATE_MESSAGES)) != 0)
    for (unsigned i = 0; i < update.messages.n; ++i)
      result.messages.push_back({update.messages.batch[i].server_id,
                                 content_of(update.messages.batch[i])});
  return result;
}

} // namespace

void raft_library::closer::operator()(raft* owned) const {
  raft_close(owned, nullptr);
  delete owned;
}

raft_library::raft_library(const library_options& options) {
  auto made = std::make_unique<raft>();
  std::memset(made.get(), 0, sizeof *made);
  [[maybe_unused]] const int failed
    = raft_init(made.get(), nullptr, nullptr, options.self,
                std::to_string(options.self).c_str());
  assert(failed == 0);
  raft_.reset(made.release());
  raft_seed(raft_.get(), options.seed);
  raft_set_heartbeat_timeout(raft_.get(),
                             static_cast<unsigned>(options.heartbeat.count()));
  raft_set_install_snapshot_timeout(
    raft_.get(), static_cast<unsigned>(options.install_timeout.count()));
  raft_set_max_inflight_entries(raft_.get(), options.inflight_entries_max);
  raft_set_pre_vote(raft_.get(), options.pre_vote);
  set_election_timeout(options.election_timeout);
}

step_result raft_library::start(const stored_log& stored, instant now) {
  auto event = event_at(now, RAFT_START);
  raft_snapshot_metadata metadata{};
  event.start.term = stored.vote.term;
  event.start.voted_for = stored.vote.voted_for;
  if (stored.base) {
    metadata = metadata_of(*stored.base);
    event.start.metadata = &metadata;
  }
  entry_batch batch{stored.entries};
  event.start.start_index = stored.first;
  event.start.entries = batch.entries();
  event.start.n_entries = batch.count();
  return run(*raft_, event);
}

step_result raft_library::receive(const message& from_peer, instant now) {
  const auto* append = std::get_if<append_request>(&from_peer.content);
  std::optional<entry_batch> batch;
  if (append != nullptr && !append->entries.empty())
    batch.emplace(append->entries);
  auto message = message_of(from_peer, batch ? &*batch : nullptr);
  auto event = event_at(now, RAFT_RECEIVE);
  event.receive.message = &message;
  if (batch)
    batch->release();
  return run(*raft_, event);
}

step_result raft_library::receive_as_voter(const message& from_peer,
                                           instant now) {
  assert(state() != library_state::leader);
  // All that it asks of the configuration in this step is our own role.
  auto own = configuration_of({{{raft_->id, "", member_role::voter}}});
  std::swap(raft_->configuration, own);
  auto result = receive(from_peer, now);
  std::swap(raft_->configuration, own);
  raft_configuration_close(&own);
  return result;
}

step_result raft_library::persisted_entries(log_index last, instant now) {
  auto event = event_at(now, RAFT_PERSISTED_ENTRIES);
  event.persisted_entries.index = last;
  return run(*raft_, event);
}

step_result raft_library::persisted_snapshot(const snapshot& base,
                                             instant now) {
  auto event = event_at(now, RAFT_PERSISTED_SNAPSHOT);
  event.persisted_snapshot.metadata = metadata_of(base);
  event.persisted_snapshot.last = true;
  return run(*raft_, event);
}

step_result raft_library::committed_change(log_index index,
                                           const membership& members,
                                           instant now) {
  auto event = event_at(now, RAFT_CONFIGURATION);
  event.configuration.index = index;
  event.configuration.conf = configuration_of(members);
  return run(*raft_, event);
}

step_result raft_library::took_snapshot(const snapshot& base,
                                        log_index trailing, instant now) {
  auto event = event_at(now, RAFT_SNAPSHOT);
  event.snapshot.metadata = metadata_of(base);
  event.snapshot.trailing = static_cast<unsigned>(trailing);
  return run(*raft_, event);
}

step_result raft_library::time_out(instant now) {
  auto event = event_at(now, RAFT_TIMEOUT);
  return run(*raft_, event);
}

step_result raft_library::submit(const std::vector<entry>& entries,
                                 instant now) {
  entry_batch batch{entries};
  auto event = event_at(now, RAFT_SUBMIT);
  event.submit.entries = batch.entries();
  event.submit.n = batch.count();
  auto result = run(*raft_, event);
  if (result.error == 0)
    batch.release(); // freed with the update
  return result;
}

step_result raft_library::transfer(node_id to, instant now) {
  auto event = event_at(now, RAFT_TRANSFER);
  event.transfer.server_id = to;
  return run(*raft_, event);
}

void raft_library::begin_term() {
  raft_->current_term += 1;
  raft_->voted_for = raft_->id;
  raft_->follower_state.match = 0;
}

void raft_library::forget_leader() {
  assert(state() == library_state::follower);
  auto& leader = raft_->follower_state.current_leader;
  raft_free(leader.address);
  leader.address = nullptr;
  leader.id = 0;
}

void raft_library::set_election_timeout(std::chrono::milliseconds timeout) {
  raft_set_election_timeout(raft_.get(),
                            static_cast<unsigned>(timeout.count()));
}

void raft_library::forget_open_change() {
  raft_->configuration_uncommitted_index = 0;
}

library_state raft_library::state() const {
  switch (raft_state(raft_.get())) {
  case RAFT_LEADER:
    return library_state::leader;
  case RAFT_CANDIDATE:
    return library_state::candidate;
  default:
    return library_state::follower;
  }
}

term_number raft_library::term() const {
  return raft_current_term(raft_.get());
}

node_id raft_library::voted_for() const {
  return raft_voted_for(raft_.get());
}

node_id raft_library::leader() const {
  switch (state()) {
  case library_state::leader:
    return raft_->id;
  case library_state::follower:
    return raft_->follower_state.current_leader.id;
  case library_state::candidate:
    break;
  }
  return 0;
}

log_index raft_library::commit_index() const {
  return raft_commit_index(raft_.get());
}

log_index raft_library::last_stored() const {
  return raft_->last_stored;
}

log_index raft_library::committed_change_index() const {
  return raft_->configuration_committed_index;
}

log_index raft_library::open_change_index() const {
  return raft_->configuration_uncommitted_index;
}

bool raft_library::is_installing() const {
  return raft_->snapshot.installing;
}

node_id raft_library::transferee() const {
  return raft_transferee(raft_.get());
}

instant raft_library::timeout() const {
  return instant{static_cast<instant::rep>(raft_timeout(raft_.get()))};
}

std::optional<log_index> raft_library::match_index(node_id id) const {
  raft_index index = 0;
  if (raft_match_index(raft_.get(), id, &index) != 0)
    return std::nullopt;
  return index;
}

const char* library_error(int code) {
  return raft_strerror(code);
}

} // namespace holdfast::consensus
