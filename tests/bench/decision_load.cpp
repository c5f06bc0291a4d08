#include "tests/bench/decision_load.hpp"

#include "tests/bench/measure.hpp"
#include "tests/bench/ready_set.hpp"

#include <time.h>

#include <stdexcept>
#include <thread>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto answer_patience = 20s;

double processor_ns() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e9
         + static_cast<double>(used.tv_nsec);
}

} // namespace

std::size_t await_leader(consensus_cluster& cluster,
                         std::chrono::seconds patience) {
  const auto until = clock::now() + patience;
  while (clock::now() < until) {
    if (const auto leader = cluster.settled_leader())
      return *leader;
    std::this_thread::sleep_for(20ms);
  }
  throw std::runtime_error{"the cluster does not settle on a leader"};
}

deciders connect_all(consensus_cluster& cluster, std::size_t member,
                     std::size_t count) {
  deciders made;
  for (std::size_t i = 0; i < count; ++i)
    made.push_back(cluster.connect(member));
  return made;
}

namespace {

// Clients that ask again as soon as they have their answer.
class closed_loop {
public:
  explicit closed_loop(const deciders& clients)
    : clients_{clients}, asked_ns_(clients.size()) {
    for (std::size_t i = 0; i < clients.size(); ++i)
      ready_.watch(*clients[i], i);
  }

  // Until all have the answer to what they asked before `end_ns`.
  std::vector<double> run(double end_ns) {
    end_ns_ = end_ns;
    for (std::size_t i = 0; i < clients_.size(); ++i)
      ask(i);
    while (open_ > 0) {
      if (clock::now() > overdue_)
        throw std::runtime_error{"a decision does not come"};
      ready_.wait(overdue_, [this](std::size_t i) { take(i); });
    }
    return std::move(waits_ns_);
  }

private:
  void ask(std::size_t i) {
    asked_ns_[i] = nanoseconds_now();
    if (!clients_[i]->ask())
      throw std::runtime_error{"a member hung up"};
    ++open_;
  }

  void take(std::size_t i) {
    const auto got = clients_[i]->take();
    if (got == answer::none)
      return;
    if (got != answer::accepted)
      throw std::runtime_error{"a decision was refused"};
    const auto now = nanoseconds_now();
    waits_ns_.push_back(now - asked_ns_[i]);
    overdue_ = clock::now() + answer_patience;
    --open_;
    if (now < end_ns_)
      ask(i);
  }

  const deciders& clients_;
  ready_set ready_;
  std::vector<double> asked_ns_;
  std::vector<double> waits_ns_;
  double end_ns_ = 0;
  std::size_t open_ = 0;
  clock::time_point overdue_ = clock::now() + answer_patience;
};

} // namespace

load_figures load(const deciders& clients, std::chrono::nanoseconds duration) {
  closed_loop loop{clients};
  load_figures found;
  const auto used = processor_ns();
  const auto start = nanoseconds_now();
  found.waits_ns = loop.run(start + static_cast<double>(duration.count()));
  const auto count = static_cast<double>(found.waits_ns.size());
  found.per_second = count / (nanoseconds_now() - start) * 1e9;
  found.client_ns = (processor_ns() - used) / count;
  return found;
}

} // namespace holdfast::bench
