#include "tests/process/kill_scene.hpp"

#include "tests/support/real_node.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;
using clock_type = std::chrono::steady_clock;
using shm::errc;

template <class T>
T must(shm::result<T> outcome) {
  if (!outcome)
    throw std::runtime_error{outcome.assume_error().message()};
  return std::move(outcome).assume_value();
}

client::connection connect(const std::string& socket) {
  client::connect_options options;
  options.socket = socket;
  options.client = "kill_test";
  return must(client::connection::connect(options));
}

template <class Value>
shm::variable<Value> find(const shm::region_view& in, const std::string& name) {
  return must(in.find<Value>(name));
}

template <class Value>
errc code_of(const shm::quick_result<Value>& outcome) noexcept {
  return outcome ? errc::ok : outcome.assume_error();
}

std::string value_spec(const std::string& name, std::size_t bytes) {
  return R"({"name": ")" + name + R"(", "type": "test::checked/1",
             "capacity": ")"
         + std::to_string(bytes) + R"(B"},)";
}

void raise_to(std::atomic<std::int64_t>& most, clock_type::duration time) {
  const auto now
    = std::chrono::duration_cast<std::chrono::nanoseconds>(time).count();
  if (now > most.load(std::memory_order_relaxed))
    most.store(now, std::memory_order_relaxed);
}

// Reads one variable again and again, and remembers its version.
template <class Value>
class observer {
public:
  observer(const shm::variable<Value>& of, observations& seen)
    : of_{of}, seen_{seen} {
    // nop
  }

  void look() {
    const auto began = clock_type::now();
    const auto read = of_.read();
    raise_to(seen_.longest_read, clock_type::now() - began);
    ++seen_.reads;
    if (!read) {
      seen_.refused += read.assume_error() != errc::no_value;
      return;
    }
    seen_.torn += !read.assume_value().value.whole();
    seen_.backward += read.assume_value().version < last_;
    last_ = read.assume_value().version;
  }

private:
  shm::variable<Value> of_;
  observations& seen_;
  std::uint64_t last_ = 0;
};

void look_at_group(const kill_scene& scene, observations& seen) {
  const auto& [a, b, c, d] = scene.group_;
  const auto began = clock_type::now();
  const auto all = shm::snapshot(a, b, c, d);
  raise_to(seen.longest_snapshot, clock_type::now() - began);
  ++seen.snapshots;
  if (!all) {
    seen.unsettled += all.assume_error() == errc::contended;
    return;
  }
  const auto& [ra, rb, rc, rd] = all.assume_value();
  const bool same = ra.value.whole() && ra.value == rb.value
                    && ra.value == rc.value && ra.value == rd.value;
  seen.broken += !same;
}

} // namespace

std::string_view name_of(store_kind kind) noexcept {
  constexpr std::array<std::string_view, store_kinds> names{
    "24 B", "64 B", "1 KiB", "70 KiB", "counter", "group of 4"};
  return names[static_cast<std::size_t>(kind)];
}

std::string kill_scene_config() {
  std::string variables = value_spec("small", sizeof(small_value))
                          + value_spec("line", sizeof(line_value))
                          + value_spec("kib", sizeof(kib_value))
                          + value_spec("large", sizeof(large_value));
  for (int i = 0; i < 4; ++i)
    variables += value_spec("group" + std::to_string(i), sizeof(line_value));
  return node_text(own_tenant(R"([{"name": "kill", "bytes": "1MiB",
                                   "variables_max": 64, "variables": [)"
                              + variables
                              + R"({"name": "count", "kind": "counter"}]}])"));
}

kill_scene::kill_scene(const std::string& socket, shm::access wanted)
  : kill_scene{connect(socket), wanted} {
  // nop
}

kill_scene::kill_scene(client::connection node, shm::access wanted)
  : kill_scene{node, must(node.attach("kill", wanted))} {
  // nop
}

kill_scene::kill_scene(client::connection node, const shm::region_view& region)
  : small_{find<small_value>(region, "small")},
    line_{find<line_value>(region, "line")},
    kib_{find<kib_value>(region, "kib")},
    large_{find<large_value>(region, "large")},
    count_{must(region.find_counter("count"))},
    group_{
      find<line_value>(region, "group0"), find<line_value>(region, "group1"),
      find<line_value>(region, "group2"), find<line_value>(region, "group3")},
    node_{std::move(node)} {
  // nop
}

void kill_scene::prepare(store_kind kind, std::uint64_t number) {
  switch (kind) {
  case store_kind::small:
    next_small_ = small_value::of(number);
    break;
  case store_kind::line:
  case store_kind::group:
    next_line_ = line_value::of(number);
    break;
  case store_kind::kib:
    next_kib_ = kib_value::of(number);
    break;
  case store_kind::large:
    next_large_ = large_value::of(number);
    break;
  case store_kind::count:
    break;
  }
}

shm::errc kill_scene::store_prepared(store_kind kind) const noexcept {
  switch (kind) {
  case store_kind::small:
    return code_of(small_.store(next_small_));
  case store_kind::line:
    return code_of(line_.store(next_line_));
  case store_kind::kib:
    return code_of(kib_.store(next_kib_));
  case store_kind::large:
    return code_of(large_.store(next_large_));
  case store_kind::count:
    return code_of(count_.fetch_add(1));
  case store_kind::group:
    break;
  }
  const auto bytes = std::as_bytes(std::span{next_line_.words});
  std::array<shm::group_value, 4> members{};
  for (std::size_t i = 0; i < members.size(); ++i)
    members[i] = {&group_[i], bytes};
  return code_of(shm::store_group(members));
}

const shm::variable_handle& kill_scene::handle(store_kind kind) const noexcept {
  switch (kind) {
  case store_kind::small:
    return small_;
  case store_kind::line:
    return line_;
  case store_kind::kib:
    return kib_;
  case store_kind::large:
    return large_;
  case store_kind::count:
    return count_;
  case store_kind::group:
    break;
  }
  return group_.back();
}

void read_for_ever(const kill_scene& scene, observations& seen) {
  observer small{scene.small_, seen};
  observer line{scene.line_, seen};
  observer kib{scene.kib_, seen};
  observer large{scene.large_, seen};
  for (;;) {
    for (int i = 0; i < 8; ++i) {
      small.look();
      line.look();
      kib.look();
      look_at_group(scene, seen);
    }
    large.look();
    // Leaves the processors to those who store, die and mend.
    std::this_thread::sleep_for(50us);
  }
}

void wait_for_ever(const kill_scene& scene,
                   std::atomic<std::uint64_t>& woke_to) {
  for (;;) {
    const auto known = woke_to.load();
    const auto changed
      = scene.small_.wait_for_change(known, clock_type::now() + 1min);
    if (changed)
      woke_to.store(changed.assume_value());
  }
}

} // namespace holdfast::test
