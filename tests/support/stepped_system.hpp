// Actors on one thread, step by step, with a clock that the test moves.
#pragma once

#include "actors/error.hpp"
#include "actors/log.hpp"
#include "actors/travelling_types.hpp"
#include "shm/clock.hpp"
#include "tests/support/catch.hpp"

#include <caf/all.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

/// The answer to a question: a value, an error, or nothing yet.
template <class T>
struct answered {
  std::optional<T> value;
  shm::error error;

  explicit operator bool() const noexcept {
    return value.has_value();
  }

  const T* operator->() const {
    REQUIRE(value);
    return &*value;
  }
};

struct nothing {};

class stepped_system {
  struct stepped_config : caf::actor_system_config {
    stepped_config() {
      actors::describe_errors_in(*this);
      actors::add_travelling_types_to(*this);
      set("scheduler.policy", caf::atom("testing"));
    }
  };

public:
  stepped_system() : system{config_} {
    // nop
  }

  /// Ends every actor that was started here.
  ~stepped_system() {
    for (const auto& each : started_)
      if (auto actor = caf::actor_cast<caf::strong_actor_ptr>(each))
        caf::anon_send_exit(actor, caf::exit_reason::kill);
    run();
  }

  template <class Actor, class... Arguments>
  auto start(Actor actor, Arguments&&... arguments) {
    auto handle = system.spawn(actor, std::forward<Arguments>(arguments)...);
    started_.push_back(caf::actor_cast<caf::actor_addr>(handle));
    run();
    return handle;
  }

  template <class Handle>
  void end(const Handle& actor) {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    run();
  }

  template <class Handle, class Message>
  void tell(const Handle& to, Message message) {
    caf::anon_send(to, std::move(message));
    run();
  }

  /// Asks and steps until nobody has anything to do. `From` asks in its own
  /// name, so that it can be monitored; by default somebody new does.
  template <class Answer, class Handle, class Message>
  answered<Answer> ask(const Handle& whom, Message message) {
    caf::scoped_actor asker{system};
    return ask_as<Answer>(asker, whom, std::move(message));
  }

  /// The clock moves on by `patience`, for an answer that comes after timers.
  template <class Answer, class Handle, class Message>
  answered<Answer> ask_as(caf::scoped_actor& asker, const Handle& whom,
                          Message message,
                          std::chrono::milliseconds patience = {}) {
    auto response = asker->request(whom, caf::infinite, std::move(message));
    run();
    advance(patience);
    answered<Answer> got;
    REQUIRE(asker->has_next_message());
    const auto fail
      = [&](const caf::error& error) { got.error = actors::to_shm(error); };
    if constexpr (std::is_same_v<Answer, nothing>)
      response.receive([&] { got.value.emplace(); }, fail);
    else
      response.receive([&](Answer& answer) { got.value = std::move(answer); },
                       fail);
    return got;
  }

  void run() {
    while (scheduler().try_run_once())
      continue;
  }

  /// As `ask`, and whoever was woken last runs first; stops at the answer, with
  /// the rest undone.
  template <class Handle, class Message>
  void ask_in_haste(const Handle& whom, Message message) {
    caf::scoped_actor asker{system};
    auto response = asker->request(whom, caf::infinite, std::move(message));
    while (!asker->has_next_message())
      REQUIRE(scheduler().try_run_once_lifo());
    response.receive(
      [] {},
      [](const caf::error& error) { FAIL(actors::to_shm(error).message()); });
  }

  /// Moves the clock in steps of a millisecond; all timers fire in order.
  void advance(std::chrono::milliseconds by) {
    for (auto i = by; i.count() > 0; --i) {
      now_ += std::chrono::milliseconds{1};
      scheduler().advance_time(std::chrono::milliseconds{1});
      run();
    }
  }

  std::function<shm::boot_clock::time_point()> now() {
    return [this] { return now_; };
  }

  /// Collects what actors log, a sentence a line.
  actors::log_function log() {
    return [this](actors::log_level, std::string_view what,
                  const actors::log_fields&) { logged.emplace_back(what); };
  }

  bool has_logged(std::string_view what) const {
    for (const auto& each : logged)
      if (each == what)
        return true;
    return false;
  }

private:
  stepped_config config_;

public:
  caf::actor_system system;
  std::vector<std::string> logged;

private:
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler());
  }

  std::vector<caf::actor_addr> started_;
  shm::boot_clock::time_point now_{std::chrono::hours{1}};
};

} // namespace holdfast::test
