#include "apps/holdfast-torture/checker/evidence.hpp"

#include <algorithm>
#include <limits>

namespace holdfast::torture {

namespace {

constexpr auto end_of_time = std::numeric_limits<std::uint64_t>::max();

/// What the store itself tells.
written first_account(const record& store) {
  written made{store.value, &store, {}, {}};
  if (store.stored()) {
    made.low = {store.epoch_before, store.version};
    made.high = {store.epoch, store.version};
  } else {
    made.low = {store.epoch_before, 1};
    made.high = {end_of_time, end_of_time};
  }
  return made;
}

/// What that record says of the epochs until then.
std::uint64_t epoch_until(const record& of, std::int64_t then) noexcept {
  if (of.state == state_ended && of.end_ns <= then)
    return std::max(of.epoch_before, of.epoch);
  return of.begin_ns <= then ? of.epoch_before : 0;
}

} // namespace

evidence::evidence(const history& of) : all_{&of}, origin_{of.origin()} {
  note_writes();
  note_observations();
  note_resets();
  note_losses();
  for (const auto& client : of.clients) {
    note_acknowledged(client, kept_in::memory, acknowledged_);
    note_acknowledged(client, kept_in::disk, on_disk_);
  }
}

void evidence::note_writes() {
  for (const auto& client : all_->clients)
    for (const auto& each : client)
      if (each.kind == record_kind::store)
        written_.push_back(first_account(each));
  std::sort(
    written_.begin(), written_.end(),
    [](const auto& one, const auto& other) { return one.value < other.value; });
}

const written* evidence::find(std::uint64_t value) const noexcept {
  const auto found = std::lower_bound(
    written_.begin(), written_.end(), value,
    [](const auto& one, std::uint64_t sought) { return one.value < sought; });
  return found != written_.end() && found->value == value ? &*found : nullptr;
}

/// A value of which the store did not tell was born before anybody saw it.
void evidence::note_observations() {
  for (const auto& client : all_->clients)
    for (const auto& each : client) {
      const auto* of = each.saw_value() ? find(each.value) : nullptr;
      if (of == nullptr || of->store->stored())
        continue;
      auto& born = written_[static_cast<std::size_t>(of - written_.data())];
      born.high = std::min(born.high, {each.epoch, each.version});
    }
}

void evidence::note_resets() {
  for (const auto& client : all_->clients)
    for (const auto& each : client)
      if (each.kind == record_kind::reset)
        resets_.push_back(&each);
  const auto by_epoch = [](const record* one, const record* other) {
    return one->epoch != other->epoch ? one->epoch < other->epoch
                                      : one->begin_ns < other->begin_ns;
  };
  std::sort(resets_.begin(), resets_.end(), by_epoch);
  const auto same = [](const record* one, const record* other) {
    return one->epoch == other->epoch;
  };
  resets_.erase(std::unique(resets_.begin(), resets_.end(), same),
                resets_.end());
}

/// Nodes that start again go on in a newer epoch than any that anybody had seen
/// by then.
void evidence::note_losses() {
  for (const auto& client : all_->clients)
    for (const auto& each : client)
      if (each.kind == record_kind::memory_lost)
        losses_.push_back({&each, 0});
  for (auto& loss : losses_)
    for (const auto& client : all_->clients)
      for (const auto& each : client)
        loss.last_epoch
          = std::max(loss.last_epoch, epoch_until(each, loss.told->begin_ns));
  std::sort(losses_.begin(), losses_.end(),
            [](const memory_loss& one, const memory_loss& other) {
              return one.last_epoch < other.last_epoch;
            });
}

std::size_t evidence::losses_before(std::uint64_t epoch) const noexcept {
  const auto after
    = std::lower_bound(losses_.begin(), losses_.end(), epoch,
                       [](const memory_loss& one, std::uint64_t sought) {
                         return one.last_epoch < sought;
                       });
  return static_cast<std::size_t>(after - losses_.begin());
}

const memory_loss* evidence::loss_after(std::uint64_t epoch) const noexcept {
  const auto at = losses_before(epoch);
  return at < losses_.size() ? &losses_[at] : nullptr;
}

std::size_t evidence::era_of(std::uint64_t epoch,
                             kept_in where) const noexcept {
  const auto after
    = std::upper_bound(resets_.begin(), resets_.end(), epoch,
                       [](std::uint64_t sought, const record* one) {
                         return sought < one->epoch;
                       });
  const auto resets = static_cast<std::size_t>(after - resets_.begin());
  return where == kept_in::disk ? resets : resets + losses_before(epoch);
}

/// A flush speaks for all that was stored through the same mapping before:
/// since the last one that was acknowledged, or since the client gave up what
/// others left in doubt. One to disk speaks for what others had acknowledged in
/// memory, too.
void evidence::note_acknowledged(const client_records& client, kept_in where,
                                 std::vector<acknowledgement>& into) const {
  std::vector<const record*> pending;
  std::uint32_t mapping = 0;
  for (const auto& each : client) {
    if (each.mapping != mapping)
      pending.clear();
    mapping = each.mapping;
    if (each.stored())
      pending.push_back(&each);
    const bool speaks
      = each.flushed() && (each.durable() || where == kept_in::memory);
    if (speaks)
      for (const auto* store : pending)
        into.push_back({store, &each});
    if (speaks || each.kind == record_kind::forget)
      pending.clear();
  }
}

} // namespace holdfast::torture
