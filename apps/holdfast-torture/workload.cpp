#include "apps/holdfast-torture/workload.hpp"

#include "apps/holdfast-torture/defaults.hpp"
#include "apps/holdfast-torture/torture_client.hpp"
#include "apps/processes/interruption.hpp"

#include <random>

namespace holdfast::torture {

namespace {

using processes::rest;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

class worker {
public:
  explicit worker(const client_options& options)
    : options_{options},
      dice_{options.seed},
      client_{options.socket, options.history, options.id, options.node,
              options.variables} {
    // nop
  }

  /// Until interrupted.
  [[noreturn]] void go_on() {
    for (;;) {
      processes::go_on_or_throw();
      if (client_.attached())
        turn();
      else if (!attach())
        rest(defaults::attach_again);
    }
  }

private:
  /// A writer beside a replica reads until that is the home.
  bool attach() {
    return (options_.role == client_role::writer
            && client_.attach(shm::access::write))
           || client_.attach(shm::access::read);
  }

  void turn() {
    switch (options_.role) {
    case client_role::writer:
      if (!client_.at_home())
        return look_on();
      return client_.writable() ? write() : client_.detach();
    case client_role::spinner:
      return spin();
    case client_role::sleeper:
      return sleep();
    }
  }

  void write() {
    for (auto left = 1 + chance(defaults::burst_max); left > 0; --left)
      if (client_.store(any_variable()) != record_outcome::ok)
        return rest(defaults::after_refusal);
    if (client_.flush(some_durability()) != record_outcome::ok)
      return rest(defaults::after_refusal);
    client_.read(any_variable());
    if (chance(4) == 0)
      client_.confirmed_read(any_variable());
    rest(std::chrono::microseconds{chance(
      1000 * static_cast<std::uint64_t>(defaults::writer_rest_max.count()))});
  }

  /// Beside a replica. Who was let in as a writer before tries to store, which
  /// is to be fenced.
  void look_on() {
    client_.read(any_variable(), defaults::spin_record);
    if (client_.writable() && steady_clock::now() > next_store_) {
      next_store_ = steady_clock::now() + defaults::replica_store;
      client_.store(any_variable());
      client_.flush(some_durability());
    }
    rest(defaults::replica_look);
  }

  void spin() {
    for (const auto until = steady_clock::now() + defaults::spin;
         steady_clock::now() < until;)
      for (std::uint32_t i = 0; i < options_.variables; ++i)
        client_.read(i, defaults::spin_record);
    if (client_.at_home())
      client_.confirmed_read(any_variable(), some_pause());
    rest(defaults::spin_rest);
  }

  void sleep() {
    client_.wait_for_change(steady_clock::now() + defaults::sleep_max);
    for (std::uint32_t i = 0; i < options_.variables; ++i)
      client_.read(i, defaults::spin_record);
    rest(1ms);
  }

  /// Mostly none, now and then as long as a takeover.
  std::chrono::milliseconds some_pause() {
    const auto most
      = static_cast<std::uint64_t>(defaults::confirm_pause_max.count());
    return std::chrono::milliseconds{chance(8) == 0 ? chance(most) : 0};
  }

  client::durability some_durability() {
    using client::durability;
    return options_.on_disk && chance(100) < defaults::durable_percent
             ? durability::disk
             : durability::memory;
  }

  std::uint64_t chance(std::uint64_t below) {
    return dice_() % below;
  }
  std::uint32_t any_variable() {
    return static_cast<std::uint32_t>(chance(options_.variables));
  }

  client_options options_;
  std::mt19937_64 dice_;
  torture_client client_;
  steady_clock::time_point next_store_{};
};

} // namespace

int work(const client_options& options) {
  processes::end_on_signals();
  try {
    worker{options}.go_on();
  } catch (const processes::interrupted&) {
    return 0;
  }
}

} // namespace holdfast::torture
