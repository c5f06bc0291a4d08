#include "tests/bench/holdfast_cluster.hpp"

#include "apps/processes/free_ports.hpp"
#include "shm/client/connection.hpp"
#include "shm/client/line.hpp"
#include "tests/bench/server.hpp"
#include "tests/support/real_node.hpp"

#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

namespace holdfast::bench {

namespace {

using namespace std::chrono_literals;

// A region of that name is made at the node and has its home there.
std::string region_of(std::size_t member) {
  return "bench" + std::to_string(member + 1);
}

std::shared_ptr<client::line> open_line(const std::string& path) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  auto opened = client::line::open(path, until);
  if (!opened)
    throw std::runtime_error{"no node: " + opened.assume_error().detail};
  auto line = std::move(opened).assume_value();
  const wire::fields who{{"protocol", std::uint64_t{wire::version}},
                         {"client", std::string{"bench"}}};
  if (const auto greeted = line->ask("hello", who, until); !greeted)
    throw std::runtime_error{"no session: " + greeted.assume_error().detail};
  return line;
}

// Adds a variable to the region of its node, and removes it with the next
// decision: two small rows of the catalog, and no table that grows.
class holdfast_decider final : public decider {
public:
  holdfast_decider(const std::string& path, std::string region,
                   std::string variable)
    : line_{open_line(path)},
      region_{std::move(region)},
      variable_{std::move(variable)} {
    // nop
  }

  int socket() const override {
    return line_->socket();
  }

  bool ask() override {
    wire::frame request;
    request.request_id = ++asked_;
    request.command = added_ ? "remove_variable" : "add_variable";
    request.fields = {{"region", region_}, {"name", variable_}};
    if (!added_) {
      request.fields.push_back({"kind", std::string{"value"}});
      request.fields.push_back({"type", std::string{"u64"}});
      request.fields.push_back({"capacity", std::uint64_t{8}});
    }
    const auto packet = wire::encode(request);
    if (!packet)
      throw std::runtime_error{packet.assume_error().detail};
    const auto sent = wire::send_packet(socket(), packet.assume_value());
    return sent && sent.assume_value() == wire::transfer::done;
  }

  answer take() override {
    for (;;) {
      const auto got = wire::receive_packet(socket(), 0);
      if (!got || got.assume_value().outcome == wire::transfer::hung_up)
        return answer::broken;
      if (got.assume_value().outcome == wire::transfer::would_block)
        return answer::none;
      const auto frame = wire::decode(got.assume_value().bytes);
      if (!frame)
        return answer::broken;
      if (frame.assume_value().request_id == asked_)
        return answer_in(frame.assume_value());
    }
  }

private:
  answer answer_in(const wire::frame& frame) {
    if (frame.kind == wire::frame_kind::reply) {
      added_ = !added_;
      return answer::accepted;
    }
    // Of one that was refused before it may still have been carried out.
    const auto why = wire::error_of(frame).code;
    if (why == shm::errc::exists)
      added_ = true;
    if (why == shm::errc::no_such_variable)
      added_ = false;
    return answer::refused;
  }

  std::shared_ptr<client::line> line_;
  std::string region_;
  std::string variable_;
  std::uint64_t asked_ = 1000; // beyond what the line has asked
  bool added_ = false;
};

class holdfast_cluster final : public consensus_cluster {
public:
  holdfast_cluster() : ports_{processes::free_ports(members)} {
    const on_any_processor everywhere;
    for (std::size_t member = 0; member < members; ++member)
      nodes_.push_back(std::make_unique<test::real_node>(text_of(member)));
  }

  // Its region is made with the first connection, when there is a leader.
  std::unique_ptr<decider> connect(std::size_t member) override {
    return connect_about(member, member);
  }

  std::unique_ptr<decider> connect_about(std::size_t member,
                                         std::size_t home) override {
    if (!has_region_[home])
      make_region(home);
    return std::make_unique<holdfast_decider>(nodes_[member]->socket(),
                                              region_of(home),
                                              "v" + std::to_string(++clients_));
  }

  // The lowest number takes leadership back: nothing is settled before. It
  // waits longer each time it has lost it, so we hand it over by command.
  std::optional<std::size_t> settled_leader() override {
    for (const auto& node : nodes_) {
      const auto leader = leader_of_all(*node);
      if (leader > 1)
        hand_over_to_first(*node);
      if (leader != 1)
        return std::nullopt;
    }
    return 0;
  }

  void kill(std::size_t member) override {
    nodes_[member]->kill();
  }

  void restart(std::size_t member) override {
    const on_any_processor everywhere;
    nodes_[member]->restart();
  }

  void freeze(std::size_t member) override {
    nodes_[member]->freeze();
  }

  void thaw(std::size_t member) override {
    nodes_[member]->thaw();
  }

private:
  static shm::result<client::connection> talk_to(const test::real_node& node) {
    client::connect_options options;
    options.socket = node.socket();
    options.client = "bench";
    return client::connection::connect(options);
  }

  // As this node sees it, when it sees all of them; 0: it does not.
  static std::uint64_t leader_of_all(const test::real_node& node) {
    const auto line = talk_to(node);
    if (!line)
      return 0;
    const auto told = line.assume_value().call("cluster_status");
    if (!told || wire::number_or(told.assume_value(), "healthy", 0) != members)
      return 0;
    return wire::number_or(told.assume_value(), "leader", 0);
  }

  // Refused until the first has the whole log: then it is asked again.
  static void hand_over_to_first(const test::real_node& node) {
    if (const auto line = talk_to(node))
      (void)line.assume_value().call("leader_transfer",
                                     {{"to", std::uint64_t{1}}});
  }

  void make_region(std::size_t member) {
    client::region_request wanted;
    wanted.region = region_of(member);
    wanted.bytes = 4U << 20;
    wanted.variables_max = 4096;
    shm::error why;
    // Tenants of the configuration are agreed on too, a moment after the start.
    has_region_[member] = test::eventually([&] {
      const auto line = talk_to(*nodes_[member]);
      const auto made = line ? line.assume_value().create_region(wanted)
                             : shm::result<void>{line.assume_error()};
      if (!made)
        why = made.assume_error();
      return made.has_value() || why.code == shm::errc::exists;
    });
    if (!has_region_[member])
      throw std::runtime_error{"no region: " + why.detail};
    stay_at(member);
  }

  /// Regions that nobody has wished somewhere are moved to balance, and a home
  /// elsewhere is asked before each answer. Once it has settled.
  void stay_at(std::size_t member) const {
    const auto wished = [&] {
      const auto line = talk_to(*nodes_[member]);
      return line
             && line.assume_value()
                  .call("move_region", {{"region", region_of(member)},
                                        {"node", std::uint64_t{member + 1}}})
                  .has_value();
    };
    if (!test::eventually(wished))
      throw std::runtime_error{"a region does not stay at its node"};
  }

  std::string text_of(std::size_t member) const {
    const auto address = [this](std::size_t of) {
      return "\"127.0.0.1:" + std::to_string(ports_[of]) + "\"";
    };
    std::string peers;
    for (std::size_t each = 0; each < members; ++each)
      if (each != member)
        peers += (peers.empty() ? "" : ", ") + std::string{R"({"id": )"}
                 + std::to_string(each + 1) + R"(, "address": )" + address(each)
                 + "}";
    auto text = test::node_text(
      test::own_tenant("[]"),
      R"("cluster": {"name": "bench", "transport": "insecure-loopback", "bind": )"
        + address(member) + R"(, "peers": [)" + peers + "]}, ");
    const std::string before = R"({"node": {)";
    return before + R"("id": )" + std::to_string(member + 1) + ", "
           + text.substr(before.size());
  }

  std::vector<std::uint16_t> ports_;
  std::vector<std::unique_ptr<test::real_node>> nodes_;
  std::array<bool, members> has_region_{};
  std::size_t clients_ = 0;
};

} // namespace

std::unique_ptr<consensus_cluster> make_holdfast_cluster() {
  return std::make_unique<holdfast_cluster>();
}

} // namespace holdfast::bench
