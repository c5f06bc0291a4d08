// The client processes of a run.
#pragma once

#include "apps/holdfast-torture/nodes.hpp"
#include "apps/holdfast-torture/workload.hpp"
#include "apps/processes/process.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace holdfast::torture {

class crew {
public:
  /// A writer, a spinner and a sleeper at each node. What they print goes to
  /// `directory`, which holds one for histories.
  crew(const torture_options& options, const nodes& at,
       const std::string& directory);

  /// Kills one with SIGKILL and starts another in its place; who it was.
  client_options replace(std::uint64_t choice);

  /// Those that ended by themselves, which none should.
  std::string ended();

  /// Asks all to end, and waits. Throws std::runtime_error when one does not.
  void stop();

  /// Ids of clients, each used once.
  std::uint32_t next_id() noexcept {
    return ++last_id_;
  }

private:
  void start(client_options who);

  struct member {
    client_options who;
    processes::process running;
  };

  std::string output_;
  std::uint64_t seed_;
  std::uint32_t last_id_ = 0;
  std::map<std::uint32_t, member> members_; ///< by id
};

} // namespace holdfast::torture
