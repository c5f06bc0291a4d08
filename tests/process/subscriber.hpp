// An application with a client actor, and subscribers that note what they
// hear.
#pragma once

#include "actors/client.hpp"
#include "actors/error.hpp"
#include "tests/support/catch.hpp"

#include <caf/all.hpp>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

namespace holdfast::test {

struct application_config : caf::actor_system_config {
  application_config();
};

class subscriber;

/// An actor system with one client actor, ended with it.
class client_application {
public:
  explicit client_application(const std::string& socket,
                              std::chrono::milliseconds patience
                              = std::chrono::seconds{10});
  ~client_application();

  template <class Answer, class Request>
  caf::expected<Answer> ask(const Request& request) {
    caf::scoped_actor self{system};
    caf::expected<Answer> out{caf::sec::none};
    self->request(client, std::chrono::seconds{60}, request)
      .receive([&](Answer& answer) { out = std::move(answer); },
               [&](caf::error& error) { out = std::move(error); });
    return out;
  }

  /// Of a request that is answered with nothing.
  template <class Request>
  shm::errc done(const Request& request) {
    caf::scoped_actor self{system};
    auto out = shm::errc::ok;
    self->request(client, std::chrono::seconds{60}, request)
      .receive([] {}, [&](caf::error& error) { out = code_of(error); });
    return out;
  }

  std::uint64_t subscribe(const std::string& region,
                          std::vector<std::string> variables,
                          const subscriber& to);

  /// Gives the client every chance to say what it has to say.
  void settle();

  shm::errc code_of(const caf::error& error) const;
  std::string text_of(const caf::error& error) const;

  application_config config;
  caf::actor_system system{config};
  client::client_actor client;
};

/// Any thread may look at what it heard.
class subscriber {
public:
  enum class pace { takes_all, holds_changes, holds_all };

  explicit subscriber(client_application& in, pace how = pace::takes_all);
  ~subscriber();

  client::subscriber_actor handle() const {
    return actor_;
  }

  /// Answers the messages held so far.
  void let_go();

  std::size_t count() const;

  /// Of the messages whose line in the story starts so.
  std::size_t count(const std::string& start) const;

  std::vector<client::variable_changed> changes(const std::string& name) const;
  std::uint64_t last_version(const std::string& name) const;
  double last_value(const std::string& name) const;

  /// "attached quotes, bid, lost quotes", changes of one variable in a row
  /// told once.
  std::string story(const std::string& region = {}) const;

  struct notes;

private:
  std::shared_ptr<notes> notes_;
  client::subscriber_actor actor_;
};

} // namespace holdfast::test
