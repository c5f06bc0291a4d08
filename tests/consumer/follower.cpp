// Follows a variable in the application's own actor system until it is told
// the price that it waits for.
#include "actors/client.hpp"
#include "actors/error.hpp"

#include <caf/all.hpp>

#include <iostream>

using namespace holdfast;

// The application's own messages come after those of the client actor.
struct done {};

CAF_BEGIN_TYPE_ID_BLOCK(consumer, caf::id_block::holdfast_client::end)
  CAF_ADD_TYPE_ID(consumer, (done))
CAF_END_TYPE_ID_BLOCK(consumer)

template <class Inspector>
typename Inspector::result_type inspect(Inspector& f, done&) {
  return f(caf::meta::type_name("done"));
}

struct config : caf::actor_system_config {
  config() {
    add_message_types<caf::id_block::holdfast_client>();
    add_message_types<caf::id_block::consumer>();
    actors::describe_errors_in(*this);
  }
};

client::subscriber_actor::behavior_type
printer(client::subscriber_actor::pointer, caf::actor main, double awaited) {
  return {
    [](const client::region_attached& news) {
      std::cout << news.region << " attached at node " << news.node << '\n';
    },
    [=](const client::variable_changed& news) {
      const auto price = news.value.as<double>();
      if (!price)
        return;
      std::cout << news.variable << ' ' << *price << " version "
                << news.value.version << '\n';
      if (*price == awaited)
        caf::anon_send(main, done{});
    },
    [](const client::variable_removed& news) {
      std::cout << news.variable << " removed\n";
    },
    [](const client::region_lost& news) {
      std::cout << news.region << " lost: " << news.reason << '\n';
    },
  };
}

int main(int, char** arguments) {
  config settings;
  caf::actor_system system{settings};
  const auto node = client::spawn_client(
    system, {.socket = arguments[1], .client = "follower"});
  caf::scoped_actor self{system};
  const auto wait = std::chrono::seconds{30};

  int status = 0;
  const auto fail = [&](const caf::error& why) {
    std::cerr << system.render(why) << '\n';
    status = 1;
  };
  self->request(node, wait, client::attach_request{"quotes"})
    .receive([](const client::attached&) {}, fail);
  if (status == 0)
    self
      ->request(node, wait,
                client::subscribe_request{
                  "quotes", {"bid"}, system.spawn(printer, self, 101.75)})
      .receive([](const client::subscribed&) {}, fail);
  if (status == 0)
    self->receive([](done) {}, caf::after(wait) >> [&] { status = 1; });

  // The client holds its subscribers: this ends them all.
  caf::anon_send_exit(node, caf::exit_reason::user_shutdown);
  return status;
}
