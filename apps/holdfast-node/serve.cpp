#include "apps/holdfast-node/serve.hpp"

#include "config/defaults.hpp"
#include "runtime/event_loop.hpp"
#include "runtime/log.hpp"
#include "runtime/node.hpp"
#include "runtime/process.hpp"
#include "runtime/start_warnings.hpp"
#include "runtime/systemd.hpp"
#include "runtime/watchdog.hpp"

#include <signal.h>
#include <string.h>

#include <memory>

namespace holdfast {

namespace {

using actors::log_level;

actors::log_fields about(const config::node_config& config) {
  return {{"node", std::to_string(config.node.id)},
          {"name", config.node.name},
          {"socket", config.node.socket}};
}

exit_code explain(const actors::log_function& log, const shm::error& error) {
  log(log_level::error, "cannot start", {{"reason", error.message()}});
  switch (error.code) {
  case shm::errc::exists:
    return exit_code::another_node;
  case shm::errc::corrupt:
    return exit_code::damaged;
  default:
    return exit_code::cannot_start;
  }
}

/// Runs until SIGTERM or SIGINT, or until it can promise nothing any more; how
/// the process is to end.
exit_code wait_for_the_end(runtime::event_loop& loop, const runtime::node& node,
                           const actors::log_function& log) {
  loop.run();
  const bool failed = node.has_left();
  if (failed)
    log(log_level::error,
        "what is agreed on cannot be kept any more: this node ends", {});
  log(log_level::info, "stopping", {});
  runtime::notify_service("STOPPING=1\nSTATUS=stopping");
  // A disk that failed may well stand still, too.
  runtime::start_watchdog(config::shutdown_deadline,
                          static_cast<int>(failed
                                             ? exit_code::disk_failed
                                             : exit_code::shutdown_overran));
  if (failed)
    return exit_code::disk_failed;
  return node.has_twin() ? exit_code::another_node : exit_code::ok;
}

} // namespace

exit_code serve(const config::node_config& config) {
  runtime::harden_process();
  runtime::raise_descriptor_limit();
  runtime::keep_freed_memory();
  // Before any thread: threads inherit the mask, and the loop alone hears.
  runtime::block_signals();
  const auto log = runtime::make_log(config.log);
  runtime::event_loop loop;
  const auto on_signal = [&](int signal) {
    if (signal == SIGHUP) {
      log(log_level::warning,
          "SIGHUP noted: this version cannot reload; restart the node", {});
      return;
    }
    log(log_level::info, "a signal asks the node to end",
        {{"signal", ::strsignal(signal)}});
    loop.stop();
  };
  const auto signals = runtime::signal_source::open(loop, on_signal);
  if (!signals)
    return explain(log, signals.assume_error());
  auto started = runtime::node::start(loop, config, log);
  if (!started)
    return explain(log, started.assume_error());
  for (const auto& warning : runtime::start_warnings(config))
    log(log_level::warning, warning, {});
  log(log_level::info, "serving", about(config));
  runtime::notify_service("READY=1\nSTATUS=serving");
  auto how = exit_code::ok;
  {
    const auto node = std::move(started).assume_value();
    how = wait_for_the_end(loop, *node, log);
  }
  log(log_level::info, "ended", {});
  return how;
}

} // namespace holdfast
