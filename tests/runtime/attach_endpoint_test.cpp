#include "runtime/attach_endpoint.hpp"

#include "shm/wire/frame.hpp"
#include "tests/runtime/raw_client.hpp"
#include "tests/support/real_node.hpp"
#include "tests/support/stepped_system.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

/// What a session was told, for one that does nothing by itself.
struct told {
  std::vector<std::size_t> packets; ///< their sizes
  std::size_t answer_bytes = 50;
  int rings = 0;
  int overdue = 0;
  int settled = 0;
  std::string closed;
};

struct one_endpoint : stepped_system {
  one_endpoint() {
    limits.hello_deadline = 10s;
  }

  ~one_endpoint() {
    endpoint.reset();
    lines.clear();
    pump();
  }

  void open() {
    runtime::attach_endpoint_options options;
    options.socket = path();
    options.limits = limits;
    options.log = log();
    options.deliver
      = [this](const actors::session_actor& to, line_packet packet) {
          caf::anon_send(to, std::move(packet));
          before_serving();
          if (served_at_once)
            run();
        };
    options.ring = [](const auto& to) { caf::anon_send(to, line_rang{}); };
    options.settle
      = [](const auto& to) { caf::anon_send(to, line_settled{}); };
    options.open_session = [this](const actors::peer_credentials& credentials,
                                  std::shared_ptr<actors::session_line> line) {
      seen = credentials;
      lines.push_back(std::move(line));
      sessions.push_back(std::make_unique<told>());
      sessions.back()->answer_bytes = answer_bytes;
      return system.spawn(deaf_session, sessions.back().get(),
                          answer_at_once ? lines.back() : nullptr);
    };
    endpoint = runtime::attach_endpoint::open(io, std::move(options)).value();
    endpoint->start();
  }

  static actors::session_actor::behavior_type
  deaf_session(actors::session_actor::pointer self, told* into,
               std::shared_ptr<actors::session_line> line) {
    return {
      [into, line](const line_packet& packet) {
        into->packets.push_back(packet.bytes.size());
        if (line) {
          line->send(std::vector<std::byte>(into->answer_bytes), {});
          line->next();
        }
      },
      [into](line_rang) { ++into->rings; },
      [into](line_overdue) { ++into->overdue; },
      [into](line_settled) { ++into->settled; },
      [](retry_due) { /* it does not try */ },
      [self, into](const line_closed& closed) {
        into->closed = closed.reason;
        self->quit();
      },
      [](const session_dismissed&) {},
    };
  }

  std::string path() const {
    return directory.path() + "/attach.sock";
  }

  void pump() {
    io.restart();
    io.poll();
    run();
  }

  template <class Condition>
  bool until(Condition holds) {
    return eventually([&] {
      pump();
      return holds();
    });
  }

  /// A client that the endpoint has accepted and, if asked, admitted.
  raw_client come_in(bool admit = true) {
    raw_client client;
    REQUIRE(client.connect(path()));
    const auto before = sessions.size();
    REQUIRE(until([&] { return sessions.size() == before + 1; }));
    if (admit) {
      lines.back()->admitted();
      pump();
    }
    return client;
  }

  bool dropped(raw_client& client) {
    return until([&] { return client.receive() == 0; });
  }

  temporary_directory directory;
  boost::asio::io_context io;
  config::attach_section limits;
  std::unique_ptr<runtime::attach_endpoint> endpoint;
  std::vector<std::shared_ptr<actors::session_line>> lines;
  std::vector<std::unique_ptr<told>> sessions;
  actors::peer_credentials seen;
  std::function<void()> before_serving = [] {};
  std::size_t answer_bytes = 50;
  bool answer_at_once = false;
  bool served_at_once = false; // as a session that runs on the loop's thread
};

} // namespace

TEST_CASE_METHOD(one_endpoint, "packets reach the session and come back",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();

  REQUIRE(client.send(100));
  REQUIRE(until([&] { return sessions[0]->packets.size() == 1; }));
  lines[0]->send(std::vector<std::byte>(50), {});

  CHECK(sessions[0]->packets[0] == 100);
  CHECK(until([&] { return client.receive() == 50; }));
  CHECK(seen.uid == ::geteuid());
  CHECK(seen.pid == ::getpid());
}

TEST_CASE_METHOD(one_endpoint, "one request at a time reaches the session",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();
  for (int i = 0; i < 3; ++i)
    REQUIRE(client.send(100));

  REQUIRE(until([&] { return !sessions[0]->packets.empty(); }));
  for (int i = 0; i < 100; ++i)
    pump();
  CHECK(sessions[0]->packets.size() == 1);

  lines[0]->next();
  CHECK(until([&] { return sessions[0]->packets.size() == 2; }));
}

TEST_CASE_METHOD(one_endpoint, "a hang-up is seen while a request is under way",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();
  REQUIRE(client.send(100));
  REQUIRE(until([&] { return !sessions[0]->packets.empty(); }));

  client.close();

  CHECK(until([&] { return sessions[0]->closed == "the client is gone"; }));
}

TEST_CASE_METHOD(one_endpoint, "a client that breaks the rules is dropped",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();

  SECTION("by sending descriptors") {
    REQUIRE(client.send_descriptor());
    CHECK(dropped(client));
    CHECK(sessions[0]->closed == "the client sent descriptors");
  }
  SECTION("by a packet that is too big") {
    REQUIRE(client.send(config::frame_bytes_max + 1));
    CHECK(dropped(client));
    CHECK(sessions[0]->closed == "the client sent a packet above 64 KiB");
  }
  CHECK(sessions[0]->packets.empty());
}

TEST_CASE_METHOD(one_endpoint, "the biggest packet is taken",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();

  REQUIRE(client.send(config::frame_bytes_max));

  CHECK(until([&] {
    return sessions[0]->packets
           == std::vector<std::size_t>{config::frame_bytes_max};
  }));
}

TEST_CASE_METHOD(one_endpoint, "a stranger that says nothing is let go",
                 "[runtime][attach_endpoint]") {
  limits.hello_deadline = 20ms;
  open();
  auto silent = come_in(false);

  CHECK(dropped(silent));
  CHECK(sessions[0]->closed == "no hello in time");
}

TEST_CASE_METHOD(one_endpoint, "a stranger has no bell to ring",
                 "[runtime][attach_endpoint]") {
  open();
  auto stranger = come_in(false);

  REQUIRE(stranger.send(1));

  CHECK(dropped(stranger));
  CHECK(sessions[0]->rings == 0);
}

TEST_CASE_METHOD(one_endpoint,
                 "who rings without end is heard now and then, "
                 "and its requests still come through",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();
  int sent = 0;
  const auto until_then = std::chrono::steady_clock::now() + 50ms;
  while (std::chrono::steady_clock::now() < until_then) {
    sent += client.send(1) ? 1 : 0;
    pump();
  }

  REQUIRE(until([&] { return client.send(100); }));

  CHECK(until([&] { return !sessions[0]->packets.empty(); }));
  CHECK(sent > 100);
  CHECK(sessions[0]->rings > 0);
  CHECK(sessions[0]->rings < 200);
}

TEST_CASE_METHOD(one_endpoint, "a client that does not read is cut off",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();
  int sent = 0;

  while (sessions[0]->closed.empty() && sent < 100) {
    lines[0]->send(std::vector<std::byte>(config::frame_bytes_max - 1), {});
    ++sent;
    pump();
  }

  CHECK(sessions[0]->closed == "the client does not read");
  CHECK(sent < 12);
}

TEST_CASE_METHOD(one_endpoint, "what was sent arrives before the line ends",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();

  lines[0]->send(std::vector<std::byte>(50), {});
  lines[0]->close();

  CHECK(until([&] { return client.receive() == 50; }));
  CHECK(dropped(client));
}

TEST_CASE_METHOD(one_endpoint, "clients beyond a bound are told and dropped",
                 "[runtime][attach_endpoint]") {
  std::string bound;
  SECTION("of the node") {
    limits.sessions_max = 1;
    bound = "sessions_max";
  }
  SECTION("of one user") {
    limits.sessions_per_uid_max = 1;
    bound = "sessions_per_uid_max";
  }
  open();
  auto first = come_in();
  raw_client second;
  REQUIRE(second.connect(path()));

  REQUIRE(until([&] { return second.receive().value_or(0) > 1; }));
  CHECK(second.last.find(bound) != std::string::npos);
  CHECK(dropped(second));

  first.close();
  REQUIRE(until([&] { return !sessions[0]->closed.empty(); }));
  come_in();
}

TEST_CASE_METHOD(one_endpoint,
                 "the oldest silent stranger makes place for a newcomer, "
                 "the admitted do not",
                 "[runtime][attach_endpoint]") {
  limits.pending_max = 2;
  open();
  auto known = come_in();
  auto oldest = come_in(false);
  auto younger = come_in(false);

  auto newcomer = come_in(false);

  REQUIRE(until([&] { return oldest.receive().value_or(0) > 1; }));
  CHECK(oldest.last.find("overloaded: made a place") != std::string::npos);
  CHECK(dropped(oldest));
  CHECK(sessions[0]->closed.empty());
  CHECK(sessions[2]->closed.empty());
  CHECK(sessions[3]->closed.empty());
}

TEST_CASE_METHOD(one_endpoint,
                 "a stranger whose hello is being served is not pushed out "
                 "while others are silent",
                 "[runtime][attach_endpoint]") {
  limits.pending_max = 2;
  limits.hello_deadline = 20ms;
  open();
  auto polite = come_in(false);
  REQUIRE(polite.send(100));
  REQUIRE(until([&] { return !sessions[0]->packets.empty(); }));
  auto silent = come_in(false);

  auto newcomer = come_in(false);

  CHECK(dropped(silent));
  // Nor is it too late, however long the session takes.
  CHECK(dropped(newcomer));
  CHECK(sessions[2]->closed == "no hello in time");
  CHECK(sessions[0]->closed.empty());
}

TEST_CASE_METHOD(one_endpoint,
                 "requests that came together are answered in one turn",
                 "[runtime][attach_endpoint]") {
  open();
  raw_client client;
  REQUIRE(client.connect(path()));
  REQUIRE(client.send(100));
  REQUIRE(client.send(101));
  answer_at_once = true;
  served_at_once = true;

  io.restart();
  io.run_one();

  CHECK(sessions.at(0)->packets == std::vector<std::size_t>{100, 101});
  CHECK(client.receive() == 50);
  CHECK(client.receive() == 50);
}

TEST_CASE_METHOD(one_endpoint,
                 "the first answer leaves at once, later ones wait for each "
                 "other while they fit one frame",
                 "[runtime][attach_endpoint]") {
  answer_bytes = config::frame_bytes_max / 2;
  open();
  raw_client client;
  REQUIRE(client.connect(path()));
  for (int i = 0; i < 5; ++i)
    REQUIRE(client.send(100));
  answer_at_once = true;
  served_at_once = true;
  std::size_t received = 0;
  std::vector<std::size_t> had;
  before_serving = [&] { // who has spoken is not told that it is accepted
    while (client.receive_any())
      ++received;
    had.push_back(received);
  };

  io.restart();
  io.run_one();

  CHECK(had == std::vector<std::size_t>{0, 1, 1, 1, 3});
}

TEST_CASE_METHOD(one_endpoint,
                 "the end of one client is not taken for the end of another "
                 "that has got its place in the loop",
                 "[runtime][attach_endpoint]") {
  limits.pending_max = 1;
  open();
  auto leaving = come_in(false);
  raw_client newcomer;
  REQUIRE(newcomer.connect(path()));
  leaving.close(); // the loop hears of both at once, of the newcomer first

  REQUIRE(until([&] { return sessions.size() == 2; }));
  for (int i = 0; i < 10; ++i)
    pump();
  CHECK(sessions[1]->closed.empty());

  newcomer.close();
  CHECK(until([&] { return !sessions[1]->closed.empty(); }));
}

TEST_CASE_METHOD(one_endpoint,
                 "a session hears when what came with the hello is served",
                 "[runtime][attach_endpoint]") {
  open();
  auto stranger = come_in(false);
  CHECK(sessions[0]->settled == 0);

  lines[0]->admitted();

  CHECK(until([&] { return sessions[0]->settled == 1; }));
}

TEST_CASE_METHOD(one_endpoint,
                 "without descriptors clients are told, and "
                 "served again later",
                 "[runtime][attach_endpoint]") {
  open();
  raw_client unlucky;
  raw_client lucky;
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const shm::descriptor highest{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const rlimit none_left{static_cast<rlim_t>(highest.get()) + 1,
                         before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);

  REQUIRE(unlucky.connect(path()));
  const bool was_told
    = until([&] { return unlucky.receive().value_or(0) > 1; });
  ::setrlimit(RLIMIT_NOFILE, &before);

  CHECK(was_told);
  CHECK(unlucky.last.find("no descriptors") != std::string::npos);
  REQUIRE(lucky.connect(path()));
  CHECK(until([&] { return sessions.size() == 1; }));
}

TEST_CASE_METHOD(one_endpoint, "an endpoint that ends tells its clients",
                 "[runtime][attach_endpoint]") {
  open();
  auto client = come_in();

  endpoint->stop_listening();
  endpoint->close_lines("the node stops");

  REQUIRE(until([&] { return client.receive().value_or(0) > 1; }));
  CHECK(client.last.find("the node stops") != std::string::npos);
  CHECK(until([&] { return sessions[0]->closed == "the node stops"; }));
  raw_client late;
  CHECK_FALSE(late.connect(path()));
}
