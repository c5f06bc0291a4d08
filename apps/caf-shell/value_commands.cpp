#include "apps/caf-shell/commands.hpp"
#include "apps/caf-shell/stored_value.hpp"
#include "apps/caf-shell/table.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace holdfast::shell {

namespace {

using nlohmann::ordered_json;
using shm::errc;

ordered_json row_of(const stored_value& variable,
                    const stored_value::snapshot& read) {
  return {
    {"variable", variable.path()},
    {"value", read.value},
    {"version", read.stamp.version},
    {"committed", variable.handle().committed_version() >= read.stamp.version},
    {"epoch", read.stamp.epoch},
    {"freshness", text_of(read.freshness)},
    {"kind", word_of(variable.type().kind)},
    {"type", variable.type().tag}};
}

std::string remark_of(const ordered_json& row) {
  return "version " + row["version"].dump() + ", "
         + (row["committed"] ? "committed" : "provisional") + ", "
         + row["freshness"].get<std::string>();
}

/// Whoever is told that a flush did not end well has been told: what comes
/// next in this shell does not depend on it.
shm::result<void> flush_region(node_link& node, const shm::region_view& region,
                               client::durability wanted) {
  auto done = node.last_connection().flush(region, wanted);
  if (!done)
    region.forget_doubt();
  return done;
}

/// Flushes what was stored if that is asked for.
shm::result<void> make_safe(workplace& at, const arguments& with,
                            const stored_value& variable) {
  if (!with.has("flush"))
    return boost::outcome_v2::success();
  auto done
    = flush_region(at.node, variable.region(), client::durability::memory);
  if (done)
    return done;
  auto& why = done.assume_error();
  return shm::failed(why.code,
                     "it is stored, but not known to be safe: " + why.detail);
}

command_result stored_as(const stored_value& variable, std::uint64_t version,
                         bool committed) {
  shown out;
  out.data = {{"variable", variable.path()},
              {"version", version},
              {"committed", committed}};
  out.plain = "version " + std::to_string(version);
  if (committed)
    *out.plain += ", committed";
  return out;
}

std::pair<std::string_view, std::string_view>
names_in(const stored_value& variable) {
  const std::string_view path = variable.path();
  const auto slash = path.find('/');
  return {path.substr(0, slash), path.substr(slash + 1)};
}

/// The newest value, which is committed; read once more at the home where that
/// is another node.
shm::result<ordered_json> confirmed_row(node_link& node,
                                        const stored_value& variable,
                                        const stored_value::snapshot& read) {
  const auto& line = node.last_connection();
  auto done = line.confirm(variable.region(), read.stamp.epoch);
  if (!done && done.assume_error().code != errc::fenced)
    return std::move(done).assume_error();
  auto row = row_of(variable, read);
  row["committed"] = true;
  if (done)
    return row;
  const auto [region, name] = names_in(variable);
  const auto loaded = line.load(region, name, true);
  if (!loaded)
    return loaded.assume_error();
  const auto& newest = loaded.assume_value();
  row["value"] = json_of(variable.type(), newest.value);
  row["version"] = newest.version;
  row["epoch"] = newest.epoch;
  row["freshness"] = text_of({newest.freshness, newest.age});
  return row;
}

/// This node is not the region's home: the value goes there, and is committed
/// when the answer comes.
command_result set_at_home(workplace& at, const arguments& with,
                           std::optional<std::uint64_t> expected) {
  const auto found
    = stored_value::find(at.node, with.values[0], shm::access::read);
  if (!found)
    return found.assume_error();
  const auto& variable = found.assume_value();
  const auto bytes = bytes_of(variable.type(), with.values[1]);
  if (!bytes)
    return bytes.assume_error();
  const auto [region, name] = names_in(variable);
  const auto version = at.node.last_connection().store(
    region, name, bytes.assume_value(), expected);
  if (!version)
    return version.assume_error();
  return stored_as(variable, version.assume_value(), true);
}

std::optional<std::int64_t> change_of(const arguments& with) {
  if (with.values.size() < 2)
    return 1;
  const auto& text = with.values[1];
  std::int64_t out = 0;
  const auto* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc{} || stopped != end)
    return std::nullopt;
  return out;
}

} // namespace

command_result get_values(workplace& at, const arguments& with) {
  shown out;
  out.data = ordered_json::array();
  out.columns = {"variable", "value", "version", "committed", "freshness"};
  for (const auto& path : with.values) {
    const auto variable = stored_value::find(at.node, path, shm::access::read);
    if (!variable)
      return variable.assume_error();
    const auto read = variable.assume_value().read();
    if (!read)
      return read.assume_error();
    auto row
      = with.has("confirm")
          ? confirmed_row(at.node, variable.assume_value(), read.assume_value())
          : shm::result<ordered_json>{
            row_of(variable.assume_value(), read.assume_value())};
    if (!row)
      return std::move(row).assume_error();
    if (row.assume_value()["freshness"] != "fresh")
      out.code = exit_code::stale;
    out.data.push_back(std::move(row).assume_value());
  }
  if (with.values.size() > 1)
    return out;
  // One value alone is shown as it is, to be used in a script.
  ordered_json row = out.data.front();
  const auto text = cell_of(row["value"]);
  out.plain = at.out.form() == output_form::table ? one_line(text) : text;
  out.remark = remark_of(row);
  out.data = std::move(row);
  return out;
}

command_result set_value(workplace& at, const arguments& with) {
  const auto expected = with.number("if-version");
  if (!expected)
    return expected.assume_error();
  const auto found
    = stored_value::find(at.node, with.values[0], shm::access::write);
  if (!found && found.assume_error().code == errc::unavailable)
    return set_at_home(at, with, expected.assume_value());
  if (!found)
    return found.assume_error();
  const auto& variable = found.assume_value();
  const auto bytes = bytes_of(variable.type(), with.values[1]);
  if (!bytes)
    return bytes.assume_error();
  const auto& handle = variable.handle();
  const auto version = expected.assume_value()
                         ? handle.compare_and_store(*expected.assume_value(),
                                                    bytes.assume_value())
                         : handle.store(bytes.assume_value());
  if (!version)
    return variable.about(version.assume_error());
  if (auto safe = make_safe(at, with, variable); !safe)
    return std::move(safe).assume_error();
  return stored_as(variable, version.assume_value(), with.has("flush"));
}

command_result increment(workplace& at, const arguments& with) {
  const auto change = change_of(with);
  if (!change)
    return shm::failed(errc::bad_argument,
                       "'" + with.values[1] + "' is not a whole number");
  const auto variable
    = stored_value::find(at.node, with.values[0], shm::access::write);
  if (!variable)
    return variable.assume_error();
  const auto counter = variable.assume_value().counter_here();
  if (!counter)
    return counter.assume_error();
  const auto after = counter.assume_value().fetch_add(*change);
  if (!after)
    return variable.assume_value().about(after.assume_error());
  if (auto safe = make_safe(at, with, variable.assume_value()); !safe)
    return std::move(safe).assume_error();
  shown out;
  out.data = {{"variable", with.values[0]},
              {"value", after.assume_value()},
              {"committed", with.has("flush")}};
  out.plain = std::to_string(after.assume_value());
  return out;
}

command_result flush(workplace& at, const arguments& with) {
  const auto region = at.node.region(with.values[0], shm::access::write);
  if (!region)
    return region.assume_error();
  const auto wanted
    = with.has("disk") ? client::durability::disk : client::durability::memory;
  if (auto done = flush_region(at.node, region.assume_value(), wanted); !done)
    return std::move(done).assume_error();
  shown out;
  out.data
    = {{"region", with.values[0]}, {"epoch", region.assume_value().epoch()}};
  out.remark = "A majority holds all that was stored in it.";
  return out;
}

} // namespace holdfast::shell
