#include "tests/process/subscriber.hpp"

#include <limits>
#include <thread>

namespace holdfast::test {

namespace {

using namespace std::chrono_literals;

using listening_actor
  = client::subscriber_actor::extend<caf::replies_to<caf::ok_atom>::with<void>>;

} // namespace

struct subscriber::notes {
  struct entry {
    std::string region;
    std::string line;
    std::optional<client::variable_changed> change;
  };

  mutable std::mutex turn;
  std::vector<entry> entries;

  void add(entry one) {
    const std::lock_guard held{turn};
    entries.push_back(std::move(one));
  }

  std::vector<entry> copy() const {
    const std::lock_guard held{turn};
    return entries;
  }
};

namespace {

struct listening_state {
  explicit listening_state(listening_actor::pointer) {
    // nop
  }

  std::vector<caf::response_promise> held;
};

using listening_pointer = listening_actor::stateful_pointer<listening_state>;
using answer = caf::typed_response_promise<void>;

answer take(listening_pointer self, bool hold) {
  auto promise = self->make_response_promise<void>();
  if (hold)
    self->state.held.push_back(promise);
  else
    static_cast<caf::response_promise&>(promise).deliver(caf::unit);
  return promise;
}

listening_actor::behavior_type listening(listening_pointer self,
                                         std::shared_ptr<subscriber::notes> to,
                                         subscriber::pace how) {
  const bool changes = how != subscriber::pace::takes_all;
  const bool all = how == subscriber::pace::holds_all;
  return {
    [=](const client::region_attached& news) {
      to->add({news.region, "attached " + news.region, {}});
      return take(self, all);
    },
    [=](const client::variable_changed& news) {
      to->add({news.region, news.variable, news});
      return take(self, changes);
    },
    [=](const client::variable_removed& news) {
      to->add({news.region, "removed " + news.variable, {}});
      return take(self, changes);
    },
    [=](const client::region_lost& news) {
      to->add({news.region, "lost " + news.region, {}});
      return take(self, all);
    },
    [=](caf::ok_atom) {
      for (auto& promise : self->state.held)
        promise.deliver(caf::unit);
      self->state.held.clear();
    },
  };
}

} // namespace

application_config::application_config() {
  add_message_types<caf::id_block::holdfast_client>();
  actors::describe_errors_in(*this);
  set("scheduler.policy", caf::atom("sharing"));
  set("scheduler.max-threads", std::size_t{2});
}

client_application::client_application(const std::string& socket,
                                       std::chrono::milliseconds patience) {
  client::connect_options options;
  options.socket = socket;
  options.client = "actor_client_test";
  options.patience = patience;
  client = client::spawn_client(system, options);
}

client_application::~client_application() {
  caf::anon_send_exit(client, caf::exit_reason::user_shutdown);
}

std::uint64_t client_application::subscribe(const std::string& region,
                                            std::vector<std::string> variables,
                                            const subscriber& to) {
  const auto made = ask<client::subscribed>(
    client::subscribe_request{region, std::move(variables), to.handle()});
  if (!made)
    FAIL(text_of(made.error()));
  return made->subscription;
}

void client_application::settle() {
  // What must not happen cannot be waited for.
  std::this_thread::sleep_for(100ms);
}

shm::errc client_application::code_of(const caf::error& error) const {
  return actors::to_shm(error).code;
}

std::string client_application::text_of(const caf::error& error) const {
  return system.render(error);
}

subscriber::subscriber(client_application& in, pace how)
  : notes_{std::make_shared<notes>()},
    actor_{in.system.spawn(listening, notes_, how)} {
  // nop
}

subscriber::~subscriber() {
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
}

void subscriber::let_go() {
  caf::anon_send(caf::actor_cast<caf::actor>(actor_), caf::ok_atom_v);
}

std::size_t subscriber::count() const {
  return notes_->copy().size();
}

std::size_t subscriber::count(const std::string& start) const {
  std::size_t found = 0;
  for (const auto& entry : notes_->copy())
    found += entry.line.starts_with(start) ? 1 : 0;
  return found;
}

std::vector<client::variable_changed>
subscriber::changes(const std::string& name) const {
  std::vector<client::variable_changed> out;
  for (const auto& entry : notes_->copy())
    if (entry.change && entry.change->variable == name)
      out.push_back(*entry.change);
  return out;
}

std::uint64_t subscriber::last_version(const std::string& name) const {
  const auto all = changes(name);
  return all.empty() ? 0 : all.back().value.version;
}

double subscriber::last_value(const std::string& name) const {
  const auto all = changes(name);
  constexpr auto none = std::numeric_limits<double>::quiet_NaN();
  return all.empty() ? none : all.back().value.as<double>().value_or(none);
}

std::string subscriber::story(const std::string& region) const {
  std::string out;
  std::string last;
  for (const auto& entry : notes_->copy()) {
    const bool other = !region.empty() && entry.region != region;
    if (other || (entry.change && entry.line == last))
      continue;
    last = entry.line;
    out += (out.empty() ? "" : ", ") + entry.line;
  }
  return out;
}

} // namespace holdfast::test
