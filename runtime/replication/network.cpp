#include "runtime/replication/network.hpp"

#include "config/region_bounds.hpp"
#include "runtime/replication/call.hpp"
#include "runtime/replication/door.hpp"
#include "runtime/replication/link.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>

#include <sodium.h>

#include <map>

namespace holdfast::runtime {

namespace {

/// In a time that tells nothing of where they differ.
bool same(const rules::wide_id& a, const rules::wide_id& b) {
  return ::sodium_memcmp(&a, &b, sizeof(a)) == 0;
}

} // namespace

/// What waits in the loop holds it weakly, and keeps nothing.
class replication_network::state : public actors::replication_links,
                                   public std::enable_shared_from_this<state> {
public:
  state(boost::asio::io_context& io, replication_network_options options)
    : io_{io}, order_{io.get_executor()}, options_{std::move(options)} {
    // nop
  }

  shm::result<void> open();
  void close();

  std::uint16_t port() const {
    return door_->port();
  }

  // Any thread: all that is asked here is done on the loop, in its order.
  void follow(const replication_place& to) override;
  void forget(std::uint64_t node) override;
  void send(std::uint64_t to, region_packet packet) override;

private:
  using link_pointer = std::shared_ptr<replication_link>;

  /// For the loop's thread, in the order in which each thread asks.
  template <class Step>
  auto step_of(Step step);

  link_pointer link_to(std::uint64_t node) const;
  link_pointer make_link(const replication_place& to);
  void drop(std::uint64_t node);
  void start(const link_pointer& link);
  bool let_in(const replication_opening& who,
              const std::shared_ptr<replication_stream>& stream);
  void stand(const link_pointer& link,
             const std::shared_ptr<replication_stream>& stream);
  void on_lost(const replication_place& to, const std::string& why);
  void note(actors::log_level level, std::string_view what, std::uint64_t node,
            const std::string& detail);

  boost::asio::io_context& io_;
  boost::asio::strand<boost::asio::io_context::executor_type> order_;
  replication_network_options options_;

  std::unique_ptr<boost::asio::ssl::context> tls_; ///< null: in plain
  std::shared_ptr<replication_door> door_;      ///< null once this was closed
  std::map<std::uint64_t, link_pointer> links_; ///< by node
  /// To the nodes that this one calls.
  std::map<std::uint64_t, std::shared_ptr<replication_call>> calls_;
};

// -- any thread ---------------------------------------------------------------

template <class Step>
auto replication_network::state::step_of(Step step) {
  return [weak = weak_from_this(), step = std::move(step)]() mutable {
    if (const auto self = weak.lock(); self && self->door_)
      step(*self);
  };
}

/// On the loop at once, unless something was asked before.
void replication_network::state::send(std::uint64_t to, region_packet packet) {
  boost::asio::dispatch(
    order_, step_of([to, packet = std::move(packet)](state& self) mutable {
      if (const auto link = self.link_to(to))
        link->send(std::move(packet));
    }));
}

void replication_network::state::follow(const replication_place& to) {
  boost::asio::post(order_, step_of([to](state& self) {
                      const auto known = self.link_to(to.node);
                      if (known && known->place().link == to.link)
                        return;
                      self.drop(to.node);
                      const auto made = self.make_link(to);
                      self.links_[to.node] = made;
                      self.start(made);
                    }));
}

void replication_network::state::forget(std::uint64_t node) {
  boost::asio::post(order_, step_of([node](state& self) { self.drop(node); }));
}

// -- the loop's thread --------------------------------------------------------

replication_network::state::link_pointer
replication_network::state::link_to(std::uint64_t node) const {
  const auto found = links_.find(node);
  return found != links_.end() ? found->second : nullptr;
}

replication_network::state::link_pointer
replication_network::state::make_link(const replication_place& to) {
  replication_link::hooks tell;
  tell.arrived = [weak = weak_from_this()](region_packet packet) {
    if (const auto self = weak.lock())
      self->options_.arrived(std::move(packet));
  };
  tell.lost = [weak = weak_from_this(), to](const std::string& why) {
    if (const auto self = weak.lock())
      self->on_lost(to, why);
  };
  return std::make_shared<replication_link>(
    to,
    replication_bounds{config::replication_waiting_bytes_max,
                       config::region_message_bytes_max},
    std::move(tell));
}

void replication_network::state::drop(std::uint64_t node) {
  calls_.erase(node);
  const auto found = links_.find(node);
  if (found == links_.end())
    return;
  found->second->close();
  links_.erase(found);
}

shm::result<void> replication_network::state::open() {
  const auto& cluster = options_.cluster;
  if (cluster.tls) {
    auto made = replication_tls(*cluster.tls);
    if (!made)
      return std::move(made).assume_error();
    tls_ = std::move(made).assume_value();
  }
  door_ = std::make_shared<replication_door>(
    io_, tls_.get(),
    [weak = weak_from_this()](const auto& who, const auto& by) {
      const auto self = weak.lock();
      return self && self->let_in(who, by);
    });
  return door_->open(cluster.bind.host, cluster.replication_port);
}

void replication_network::state::start(const link_pointer& link) {
  const auto& to = link->place();
  if (!to.calls)
    return door_->look_again();
  replication_call_options chosen;
  chosen.node = options_.node;
  chosen.to = to;
  chosen.tls = tls_.get();
  chosen.chance = options_.chance;
  chosen.stands = [weak = weak_from_this(), link](const auto& stream) {
    if (const auto self = weak.lock())
      self->stand(link, stream);
  };
  chosen.failed = [weak = weak_from_this(), to](const std::string& why) {
    if (const auto self = weak.lock())
      self->note(actors::log_level::debug, "no connection for replication",
                 to.node, why);
  };
  const auto call = std::make_shared<replication_call>(io_, std::move(chosen));
  calls_[to.node] = call;
  call->begin();
}

/// The peer here may hear of the link a moment after the other one has called.
bool replication_network::state::let_in(
  const replication_opening& who,
  const std::shared_ptr<replication_stream>& stream) {
  const auto link = link_to(who.node);
  if (!link || link->place().calls || !same(link->place().link, who.link))
    return false;
  stand(link, stream);
  return true;
}

void replication_network::state::stand(
  const link_pointer& link, const std::shared_ptr<replication_stream>& stream) {
  note(actors::log_level::info, "replication with a peer is connected",
       link->place().node, {});
  link->run_on(stream);
}

void replication_network::state::on_lost(const replication_place& to,
                                         const std::string& why) {
  note(actors::log_level::info, "the connection for replication ended", to.node,
       why);
  if (const auto found = calls_.find(to.node); found != calls_.end())
    found->second->on_ended();
}

void replication_network::state::note(actors::log_level level,
                                      std::string_view what, std::uint64_t node,
                                      const std::string& detail) {
  options_.log(level, what,
               {{"peer", std::to_string(node)}, {"detail", detail}});
}

void replication_network::state::close() {
  door_->close();
  door_ = nullptr;
  calls_.clear();
  for (const auto& [_, link] : links_)
    link->close();
  links_.clear();
}

// -- the whole ----------------------------------------------------------------

shm::result<std::unique_ptr<replication_network>>
replication_network::open(boost::asio::io_context& io,
                          replication_network_options options) {
  auto made = std::make_shared<state>(io, std::move(options));
  if (auto opened = made->open(); !opened)
    return std::move(opened).assume_error();
  return std::unique_ptr<replication_network>{
    new replication_network{std::move(made)}};
}

replication_network::replication_network(std::shared_ptr<state> made)
  : state_{std::move(made)} {
  // nop
}

replication_network::~replication_network() {
  state_->close();
}

std::uint16_t replication_network::port() const {
  return state_->port();
}

std::shared_ptr<actors::replication_links> replication_network::links() const {
  return state_;
}

} // namespace holdfast::runtime
