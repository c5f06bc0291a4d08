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

} // namespace

evidence::evidence(const history& of) : all_{&of}, origin_{of.origin()} {
  note_writes();
  note_observations();
  note_resets();
  for (const auto& client : of.clients)
    note_acknowledged(client);
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

std::size_t evidence::era_of(std::uint64_t epoch) const noexcept {
  const auto after
    = std::upper_bound(resets_.begin(), resets_.end(), epoch,
                       [](std::uint64_t sought, const record* one) {
                         return sought < one->epoch;
                       });
  return static_cast<std::size_t>(after - resets_.begin());
}

/// A flush speaks for all that was stored through the same mapping before:
/// since the last one that was acknowledged, or since the client gave up what
/// others left in doubt.
void evidence::note_acknowledged(const client_records& client) {
  std::vector<const record*> pending;
  std::uint32_t mapping = 0;
  for (const auto& each : client) {
    if (each.mapping != mapping)
      pending.clear();
    mapping = each.mapping;
    if (each.stored())
      pending.push_back(&each);
    const bool speaks
      = each.kind == record_kind::flush && each.outcome == record_outcome::ok;
    if (speaks)
      for (const auto* store : pending)
        acknowledged_.push_back({store, &each});
    if (speaks || each.kind == record_kind::forget)
      pending.clear();
  }
}

} // namespace holdfast::torture
