// Any bytes in a region's memory: no call of the client crashes, leaves the
// mapping or hangs, whoever wrote them; nor does a call of the node on what a
// client may write, and nothing that a client wrote outlasts it.
//
// An input is a list of steps: pokes into memory, and calls. Pokes into the
// control object are a lying node, so after one only the client's calls count.
// One lie is left out: more bytes than the objects have. A node that tells it
// can end its clients in simpler ways.
#include "shm/group.hpp"
#include "shm/region.hpp"
#include "tests/fuzz/dying_writer.hpp"
#include "tests/fuzz/fuzzed_region.hpp"
#include "tests/fuzz/input.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <vector>

using namespace holdfast::shm;
using namespace holdfast::fuzz;

namespace {

using layout::variable_kind;

// A region, a client that writes and one that reads, each with a mapping of
// its own, as processes have.
class scene {
public:
  scene() {
    region_options options;
    options.region_id = 7;
    options.tenant = "fuzz";
    options.name = "r";
    options.bytes = options.bytes_max = region_bytes;
    options.variables_max = variables_max;
    owner_ = must(region::create(options));
    free_at_first_ = owner_->status().bytes_free;
    for (const auto& spec : specs())
      must(owner_->add_variable(spec));
    const auto node = owner_->view();
    control_ = reinterpret_cast<std::byte*>(
      const_cast<layout::control_header*>(node.attached()->map.control));
    data_ = reinterpret_cast<std::byte*>(node.attached()->map.data);
    writer_ = must(region_view::attach(grant(holdfast::shm::access::write)));
    reader_ = must(region_view::attach(grant(holdfast::shm::access::read)));
    store_each(writer_);
    large_ = must(writer_.find_bytes("large")).at();
  }

  void step(input& in) {
    switch (in.number(1) % 24) {
    case 0:
    case 1:
      return poke_control(in);
    case 2:
    case 3:
    case 4:
    case 5:
      return poke_data(in);
    case 6:
      return attach_again();
    case 7:
      return list(reader_);
    case 8:
      return read_each(reader_);
    case 9:
      return store_each(writer_);
    case 10:
      return count(writer_, in.number(8));
    case 11:
      return group(writer_);
    case 12:
      return look_at_many(reader_);
    case 13:
      return wait(reader_);
    case 20:
      return store_large(in);
    case 21:
      return poke_large(in);
    case 22:
    case 23:
      return die_together(in);
    default:
      return node_step(in);
    }
  }

  // The clients leave; what they leave behind holds up nobody.
  void finish() {
    if (lied_)
      return;
    owner_->release_client(writer_.attached()->owner);
    owner_->release_client(reader_.attached()->owner);
    const auto next
      = must(region_view::attach(grant(holdfast::shm::access::write)));
    for (const auto& [name, kind, type, capacity] : specs())
      if (const auto found = next.find_any(name))
        if (!forged(found.assume_value(), next.attached()->owner))
          require(found.assume_value().store({}).has_value(),
                  "what a dead client left is free");
    owner_->drain();
    require(owner_->drain() == 0, "one drain takes all");
    owner_->release_client(next.attached()->owner);
    for (const auto& name : owner_->names_after("", variables_max))
      must(owner_->remove_variable(name));
    owner_->settle();
    require(owner_->status().bytes_free == free_at_first_,
            "the bytes of removed variables come back");
  }

private:
  attach_grant grant(holdfast::shm::access wanted) {
    attach_grant granted;
    granted.owner = must(owner_->admit_client());
    granted.control = must(owner_->share_control());
    granted.data = must(owner_->share_data(wanted));
    granted.granted = wanted;
    return granted;
  }

  // -- pokes ------------------------------------------------------------------

  static void poke(std::byte* area, std::uint64_t bytes, input& in,
                   std::size_t offset_bytes = 2) {
    const auto offset = in.number(offset_bytes) % bytes;
    const auto size
      = std::min<std::uint64_t>(in.number(1) % 33, bytes - offset);
    const auto taken = in.take(size);
    std::memcpy(area + offset, taken.data(), taken.size());
  }

  void poke_control(input& in) {
    constexpr std::array starts{std::uint64_t{0}, plan.generations,
                                plan.committed,   plan.index,
                                plan.entries,     plan.control_bytes};
    const auto area = in.number(1) % (starts.size() - 1);
    poke(control_ + starts[area], starts[area + 1] - starts[area], in);
    lied_ = true;
    auto& header = *reinterpret_cast<layout::control_header*>(control_);
    header.data_bytes_max = std::min(header.data_bytes_max, region_bytes);
    // Those that are attached know data_bytes_max and clamp this one.
  }

  void poke_data(input& in) {
    constexpr std::array starts{std::uint64_t{0}, plan.dirty_summary,
                                plan.heads, plan.heap, region_bytes};
    const auto area = in.number(1) % (starts.size() - 1);
    poke(data_ + starts[area], starts[area + 1] - starts[area], in);
  }

  // Into the heads and payloads of the slots that poke_data does not reach.
  void poke_large(input& in) {
    const auto slot = in.number(1) % layout::slots_of(large_bytes);
    poke(large_.slots + slot * large_.stride, large_.stride, in, 3);
  }

  // -- the client's calls -----------------------------------------------------

  void attach_again() {
    attach_grant granted;
    granted.control = must(owner_->share_control());
    granted.data = must(owner_->share_data(holdfast::shm::access::read));
    const auto again = region_view::attach(std::move(granted));
    if (!again)
      return;
    list(again.assume_value());
    read_each(again.assume_value());
  }

  void list(const region_view& in) const {
    const auto all = in.list();
    if (!all)
      return;
    require(all.assume_value().size() <= variables_max, "a bounded list");
    for (const auto& one : all.assume_value()) {
      require(one.offset >= plan.heap
                && one.offset + one.shape.bytes() <= region_bytes,
              "a listed variable lies in the heap");
      (void)in.find_any(one.name);
    }
    (void)in.tenant();
    (void)in.name();
    (void)in.freshness_now();
  }

  static void read_each(const region_view& in) {
    for (const auto& spec : specs())
      if (const auto found = in.find_any(spec.name)) {
        const auto& handle = found.assume_value();
        if (const auto read = handle.read())
          require(read.assume_value().value.size() <= handle.capacity(),
                  "a value fits its capacity");
        (void)handle.committed_version();
      }
    if (const auto value = in.find<spot>("value"))
      (void)value.assume_value().read();
    if (const auto text = in.find_string("text"))
      (void)text.assume_value().read();
    if (const auto number = in.find_counter("count"))
      (void)number.assume_value().read();
  }

  static void store_each(const region_view& in) {
    std::vector<std::byte> bytes(64, std::byte{1});
    for (const auto& spec : specs())
      if (const auto found = in.find_any(spec.name)) {
        const auto& handle = found.assume_value();
        if (locked(handle))
          continue;
        (void)handle.store(std::span{bytes}.first(
          std::min<std::size_t>(bytes.size(), handle.capacity())));
        (void)handle.compare_and_store(handle.version(), {});
      }
  }

  // A value of any length up to the capacity comes back as it was stored.
  void store_large(input& in) {
    const auto found = writer_.find_bytes("large");
    const auto size = in.number(3) % (large_bytes + 1);
    const auto first = in.number(1);
    if (!found || locked(found.assume_value()))
      return;
    std::vector<std::byte> bytes(
      std::min<std::size_t>(size, found.assume_value().capacity()));
    for (std::size_t i = 0; i < bytes.size(); ++i)
      bytes[i] = static_cast<std::byte>(first + i + i / 251);
    const auto stored = found.assume_value().store(bytes);
    const auto readable = reader_.find_bytes("large");
    if (lied_ || !stored || stored.assume_value() == 0)
      return;
    require(readable.has_value(), "a variable is where it was");
    const auto read = readable.assume_value().read();
    require(read && read.assume_value().version == stored.assume_value()
              && read.assume_value().value == bytes,
            "a read value is the one that was stored");
  }

  static void count(const region_view& in, std::uint64_t change) {
    const auto found = in.find_counter("count");
    if (!found || locked(found.assume_value()))
      return;
    (void)found.assume_value().fetch_add(static_cast<std::int64_t>(change));
    (void)found.assume_value().max(3);
  }

  static std::vector<untyped_variable> quiet_variables(const region_view& in) {
    std::vector<untyped_variable> all;
    for (const auto& spec : specs())
      if (auto found = in.find_any(spec.name))
        if (!locked(found.assume_value()) && found.assume_value().read())
          all.push_back(std::move(found).assume_value());
    return all;
  }

  static void group(const region_view& in) {
    const auto all = quiet_variables(in);
    const std::array<std::byte, 8> bytes{};
    std::vector<group_value> members;
    for (const auto& handle : all)
      members.push_back({&handle, bytes});
    (void)store_group(members);
  }

  static void look_at_many(const region_view& in) {
    const auto all = quiet_variables(in);
    std::vector<std::vector<std::byte>> buffers;
    std::vector<group_slot> slots;
    for (const auto& handle : all)
      buffers.emplace_back(handle.capacity());
    for (std::size_t i = 0; i < all.size(); ++i)
      slots.push_back({&all[i], buffers[i]});
    if (!read_group(slots))
      return;
    for (const auto& slot : slots)
      require(slot.length <= slot.into.size(), "a member fits its room");
  }

  static void wait(const region_view& in) {
    for (const auto& handle : quiet_variables(in)) {
      (void)handle.wait_for_change(handle.version(), {});
      (void)handle.wait_for_change(handle.version(), {},
                                   wait_path::change_word);
    }
  }

  // -- deaths -----------------------------------------------------------------

  // Up to three clients hold locks, alone and of groups, and hang up at once.
  void die_together(input& in) {
    std::vector<std::uint32_t> dying;
    for (auto i = in.number(1) % 3 + 1; i > 0 && !lied_; --i)
      dying.push_back(must(owner_->admit_client()));
    for (const auto& spec : specs()) {
      const auto how = in.number(1);
      const auto found = writer_.find_any(spec.name);
      if (how % 4 != 0 && found && !dying.empty()
          && !locked(found.assume_value()))
        die_in_store(found.assume_value().at(), dying[how / 4 % dying.size()],
                     how / 16);
    }
    for (const auto owner : dying)
      owner_->release_client(owner);
    if (!dying.empty())
      require_free_of(dying);
  }

  void require_free_of(const std::vector<std::uint32_t>& dead) const {
    for (const auto& spec : specs()) {
      const auto found = must(writer_.find_any(spec.name));
      for (const auto owner : dead)
        require(!forged(found, owner), "the dead hold no locks");
      if (!locked(found))
        require(found.version() == 0 || found.store({}).has_value(),
                "what the dead held can be stored to");
    }
  }

  // -- the node's calls ------------------------------------------------------

  void node_step(input& in) {
    const auto what = in.number(1);
    if (lied_)
      return;
    const auto name = "extra" + std::to_string(what % 8);
    switch (what / 8 % 7) {
    case 0:
      return require(owner_->drain() <= variables_max, "a bounded drain");
    case 1:
      if (owner_->arm_doorbell())
        require(owner_->drain() == 0, "nothing is dirty");
      return owner_->disarm_doorbell();
    case 2:
      (void)owner_->add_variable(
        {name, variable_kind::bytes, "bytes", 1U << what % 11});
      return;
    case 3:
      (void)owner_->remove_variable(name);
      return;
    case 4:
      owner_->settle();
      (void)owner_->status();
      return;
    case 5:
      (void)owner_->release_client(must(owner_->admit_client()));
      return;
    default:
      owner_->count_watchers(watch_scope::variable, +1);
      store_each(writer_);
      owner_->count_watchers(watch_scope::variable, -1);
    }
  }

  std::unique_ptr<region> owner_;
  region_view writer_ = region_view::over(nullptr);
  region_view reader_ = region_view::over(nullptr);
  std::byte* control_ = nullptr;
  std::byte* data_ = nullptr;
  std::uint64_t free_at_first_ = 0;
  variable_place large_;
  bool lied_ = false; // the control object is not the node's any more
};

constexpr int steps_max = 64;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes,
                                      std::size_t size) {
  input in{bytes, size};
  scene now;
  for (int i = 0; i < steps_max && !in.ended(); ++i)
    now.step(in);
  now.finish();
  return 0;
}
