// Two nodes' connections in one process, over sockets of the loopback.
#include "config/region_bounds.hpp"
#include "runtime/replication/frame.hpp"
#include "runtime/replication/network.hpp"
#include "tests/runtime/issued_files.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include <map>
#include <optional>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

config::cluster_section on_loopback() {
  config::cluster_section made;
  made.bind = {"127.0.0.1", 1};
  return made;
}

config::cluster_section with(const runtime::tls_paths& files) {
  auto made = on_loopback();
  made.tls = {files.certificate, files.key, files.authority};
  return made;
}

struct stage {
  boost::asio::io_context io;

  bool until(const std::function<bool()>& condition,
             std::chrono::seconds patience = 20s) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < end) {
      io.restart();
      io.run_for(5ms);
    }
    return condition();
  }
};

class network_side {
public:
  network_side(stage& on, std::uint64_t node,
               const config::cluster_section& cluster) {
    runtime::replication_network_options chosen;
    chosen.node = node;
    chosen.cluster = cluster;
    chosen.arrived
      = [this](region_packet packet) { heard.push_back(std::move(packet)); };
    chosen.chance = [] { return 0.0; };
    chosen.log = [this](auto, std::string_view what, const auto&) {
      ++told[std::string{what}];
    };
    auto opened = runtime::replication_network::open(on.io, chosen);
    REQUIRE(opened);
    network.emplace(std::move(opened).assume_value());
  }

  std::uint16_t port() const {
    return (*network)->port();
  }

  actors::replication_links& links() const {
    return *(*network)->links();
  }

  /// The other one calls.
  void expect(std::uint64_t node, rules::wide_id link) const {
    links().follow({node, {7, node}, link, false, {}, 0});
  }

  void call(std::uint64_t node, rules::wide_id link, std::uint16_t port) const {
    links().follow({node, {7, node}, link, true, "127.0.0.1", port});
  }

  void send(std::uint64_t to, std::uint64_t number,
            std::size_t bytes = 10) const {
    region_packet made;
    made.region = 5;
    made.number = number;
    made.content.assign(bytes, static_cast<char>(number));
    links().send(to, std::move(made));
  }

  std::vector<region_packet> heard;
  std::map<std::string, int> told;
  std::optional<std::unique_ptr<runtime::replication_network>> network;
};

constexpr auto connected = "replication with a peer is connected";

constexpr rules::wide_id one_link{11, 12};
constexpr rules::wide_id another_link{11, 13};

/// Somebody who speaks by hand.
struct stranger {
  stranger(stage& on, std::uint16_t port) : socket{on.io} {
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    socket.non_blocking(true);
  }

  void say(const runtime::replication_head& head) {
    boost::asio::write(socket, boost::asio::buffer(head));
  }

  bool is_turned_away() {
    char byte = 0;
    error_code error;
    socket.read_some(boost::asio::buffer(&byte, 1), error);
    return error == boost::asio::error::eof
           || error == boost::asio::error::connection_reset;
  }

  tcp::socket socket;
};

/// Two nodes; the second expects the first to call.
struct two_sides {
  stage on;
  network_side one{on, 1, on_loopback()};
  network_side two{on, 2, on_loopback()};

  two_sides() {
    two.expect(1, one_link);
  }
};

void speak_to_each_other(stage& on, network_side& one, network_side& two) {
  for (std::uint64_t i = 1; i <= 100; ++i) {
    one.send(2, i, i == 50 ? 256 * 1024 : i);
    two.send(1, i);
  }
  REQUIRE(on.until(
    [&] { return one.heard.size() >= 100 && two.heard.size() >= 100; }));
  REQUIRE(one.heard.size() == 100);
  REQUIRE(two.heard.size() == 100);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    const auto& packet = two.heard[i - 1];
    CHECK(packet.number == i);
    CHECK(packet.from == 1);
    CHECK(packet.incarnation == rules::wide_id{7, 1});
    CHECK(packet.content
          == std::vector<char>(i == 50 ? 256 * 1024 : i, static_cast<char>(i)));
    CHECK(one.heard[i - 1].from == 2);
  }
  one.heard.clear();
  two.heard.clear();
}

} // namespace

TEST_CASE_METHOD(
  two_sides, "packets go both ways, in order, from the node that was linked",
  "[runtime][replication]") {
  one.call(2, one_link, two.port());

  speak_to_each_other(on, one, two);
}

TEST_CASE("what is sent before there is a connection goes by it",
          "[runtime][replication]") {
  stage on;
  network_side one{on, 1, on_loopback()};
  network_side two{on, 2, on_loopback()};

  one.call(2, one_link, two.port());
  one.send(2, 1);
  // The caller is there before anybody expects it, and was heard.
  CHECK(on.until([&] { return one.told[connected] > 0; }));
  stranger after_it{on, two.port()};
  after_it.say({'x'});
  CHECK(on.until([&] { return after_it.is_turned_away(); }));
  CHECK(two.heard.empty());
  two.expect(1, one_link);

  CHECK(on.until([&] { return two.heard.size() == 1; }));
}

TEST_CASE_METHOD(two_sides, "a caller who does not know the link is not let in",
                 "[runtime][replication]") {
  one.call(2, another_link, two.port());
  one.send(2, 1);
  stranger with_another_id{on, two.port()};
  with_another_id.say(runtime::pack_opening({3, one_link}));
  stranger with_noise{on, two.port()};
  with_noise.say({'x'});

  CHECK(on.until([&] { return with_noise.is_turned_away(); }));
  CHECK(on.until([&] { return with_another_id.is_turned_away(); }));
  CHECK(two.heard.empty());
}

TEST_CASE_METHOD(two_sides,
                 "more callers than there are peers do not keep a peer out",
                 "[runtime][replication]") {
  std::vector<std::unique_ptr<stranger>> all;
  for (std::size_t i = 0; i < 2 * config::replication_callers_max; ++i)
    all.push_back(std::make_unique<stranger>(on, two.port()));

  one.call(2, one_link, two.port());

  speak_to_each_other(on, one, two);
  CHECK(on.until([&] { return all.front()->is_turned_away(); }));
}

TEST_CASE_METHOD(two_sides, "a connection that ends is made anew",
                 "[runtime][replication]") {
  one.call(2, one_link, two.port());
  speak_to_each_other(on, one, two);

  SECTION("by one side that forgot the other") {
    two.links().forget(1);
    two.expect(1, one_link);
  }
  SECTION("under another link") {
    two.expect(1, another_link);
    one.call(2, another_link, two.port());
  }
  SECTION("as somebody who knows the link sent noise") {
    stranger somebody{on, two.port()};
    somebody.say(runtime::pack_opening({1, one_link}));
    runtime::replication_head noise{};
    noise.fill('x');
    somebody.say(noise);
    REQUIRE(on.until([&] { return somebody.is_turned_away(); }));
  }

  // What is sent while one side has not noticed yet is lost.
  std::uint64_t last = 0;
  REQUIRE(on.until([&] {
    one.send(2, ++last);
    two.send(1, last);
    return !one.heard.empty() && !two.heard.empty();
  }));
  REQUIRE(on.until([&] {
    return one.heard.back().number == last && two.heard.back().number == last;
  }));
  one.heard.clear();
  two.heard.clear();
  speak_to_each_other(on, one, two);
}

TEST_CASE("what waits for a node has a bound", "[runtime][replication]") {
  stage on;
  network_side one{on, 1, on_loopback()};
  network_side two{on, 2, on_loopback()};
  one.call(2, one_link, two.port());
  constexpr std::size_t bytes = config::region_message_bytes_max;
  constexpr auto most = config::replication_waiting_bytes_max / bytes;

  for (std::uint64_t i = 0; i < most + 10; ++i)
    one.send(2, i, bytes);
  two.expect(1, one_link);
  REQUIRE(on.until([&] { return two.heard.size() + 1 >= most; }));
  one.send(2, 0);

  REQUIRE(on.until([&] { return two.heard.back().content.size() == 10; }));
  CHECK(two.heard.size() <= most + 1);
}

TEST_CASE("over TLS both sides show a certificate of the cluster",
          "[runtime][replication]") {
  stage on;
  const issued_files ours;
  const issued_files theirs;
  network_side two{on, 2, with(ours.issue(2))};
  two.expect(1, one_link);

  SECTION("then they speak") {
    network_side one{on, 1, with(ours.issue(1))};
    one.call(2, one_link, two.port());
    speak_to_each_other(on, one, two);
  }
  SECTION("one of another authority is not heard") {
    network_side one{on, 1, with(theirs.issue(1))};
    one.call(2, one_link, two.port());
    one.send(2, 1);
    CHECK(
      on.until([&] { return one.told["no connection for replication"] > 0; }));
    CHECK(two.heard.empty());
  }
  SECTION("one who speaks in plain is turned away") {
    stranger somebody{on, two.port()};
    somebody.say(runtime::pack_opening({1, one_link}));
    CHECK(on.until([&] { return somebody.is_turned_away(); }));
  }
}

TEST_CASE("a port that is taken is told", "[runtime][replication]") {
  stage on;
  network_side one{on, 1, on_loopback()};
  runtime::replication_network_options chosen;
  chosen.cluster = on_loopback();
  chosen.cluster.replication_port = one.port();

  const auto opened = runtime::replication_network::open(on.io, chosen);

  REQUIRE_FALSE(opened);
  CHECK(opened.assume_error().code == shm::errc::exists);
}
