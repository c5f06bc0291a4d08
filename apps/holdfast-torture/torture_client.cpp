#include "apps/holdfast-torture/torture_client.hpp"

#include "apps/holdfast-torture/boot_time.hpp"
#include "apps/holdfast-torture/defaults.hpp"
#include "apps/holdfast-torture/names.hpp"
#include "apps/processes/interruption.hpp"
#include "shm/wait.hpp"

#include <utility>

namespace holdfast::torture {

namespace {

using shm::errc;

record_freshness freshness_of(const shm::region_view& region) noexcept {
  switch (region.freshness_now().kind) {
  case shm::freshness_kind::fresh:
    return record_freshness::fresh;
  case shm::freshness_kind::stale:
    return record_freshness::stale;
  case shm::freshness_kind::orphaned:
    return record_freshness::orphaned;
  }
  return record_freshness::none;
}

record_outcome outcome_of_store(errc code) noexcept {
  switch (code) {
  case errc::no_right:
  case errc::contended:
    return record_outcome::rejected;
  case errc::fenced:
    return record_outcome::fenced;
  default:
    return record_outcome::unknown;
  }
}

record_outcome outcome_of_flush(errc code) noexcept {
  switch (code) {
  case errc::fenced:
    return record_outcome::fenced;
  case errc::overloaded:
    return record_outcome::rejected;
  default:
    return record_outcome::unknown;
  }
}

bool tells_the_same(const record& one, const record& other) noexcept {
  return one.outcome == other.outcome && one.value == other.value
         && one.version == other.version && one.epoch == other.epoch
         && one.told_committed() == other.told_committed()
         && one.freshness == other.freshness && one.flags == other.flags;
}

} // namespace

client::connect_options door(const std::string& socket,
                             std::chrono::milliseconds patience) {
  client::connect_options made;
  made.socket = socket;
  made.tenant = tenant_name;
  made.client = "holdfast-torture";
  made.patience = patience;
  return made;
}

torture_client::torture_client(std::string socket, const std::string& history,
                               std::uint32_t id, std::uint32_t node,
                               std::uint32_t variables)
  : socket_{std::move(socket)},
    id_{id},
    node_{node},
    variable_count_{variables},
    history_{history, id} {
  // nop
}

// -- attaching
// ------------------------------------------------------------------

bool torture_client::attach(shm::access wanted) {
  detach();
  const auto began = now_ns();
  auto made = client::connection::connect_and_attach(
    door(socket_, defaults::client_patience), region_name, wanted);
  if (!made)
    return false;
  line_.emplace(std::move(made.assume_value().node));
  region_.emplace(std::move(made.assume_value().region));
  for (std::uint32_t i = 0; i < variable_count_; ++i) {
    auto found = region_->find<torture_value>(variable_name(i));
    if (!found) {
      detach();
      return false;
    }
    variables_.push_back(std::move(found).assume_value());
  }
  seen_.resize(variable_count_);
  ++mapping_;
  auto attached = begin(record_kind::attach, every_variable);
  attached.begin_ns = began;
  end(attached, record_outcome::ok);
  history_.note(attached);
  note_resets();
  return true;
}

void torture_client::detach() {
  variables_.clear();
  seen_.clear();
  region_.reset();
  line_.reset();
  unserved_since_ = 0;
  doubtful_ = 0;
}

bool torture_client::attached() {
  if (!region_)
    return false;
  using shm::layout::region_state;
  const auto state = region_->attached()->state();
  if (state == region_state::active)
    unserved_since_ = 0;
  else if (unserved_since_ == 0)
    unserved_since_ = now_ns();
  const auto longest = std::chrono::nanoseconds{defaults::unserved_max}.count();
  const bool given_up
    = unserved_since_ != 0 && now_ns() - unserved_since_ > longest;
  if (state != region_state::moved && state != region_state::revoked
      && !given_up && line_->alive())
    return true;
  detach();
  return false;
}

bool torture_client::at_home() const noexcept {
  if (!region_ || region_->home() != node_)
    return false;
  const auto role
    = region_->attached()->control().role.load(std::memory_order_acquire);
  return role == static_cast<std::uint32_t>(shm::layout::region_role::home);
}

/// A home that is yet to take over what others hold is fenced.
bool torture_client::serves() const noexcept {
  return at_home()
         && region_->attached()->state() == shm::layout::region_state::active;
}

void torture_client::note_resets() {
  const auto told
    = line_->call("region", {{"region", std::string{region_name}}});
  if (!told)
    return;
  const auto empty = wire::number_or(told.assume_value(), "began_empty", 0);
  if (empty <= std::exchange(began_empty_, std::max(began_empty_, empty)))
    return;
  auto made = begin(record_kind::reset, every_variable);
  end(made, record_outcome::ok);
  made.epoch = made.epoch_before = empty;
  history_.note(made);
}

// -- recording
// --------------------------------------------------------------------

record torture_client::begin(record_kind kind, std::uint32_t variable) const {
  record made;
  made.kind = kind;
  made.mapping = mapping_;
  made.node = node_;
  made.variable = variable;
  made.epoch_before = region_ ? region_->epoch() : 0;
  made.flags = serves() ? flag_at_home : 0;
  made.begin_ns = now_ns();
  return made;
}

void torture_client::end(record& what, record_outcome outcome) const {
  what.outcome = outcome;
  what.freshness
    = region_ ? freshness_of(*region_) : record_freshness::orphaned;
  if (what.epoch == 0)
    what.epoch = region_ ? region_->epoch() : 0;
  if (!serves())
    what.flags &= static_cast<std::uint8_t>(~flag_at_home);
  if (line_ && line_->alive())
    what.flags |= flag_connected;
  what.end_ns = now_ns();
}

// -- operations
// -------------------------------------------------------------------

record_outcome torture_client::store(std::uint32_t variable) {
  auto made = begin(record_kind::store, variable);
  made.value = value_of(id_, ++last_value_);
  history_.begin(made);
  const auto stored
    = variables_[variable].store(torture_value::of(made.value, variable));
  if (stored)
    made.version = stored.assume_value();
  end(made,
      stored ? record_outcome::ok : outcome_of_store(stored.assume_error()));
  history_.end(made);
  return made.outcome;
}

record_outcome torture_client::flush(client::durability wanted) {
  auto made = begin(record_kind::flush, every_variable);
  made.value = value_of(id_, last_value_);
  made.flags |= wanted == client::durability::disk ? flag_durable : 0;
  history_.begin(made);
  const auto flushed = line_->flush(*region_, wanted);
  end(made, flushed ? record_outcome::ok
                    : outcome_of_flush(flushed.assume_error().code));
  history_.end(made);
  if (made.outcome != record_outcome::unknown)
    doubtful_ = 0;
  else if (++doubtful_ == defaults::doubtful_max)
    give_up_doubt();
  return made.outcome;
}

/// What was stored may be gone: no flush would end well any more.
void torture_client::give_up_doubt() {
  region_->forget_doubt();
  doubtful_ = 0;
  auto made = begin(record_kind::forget, every_variable);
  end(made, record_outcome::ok);
  history_.note(made);
}

/// What is committed is asked for first: a value that a newer home discards
/// may have a lower version than what is committed then.
record torture_client::look(record_kind kind, std::uint32_t variable) const {
  const auto& from = variables_[variable];
  auto made = begin(kind, variable);
  made.committed = from.committed_version();
  const auto found = from.read();
  if (!found) {
    end(made, found.assume_error() == errc::no_value ? record_outcome::no_value
                                                     : record_outcome::failed);
    return made;
  }
  const auto& read = found.assume_value();
  made.value = read.value.value;
  made.version = read.version;
  made.epoch = read.epoch;
  end(made, read.value.is_whole(variable) ? record_outcome::ok
                                          : record_outcome::garbled);
  return made;
}

record_outcome torture_client::read(std::uint32_t variable,
                                    std::chrono::nanoseconds quiet) {
  const auto made = look(record_kind::read, variable);
  auto& [last, version] = seen_[variable];
  version = made.version;
  if (tells_the_same(last, made) && made.end_ns - last.end_ns < quiet.count())
    return made.outcome;
  history_.note(made);
  last = made;
  return made.outcome;
}

record_outcome torture_client::confirmed_read(std::uint32_t variable,
                                              std::chrono::nanoseconds pause) {
  auto made = look(record_kind::confirmed_read, variable);
  const bool told = made.outcome == record_outcome::ok
                    || made.outcome == record_outcome::no_value;
  processes::rest(pause);
  if (told && !line_->confirm(*region_, made.epoch))
    made.outcome = record_outcome::failed;
  made.end_ns = now_ns();
  history_.note(made);
  return made.outcome;
}

record_outcome torture_client::final_read(std::uint32_t variable) {
  auto made = region_ ? look(record_kind::final_read, variable)
                      : begin(record_kind::final_read, variable);
  if (!region_)
    end(made, record_outcome::failed);
  history_.note(made);
  return made.outcome;
}

void torture_client::wait_for_change(shm::futex::deadline until) {
  std::vector<shm::watched> all;
  for (std::size_t i = 0; i < variables_.size(); ++i)
    all.push_back(variables_[i].watch_since(seen_[i].version));
  static_cast<void>(shm::wait_for_any(all, until));
}

} // namespace holdfast::torture
