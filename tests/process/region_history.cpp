#include "tests/process/region_history.hpp"

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;

/// Small ones: none is ever used.
client::region_request small_region(const std::string& name) {
  return {.region = name, .bytes = 64 * 1024, .variables_max = 8};
}

std::string name_of(std::uint64_t id, int number) {
  return "of-" + std::to_string(id) + "-" + std::to_string(number);
}

} // namespace

region_history::region_history(const node_cluster& cluster) {
  for (const auto id : cluster.all())
    wanted_[id] = acknowledged_[id] = 0;
  for (const auto id : cluster.all()) {
    auto options = cluster.door(id);
    threads_.emplace_back([this, id, options](const std::stop_token& stop) {
      ask(stop, id, options);
    });
  }
}

void region_history::end() {
  for (auto& thread : threads_)
    thread.request_stop();
  threads_.clear();
}

void region_history::want(std::size_t acknowledged) {
  {
    const std::lock_guard lock{mutex_};
    for (auto& [_, wanted] : wanted_)
      wanted += acknowledged;
  }
  pause_.notify_all();
}

/// Waits until it is; false: the end came first.
bool region_history::is_wanted(const std::stop_token& stop, std::uint64_t id) {
  std::unique_lock lock{mutex_};
  const auto wanted = [&] { return acknowledged_[id] < wanted_[id]; };
  return pause_.wait(lock, stop, wanted) && !stop.stop_requested();
}

/// Before the next try: a failure costs names and room in the tables.
void region_history::wait_a_little(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  pause_.wait_for(lock, stop, 100ms, [] { return false; });
}

void region_history::ask(const std::stop_token& stop, std::uint64_t id,
                         const client::connect_options& options) {
  int number = 0;
  while (is_wanted(stop, id)) {
    const auto connected = client::connection::connect(options);
    bool goes_on = connected.has_value();
    while (goes_on && is_wanted(stop, id)) {
      const auto region = name_of(id, ++number);
      const auto made
        = connected.assume_value().create_region(small_region(region));
      note(id, region, made ? shm::errc::ok : made.assume_error().code);
      goes_on = made.has_value();
    }
    if (!goes_on)
      wait_a_little(stop);
  }
}

void region_history::note(std::uint64_t id, const std::string& region,
                          shm::errc answer) {
  const std::lock_guard lock{mutex_};
  answers_[answer].insert(region);
  if (answer == shm::errc::ok)
    ++acknowledged_[id];
}

std::set<std::string> region_history::answered(shm::errc with) const {
  const std::lock_guard lock{mutex_};
  const auto found = answers_.find(with);
  return found != answers_.end() ? found->second : std::set<std::string>{};
}

std::size_t
region_history::acknowledged_at(const std::set<std::uint64_t>& nodes) const {
  const std::lock_guard lock{mutex_};
  std::size_t count = 0;
  for (const auto& [id, acknowledged] : acknowledged_)
    count += nodes.contains(id) ? acknowledged : 0;
  return count;
}

std::string region_history::summary() const {
  const std::lock_guard lock{mutex_};
  std::string all;
  for (const auto& [answer, regions] : answers_) {
    all += std::string{shm::name_of(answer)};
    all += " " + std::to_string(regions.size()) + "; ";
  }
  return all;
}

} // namespace holdfast::test
