// Connects to a place, waits for any reaction and hangs up: is anybody there?
//
// CAF connects with a blocking call that a silent host holds up for minutes, so
// every address is tried here first. A kernel takes connections for a frozen
// process until its queue is full, so being connected says nothing yet. Loop's
// thread only, but for ask().
#pragma once

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace holdfast::runtime {

enum class probe_outcome : std::uint8_t { reachable, refused, silent };

struct probe_result {
  probe_outcome outcome = probe_outcome::silent;
  std::string address; ///< the number of the host, for whoever connects next
  std::string detail;  ///< the system's reason
};

class reach_probe {
public:
  using on_result
    = std::function<void(std::uint64_t question, const probe_result& result)>;

  /// Results come on the loop's thread. The greeting is sent first: it makes
  /// those react who do not speak first.
  reach_probe(boost::asio::io_context& io, std::chrono::milliseconds deadline,
              std::string greeting, on_result tell);

  reach_probe(const reach_probe&) = delete;
  reach_probe& operator=(const reach_probe&) = delete;

  /// No result comes any more.
  ~reach_probe();

  /// Any thread may call what this makes, also when the probe is gone.
  std::function<void(std::uint64_t question, std::string host,
                     std::uint16_t port)>
  asker();

private:
  struct attempt;
  struct state;
  std::shared_ptr<state> state_;
};

} // namespace holdfast::runtime
