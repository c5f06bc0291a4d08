#include "apps/caf-shell/commands.hpp"
#include "apps/caf-shell/interrupt.hpp"
#include "apps/caf-shell/stored_value.hpp"
#include "shm/wait.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

namespace holdfast::shell {

namespace {

using namespace std::chrono_literals;
using nlohmann::ordered_json;
using shm::errc;

// How soon Ctrl-C and a node that hung up are noticed; changes wake at once.
constexpr auto look_up_interval = 100ms;

// The variables watched, and how far each was shown.
class watching {
public:
  explicit watching(workplace& at) noexcept : at_{at} {
    // nop
  }

  shm::result<void> add(std::string_view path) {
    auto found = stored_value::find(at_.node, path, shm::access::read);
    if (!found)
      return std::move(found).assume_error();
    variables_.push_back(std::move(found).assume_value());
    shown_.push_back(0);
    return boost::outcome_v2::success();
  }

  /// Shows what each variable holds now, if anything.
  shm::result<void> show_all() {
    for (std::size_t i = 0; i < variables_.size(); ++i)
      if (variables_[i].handle().version() != 0)
        if (auto done = show(i); !done)
          return done;
    return boost::outcome_v2::success();
  }

  /// Waits a little for a change and shows it; whether one came.
  shm::result<bool> show_next() {
    std::vector<shm::watched> all;
    for (std::size_t i = 0; i < variables_.size(); ++i)
      all.push_back(variables_[i].handle().watch_since(shown_[i]));
    const auto changed = shm::wait_for_any(all, std::chrono::steady_clock::now()
                                                  + look_up_interval);
    if (!changed && changed.assume_error() == errc::timeout)
      return false;
    if (!changed)
      return variables_.front().about(changed.assume_error());
    if (auto done = show(changed.assume_value()); !done)
      return std::move(done).assume_error();
    return true;
  }

private:
  shm::result<void> show(std::size_t index) {
    const auto& variable = variables_[index];
    const auto read = variable.read();
    if (!read)
      return read.assume_error();
    const auto& [value, stamp, freshness] = read.assume_value();
    ordered_json row{{"variable", variable.path()},
                     {"value", value},
                     {"version", stamp.version},
                     {"freshness", text_of(freshness)}};
    // Changes that came between two looks are told as one.
    if (shown_[index] != 0 && stamp.version > shown_[index] + 1)
      row["skipped"] = stamp.version - shown_[index] - 1;
    shown_[index] = stamp.version;
    at_.out.stream(row);
    return boost::outcome_v2::success();
  }

  workplace& at_;
  std::vector<stored_value> variables_;
  std::vector<std::uint64_t> shown_;
};

} // namespace

command_result watch_values(workplace& at, const arguments& with) {
  const auto count = with.number("count");
  if (!count)
    return count.assume_error();
  auto left
    = count.assume_value().value_or(std::numeric_limits<std::uint64_t>::max());
  watching all{at};
  for (const auto& path : with.values)
    if (auto added = all.add(path); !added)
      return std::move(added).assume_error();
  if (auto done = all.show_all(); !done)
    return std::move(done).assume_error();
  shown out;
  while (left > 0) {
    if (interrupted()) {
      out.code = exit_code::interrupted;
      return out;
    }
    const auto changed = all.show_next();
    if (!changed)
      return changed.assume_error();
    if (changed.assume_value())
      --left;
    else if (!at.node.connected())
      return shm::failed(errc::unreachable,
                         "the node hung up; nobody tells of changes any more");
  }
  return out;
}

} // namespace holdfast::shell
