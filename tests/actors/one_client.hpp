// A node alone with two regions, and a session of one client that a test
// speaks for.
#pragma once

#include "actors/session.hpp"
#include "shm/wire/frame.hpp"
#include "tests/actors/lone_node.hpp"

#include <memory>
#include <string>
#include <vector>

namespace holdfast::test {

/// Keeps what the session sends.
struct recorded_line : actors::session_line {
  struct packet {
    wire::frame frame;
    std::size_t descriptors;
  };

  void send(std::vector<std::byte> bytes,
            std::vector<shm::shared_descriptor> descriptors) override {
    sent.push_back({wire::decode(bytes).value(), descriptors.size()});
  }

  void admitted() override {
    ++admissions;
  }

  void next() override {
    ++turns;
  }

  void close() override {
    closed = true;
  }

  std::vector<packet> sent;
  int admissions = 0;
  int turns = 0;
  bool closed = false;
};

inline std::string text(const char* value) {
  return value;
}

/// A client of user 10 who may read and write "quotes" and do anything but
/// write to regions named own-…. There is a "secret" as well.
struct one_client : lone_node {
  one_client();

  actors::session_actor connect(std::uint32_t uid);

  /// Sends a request with the next id.
  void send(std::string command, wire::fields fields = {});
  wire::bytes packet(std::uint64_t id, std::string command,
                     wire::fields fields);

  /// The last packet, which answers the last request.
  const recorded_line::packet& call(std::string command,
                                    wire::fields fields = {});

  shm::errc refusal(std::string command, wire::fields fields = {});

  void say_hello();

  wire::fields attach_quotes(const char* access = "write") {
    return {{"region", text("quotes")}, {"access", text(access)}};
  }

  std::shared_ptr<recorded_line> line;
  std::uint64_t last_id = 0;
  actors::session_actor session;
};

} // namespace holdfast::test
