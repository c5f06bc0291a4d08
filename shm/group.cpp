#include "shm/group.hpp"

#include "shm/clock.hpp"

#include <algorithm>
#include <array>

namespace holdfast::shm {

namespace {

using layout::lock_word;

// Members in the order of their slots, so that two groups cannot wait for
// each other in a circle.
struct ordered_group {
  std::array<const group_value*, limits::group_variables_max> members{};
  std::size_t count = 0;

  auto begin() const noexcept {
    return members.begin();
  }
  auto end() const noexcept {
    return members.begin() + static_cast<std::ptrdiff_t>(count);
  }
};

const variable_place& place(const group_value* value) noexcept {
  return value->variable->at();
}

errc check(std::span<const group_value> values, ordered_group& group) {
  if (values.empty() || values.size() > limits::group_variables_max)
    return errc::bad_argument;
  const auto& in = values.front().variable->in();
  for (const auto& value : values) {
    if (&value.variable->in() != &in)
      return errc::bad_argument;
    if (value.bytes.size() > value.variable->capacity())
      return errc::too_long;
    group.members[group.count++] = &value;
  }
  const auto by_slot = [](const auto* a, const auto* b) {
    return place(a).slot < place(b).slot;
  };
  std::sort(group.members.begin(),
            group.members.begin() + static_cast<std::ptrdiff_t>(group.count),
            by_slot);
  const auto same = [](const auto* a, const auto* b) {
    return place(a).slot == place(b).slot;
  };
  if (std::adjacent_find(group.begin(), group.end(), same) != group.end())
    return errc::bad_argument;
  return in.writable ? errc::ok : errc::no_right;
}

void release_first(const ordered_group& group, std::size_t count) noexcept {
  for (std::size_t i = 0; i < count; ++i)
    release_lock(place(group.members[i]));
}

errc lock_all(const ordered_group& group, std::uint32_t owner) noexcept {
  for (std::size_t i = 0; i < group.count; ++i)
    if (const auto taken = take_lock(place(group.members[i]), owner);
        taken != errc::ok) {
      release_first(group, i);
      return taken;
    }
  return errc::ok;
}

void fill(const group_value& value) noexcept {
  const auto& at = place(&value);
  const auto next = at.head->latest.load(std::memory_order_relaxed) + 1;
  fill_slot(at, next, [&](layout::word* payload) {
    store_payload(payload, value.bytes.data(), value.bytes.size());
    return value.bytes.size();
  });
}

void publish_all(const ordered_group& group, attachment& in) noexcept {
  // Before W4, which is a release.
  const auto epoch = in.control().epoch.load(std::memory_order_relaxed);
  for (const auto* member : group) {
    const auto& at = place(member);
    // Before the dirty mark, so that whoever drains it sees this, too.
    if (at.head->grouped.load(std::memory_order_relaxed) == 0)
      at.head->grouped.store(1, std::memory_order_relaxed);
    // P1: every member's bit is set before any member is published, and
    // publish() is a release. Pairs with P2.
    at.head->lock.store(lock_word::held(at.generation, in.owner)
                          | lock_word::group_bit,
                        std::memory_order_relaxed);
  }
  for (const auto* member : group) {
    const auto& at = place(member);
    publish(at, at.head->latest.load(std::memory_order_relaxed) + 1);
  }
  for (const auto* member : group)
    announce(in, *place(member).head, place(member).slot);
  release_first(group, group.count);
  in.marks.on_stored(epoch);
}

// One group store at a time in a process: the node tells a half published
// group by the owner in its locks.
class turn {
public:
  explicit turn(std::atomic_flag& flag) noexcept : flag_{flag} {
    while (flag_.test_and_set(std::memory_order_acquire))
      flag_.wait(true, std::memory_order_relaxed);
  }

  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;

  ~turn() {
    flag_.clear(std::memory_order_release);
    flag_.notify_one();
  }

private:
  std::atomic_flag& flag_;
};

using versions = std::array<std::uint64_t, limits::group_variables_max>;

void note_latest(std::span<const group_slot> slots, versions& into) noexcept {
  for (std::size_t i = 0; i < slots.size(); ++i)
    into[i]
      = slots[i].variable->at().head->latest.load(std::memory_order_acquire);
}

bool half_published(std::span<const group_slot> slots) noexcept {
  // P2: whoever saw a published member sees its group bit, or the state after
  // the whole group. Pairs with P1.
  return std::any_of(slots.begin(), slots.end(), [](const auto& slot) {
    return lock_word::in_group(
      slot.variable->at().head->lock.load(std::memory_order_acquire));
  });
}

errc copy_values(std::span<group_slot> slots, attachment& in) noexcept {
  const auto& control = in.control();
  for (auto& slot : slots) {
    std::uint64_t version = 0;
    bool fits = true;
    const auto code
      = read_latest(slot.variable->at(), version,
                    [&](const layout::word* from, std::uint64_t length) {
                      fits = length <= slot.into.size();
                      if (fits)
                        load_payload(slot.into.data(), from, length);
                      slot.length = length;
                    });
    if (code != errc::ok)
      return code;
    if (!fits)
      return errc::too_long;
    slot.stamp
      = {version, control.epoch.load(std::memory_order_relaxed),
         control.lease_end.load(std::memory_order_relaxed), in.state()};
  }
  return errc::ok;
}

bool unchanged(std::span<const group_slot> slots,
               const versions& before) noexcept {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const auto now
      = slots[i].variable->at().head->latest.load(std::memory_order_acquire);
    if (slots[i].stamp.version != before[i] || now != before[i])
      return false;
  }
  return true;
}

errc check(std::span<const group_slot> slots) noexcept {
  if (slots.empty() || slots.size() > limits::group_variables_max)
    return errc::bad_argument;
  const auto& in = slots.front().variable->in();
  const bool one_region
    = std::all_of(slots.begin(), slots.end(), [&](const auto& slot) {
        return &slot.variable->in() == &in;
      });
  return one_region ? errc::ok : errc::bad_argument;
}

} // namespace

quick_result<void> store_group(std::span<const group_value> values) {
  ordered_group group;
  if (const auto checked = check(values, group); checked != errc::ok)
    return checked;
  auto& in = values.front().variable->in();
  const turn mine{in.group_turn};
  if (const auto locked = lock_all(group, in.owner); locked != errc::ok)
    return locked;
  if (in.state() != layout::region_state::active) {
    release_first(group, group.count);
    return errc::fenced;
  }
  for (const auto* member : group)
    fill(*member);
  publish_all(group, in);
  return boost::outcome_v2::success();
}

// Double collect (Afek et al. 1993): if all versions are the same before and
// after the values were copied, there was an instant at which all of them were
// the latest; if no member was in a half published group in between either,
// that instant shows every group whole or not at all.
quick_result<void> read_group(std::span<group_slot> slots) {
  if (const auto checked = check(slots); checked != errc::ok)
    return checked;
  auto& in = slots.front().variable->in();
  const auto until = boot_clock::now() + limits::snapshot_patience;
  versions before{};
  for (int attempt = 0;; ++attempt) {
    note_latest(slots, before);
    if (!half_published(slots)) {
      const auto copied = copy_values(slots, in);
      if (copied != errc::ok && copied != errc::contended)
        return copied;
      if (copied == errc::ok && unchanged(slots, before))
        return boost::outcome_v2::success();
      // Copies may take long; only looks at the group bits are counted.
      if (boot_clock::now() > until)
        return errc::contended;
    }
    if (attempt % limits::spins_before_yield == 0 && boot_clock::now() > until)
      return errc::contended;
    pause(attempt);
  }
}

quick_result<void> group_store::commit() const {
  std::vector<group_value> values;
  values.reserve(members_.size());
  for (const auto& [variable, bytes] : members_)
    values.push_back({&variable, bytes});
  return store_group(values);
}

} // namespace holdfast::shm
