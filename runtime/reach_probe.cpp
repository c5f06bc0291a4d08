#include "runtime/reach_probe.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <map>

namespace holdfast::runtime {

namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;

probe_outcome outcome_of(const error_code& error) {
  if (!error)
    return probe_outcome::reachable;
  return error == boost::asio::error::connection_refused
           ? probe_outcome::refused
           : probe_outcome::silent;
}

} // namespace

/// One question under way.
struct reach_probe::attempt {
  explicit attempt(boost::asio::io_context& io)
    : resolver{io}, socket{io}, timer{io} {
    // nop
  }

  tcp::resolver resolver;
  tcp::socket socket;
  boost::asio::steady_timer timer;
  std::string address;
};

struct reach_probe::state : std::enable_shared_from_this<state> {
  state(boost::asio::io_context& used, std::chrono::milliseconds wait,
        std::string said, on_result to)
    : io{used}, deadline{wait}, greeting{std::move(said)}, tell{std::move(to)} {
    // nop
  }

  void ask(std::uint64_t question, const std::string& host,
           std::uint16_t port) {
    if (!tell)
      return;
    auto made = std::make_unique<attempt>(io);
    auto& each = *made;
    attempts[question] = std::move(made);
    each.timer.expires_after(deadline);
    each.timer.async_wait(while_open(question, [this, question](auto) {
      end(question, boost::asio::error::timed_out);
    }));
    error_code is_name;
    const auto number = boost::asio::ip::make_address(host, is_name);
    if (!is_name) {
      connect(question, {number, port});
      return;
    }
    each.resolver.async_resolve(
      host, std::to_string(port),
      [weak = weak_from_this(), question](
        const error_code& error, const tcp::resolver::results_type& r) {
        const auto self = weak.lock();
        if (!self || !self->attempts.contains(question))
          return;
        if (error)
          self->end(question, error);
        else
          self->connect(question, r.begin()->endpoint());
      });
  }

  void connect(std::uint64_t question, const tcp::endpoint& where) {
    auto& each = *attempts.at(question);
    each.address = where.address().to_string();
    each.socket.async_connect(
      where, while_open(question, [this, question](const error_code& error) {
        if (error)
          end(question, error);
        else
          await_reaction(question);
      }));
  }

  /// Bytes or a hang-up: both show that somebody is at work there.
  void await_reaction(std::uint64_t question) {
    auto& each = *attempts.at(question);
    error_code ignored; // then the reaction is missing, too
    if (!greeting.empty())
      each.socket.write_some(boost::asio::buffer(greeting), ignored);
    each.socket.async_wait(
      tcp::socket::wait_read,
      while_open(question, [this, question](const error_code& error) {
        end(question, error);
      }));
  }

  /// Takes the attempt down before it tells, which cancels what is under way.
  void end(std::uint64_t question, const error_code& error) {
    const auto found = attempts.find(question);
    if (found == attempts.end())
      return;
    const probe_result result{outcome_of(error), found->second->address,
                              error ? error.message() : std::string{}};
    attempts.erase(found);
    if (tell)
      tell(question, result);
  }

  using continuation = std::function<void(const error_code&)>;

  /// Nothing is done for an attempt that has ended, or after the probe.
  continuation while_open(std::uint64_t question, continuation then) {
    return [weak = weak_from_this(), question,
            then = std::move(then)](const error_code& error) {
      const auto self = weak.lock();
      if (self && self->attempts.contains(question)
          && error != boost::asio::error::operation_aborted)
        then(error);
    };
  }

  boost::asio::io_context& io;
  std::chrono::milliseconds deadline;
  std::string greeting;
  on_result tell;
  std::map<std::uint64_t, std::unique_ptr<attempt>> attempts;
};

reach_probe::reach_probe(boost::asio::io_context& io,
                         std::chrono::milliseconds deadline,
                         std::string greeting, on_result tell)
  : state_{std::make_shared<state>(io, deadline, std::move(greeting),
                                   std::move(tell))} {
  // nop
}

reach_probe::~reach_probe() {
  state_->tell = nullptr;
  state_->attempts.clear();
}

std::function<void(std::uint64_t, std::string, std::uint16_t)>
reach_probe::asker() {
  return [weak = std::weak_ptr{state_}, &io = state_->io](
           std::uint64_t question, std::string host, std::uint16_t port) {
    boost::asio::post(io, [weak, question, host = std::move(host), port] {
      if (const auto self = weak.lock())
        self->ask(question, host, port);
    });
  };
}

} // namespace holdfast::runtime
