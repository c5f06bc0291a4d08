// A peer_node process (peer_node_main.cpp), ended with the test.
#pragma once

#include "tests/support/real_node.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace holdfast::test {

/// A port that was free a moment ago.
std::uint16_t free_port();

class peer_process {
public:
  /// `words`: id, port, cluster, interval, then id:port of each peer.
  explicit peer_process(std::vector<std::string> words);
  peer_process(const peer_process&) = delete;
  peer_process& operator=(const peer_process&) = delete;
  ~peer_process();

  /// Waits until a line that it said since the last call holds the text.
  bool says(const std::string& text,
            std::chrono::milliseconds patience = std::chrono::seconds{20});

  /// Its exit code, when it ends in time after a signal.
  std::optional<int> end(int signal);
  void signal(int number) const;
  std::string said() const;

private:
  temporary_directory directory_;
  pid_t pid_ = -1;
  std::size_t heard_ = 0;
};

} // namespace holdfast::test
