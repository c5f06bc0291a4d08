#include "shm/client/replies.hpp"

#include "shm/limits.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace holdfast::client {

namespace {

using shm::errc;
using shm::failed;
using std::chrono::milliseconds;

constexpr std::size_t listings_max = shm::limits::variables_max;

// Reads what a reply must hold; the first thing missing is kept.
class reply_reader {
public:
  reply_reader(const wire::fields& from, std::string_view command)
    : from_{from}, command_{command} {
    // nop
  }

  std::string text(std::string_view name) {
    const auto* found = wire::find_text(from_, name);
    if (found == nullptr)
      note(name, "text");
    return found == nullptr ? std::string{} : *found;
  }

  std::uint64_t number(std::string_view name) {
    // Whatever the two answers have in common is the number.
    const auto found = wire::number_or(from_, name, 0);
    if (found != wire::number_or(from_, name, 1))
      note(name, "a number");
    return found;
  }

  bool truth(std::string_view name) {
    const auto* found = wire::find(from_, name);
    const auto* held = found == nullptr ? nullptr : std::get_if<bool>(found);
    if (held == nullptr)
      note(name, "a bool");
    return held != nullptr && *held;
  }

  wire::bytes bytes(std::string_view name) {
    const auto* found = wire::find(from_, name);
    const auto* held
      = found == nullptr ? nullptr : std::get_if<wire::bytes>(found);
    if (held == nullptr)
      note(name, "bytes");
    return held == nullptr ? wire::bytes{} : *held;
  }

  shm::freshness_kind freshness(std::string_view name) {
    const auto word = text(name);
    if (word != "fresh" && word != "stale" && word != "orphaned")
      note(name, "fresh, stale or orphaned");
    return word == "fresh"   ? shm::freshness_kind::fresh
           : word == "stale" ? shm::freshness_kind::stale
                             : shm::freshness_kind::orphaned;
  }

  const wire::rows& rows(std::string_view name) {
    static const wire::rows none;
    const auto* found = wire::find(from_, name);
    const auto* held
      = found == nullptr ? nullptr : std::get_if<wire::rows>(found);
    if (held == nullptr)
      note(name, "rows");
    return held == nullptr ? none : *held;
  }

  void note(std::string_view name, std::string_view what) {
    if (problem_.empty())
      problem_ = "the reply to '" + std::string{command_} + "' lacks '"
                 + std::string{name} + "', " + std::string{what};
  }

  template <class T>
  shm::result<T> complete(T read) {
    if (!problem_.empty())
      return failed(errc::protocol, problem_);
    return read;
  }

private:
  const wire::fields& from_;
  std::string_view command_;
  std::string problem_;
};

shm::result<region_listing> read_region(const wire::fields& from) {
  reply_reader reply{from, "regions"};
  region_listing out;
  out.region = reply.text("region");
  out.bytes = reply.number("bytes");
  out.bytes_max = reply.number("bytes_max");
  out.bytes_free = reply.number("bytes_free");
  out.variables = reply.number("variables");
  out.variables_max = reply.number("variables_max");
  out.clients = reply.number("clients");
  out.epoch = reply.number("epoch");
  out.home = reply.number("home");
  out.state = reply.text("state");
  out.role = reply.text("role");
  out.rights = reply.text("rights");
  out.replicas = reply.text("replicas");
  out.settled = reply.truth("settled");
  out.began_empty = reply.number("began_empty");
  return reply.complete(std::move(out));
}

shm::result<variable_listing> read_variable(const wire::fields& from) {
  reply_reader reply{from, "variables"};
  variable_listing out;
  out.name = reply.text("name");
  out.kind = reply.text("kind");
  out.type = reply.text("type");
  out.capacity = reply.number("capacity");
  out.version = reply.number("version");
  out.committed = reply.number("committed");
  return reply.complete(std::move(out));
}

std::string_view key_of(const region_listing& listing) {
  return listing.region;
}

std::string_view key_of(const variable_listing& listing) {
  return listing.name;
}

// Appends one page; whether there is more.
template <class Listing>
shm::result<bool>
read_any_page(const wire::fields& from, std::string_view command,
              shm::result<Listing> (*read_row)(const wire::fields&),
              std::vector<Listing>& into) {
  reply_reader reply{from, command};
  const auto& page = reply.rows("rows");
  const bool more = reply.truth("more");
  for (const auto& row : page) {
    auto read = read_row(row);
    if (!read)
      return std::move(read).assume_error();
    // Names that rise bound the number of pages.
    if (!into.empty() && key_of(read.assume_value()) <= key_of(into.back()))
      return failed(errc::protocol,
                    "the " + std::string{command} + " are not sorted by name");
    into.push_back(std::move(read).assume_value());
  }
  if (more && page.empty())
    return failed(errc::protocol,
                  "an empty page of " + std::string{command} + ", and more");
  if (into.size() > listings_max)
    return failed(errc::protocol,
                  "more " + std::string{command} + " than there can be");
  return reply.complete(more);
}

} // namespace

shm::result<node_greeting> read_greeting(const wire::fields& from) {
  reply_reader reply{from, "hello"};
  node_greeting out;
  out.node = reply.number("node");
  out.name = reply.text("node_name");
  out.version = reply.text("version");
  out.session = reply.number("session");
  out.tenant = reply.text("tenant");
  out.principal = reply.text("principal");
  out.lease
    = milliseconds{static_cast<milliseconds::rep>(reply.number("lease_ms"))};
  return reply.complete(std::move(out));
}

shm::result<std::uint64_t> read_stored(const wire::fields& from) {
  reply_reader reply{from, "store"};
  const auto version = reply.number("version");
  return reply.complete(version);
}

shm::result<loaded_value> read_loaded(const wire::fields& from) {
  reply_reader reply{from, "load"};
  loaded_value out;
  out.value = reply.bytes("value");
  out.version = reply.number("version");
  out.committed = reply.number("committed");
  out.epoch = reply.number("epoch");
  out.freshness = reply.freshness("freshness");
  out.age = milliseconds{reply.number("age_ms")};
  return reply.complete(std::move(out));
}

shm::result<bool> read_page(const wire::fields& from,
                            std::vector<region_listing>& into) {
  return read_any_page(from, "regions", read_region, into);
}

shm::result<bool> read_page(const wire::fields& from,
                            std::vector<variable_listing>& into) {
  return read_any_page(from, "variables", read_variable, into);
}

} // namespace holdfast::client
