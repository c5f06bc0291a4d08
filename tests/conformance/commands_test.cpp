// Every command does what docs/protocol.md says.
#include "shm/layout.hpp"
#include "tests/conformance/conformance_node.hpp"
#include "tests/support/catch.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

using namespace holdfast;
using shm::errc;
using test::conformance_node;
using test::raw_answer;
using test::raw_client;
using test::text;

namespace {

wire::rows rows_in(const wire::fields& fields) {
  const auto* found = wire::find(fields, "rows");
  REQUIRE(found != nullptr);
  return std::get<wire::rows>(*found);
}

bool more_in(const wire::fields& fields) {
  const auto* found = wire::find(fields, "more");
  REQUIRE(found != nullptr);
  return std::get<bool>(*found);
}

std::set<std::string> names_of(const wire::fields& fields) {
  std::set<std::string> out;
  for (const auto& each : fields)
    out.insert(each.name);
  return out;
}

const std::set<std::string> region_columns{
  "region",    "bytes",         "bytes_max",   "bytes_free",
  "variables", "variables_max", "clients",     "epoch",
  "home",      "state",         "role",        "rights",
  "replicas",  "settled",       "began_empty", "whole"};

wire::fields attach_arguments(const std::string& region,
                              const std::string& access) {
  return {{"region", region}, {"access", access}};
}

} // namespace

TEST_CASE("status, version and time tell of the node",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();

  const auto status = client.ask("status").frame().fields;
  const auto version = client.ask("version").frame().fields;
  const auto time = client.ask("time").frame().fields;

  CHECK(names_of(status)
        == std::set<std::string>{"node", "name", "version", "uptime_ms",
                                 "state", "regions", "sessions", "tenant",
                                 "principal"});
  CHECK(*wire::find_text(status, "state") == "serving");
  CHECK(wire::number_or(status, "regions", 0) == 2);
  CHECK(wire::number_or(status, "sessions", 0) == 1);
  CHECK(wire::number_or(version, "protocol", 0) == 1);
  CHECK(wire::number_or(version, "layout", 0) == shm::layout::version);
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                     std::chrono::system_clock::now().time_since_epoch())
                     .count();
  const auto told
    = static_cast<std::int64_t>(wire::number_or(time, "unix_ns", 0));
  CHECK(std::abs(now - told) < 10'000'000'000);
  CHECK(wire::number_or(time, "boot_ns", 0) > 0);
}

TEST_CASE("regions and region tell the same of a region",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();

  const auto all = client.ask("regions").frame().fields;
  auto one = client.ask("region", {{"region", text("quotes")}}).frame().fields;

  REQUIRE(rows_in(all).size() == 2);
  CHECK_FALSE(more_in(all));
  const auto row = rows_in(all)[0];
  CHECK(names_of(row) == region_columns);
  auto names = region_columns;
  names.insert({"applied", "drains", "repairs", "mended", "durability"});
  CHECK(names_of(one) == names);
  CHECK(*wire::find_text(row, "region") == "quotes");
  CHECK(wire::number_or(row, "bytes", 0) == 1U << 20);
  CHECK(wire::number_or(row, "bytes_max", 0) == 2U << 20);
  CHECK(wire::number_or(row, "variables", 0) == 3);
  CHECK(*wire::find_text(one, "state") == "active");
  CHECK(*wire::find_text(one, "role") == "home");
  CHECK(wire::find_text(one, "replicas")->empty());
  CHECK(wire::number_or(one, "began_empty", 0)
        == wire::number_or(one, "epoch", 1));

  const auto after
    = client.ask("regions", {{"after", text("quotes")}}).frame().fields;
  REQUIRE(rows_in(after).size() == 1);
  CHECK(*wire::find_text(rows_in(after)[0], "region") == "rates");
}

TEST_CASE("only regions with some right are listed",
          "[conformance][commands]") {
  const conformance_node node;
  raw_client viewer{node.node.socket(), "little"};

  const auto all = viewer.ask("regions").frame().fields;

  REQUIRE(rows_in(all).size() == 1);
  CHECK(*wire::find_text(rows_in(all)[0], "region") == "quotes");
  CHECK(*wire::find_text(rows_in(all)[0], "rights") == "read");
}

TEST_CASE("variables are added, listed by name and removed",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();
  const auto add = [&client](const char* name, const char* kind,
                             const char* type, std::uint64_t capacity) {
    return client
      .ask("add_variable", {{"region", text("rates")},
                            {"name", text(name)},
                            {"kind", text(kind)},
                            {"type", text(type)},
                            {"capacity", capacity}})
      .code();
  };
  const auto listed = [&client](wire::fields more = {}) {
    more.push_back({"region", text("rates")});
    return client.ask("variables", more).frame().fields;
  };

  CHECK(add("c", "counter", "i64", 8) == errc::ok);
  CHECK(add("b", "bytes", "bytes", 100) == errc::ok);
  CHECK(add("s", "string", "string", 100) == errc::ok);
  CHECK(add("j", "json", "json", 100) == errc::ok);
  CHECK(add("a/v", "value", "own::type/1", 48) == errc::ok);

  std::string order;
  for (const auto& row : rows_in(listed())) {
    CHECK(names_of(row)
          == std::set<std::string>{"name", "kind", "type", "capacity",
                                   "version", "committed"});
    order += *wire::find_text(row, "name") + ' ';
  }
  CHECK(order == "a/v b c j s ");
  const auto first = rows_in(listed())[0];
  CHECK(*wire::find_text(first, "kind") == "value");
  CHECK(*wire::find_text(first, "type") == "own::type/1");
  CHECK(wire::number_or(first, "capacity", 0) == 48);
  CHECK(wire::number_or(first, "version", 9) == 0);
  CHECK(rows_in(listed({{"after", text("c")}})).size() == 2);

  CHECK(
    client
      .ask("remove_variable", {{"region", text("rates")}, {"name", text("b")}})
      .code()
    == errc::ok);
  CHECK(rows_in(listed()).size() == 4);
}

TEST_CASE("regions are made, grown and removed", "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();
  const auto bytes_of = [&client](const char* region) {
    return wire::number_or(
      client.ask("region", {{"region", text(region)}}).frame().fields, "bytes",
      0);
  };

  CHECK(client
          .ask("create_region", {{"region", text("orders")},
                                 {"bytes", std::uint64_t{1} << 19},
                                 {"bytes_max", std::uint64_t{1} << 20},
                                 {"variables_max", std::uint64_t{8}},
                                 {"writers", text("clients")}})
          .code()
        == errc::ok);
  CHECK(bytes_of("orders") == 1U << 19);
  CHECK(client
          .ask("grow_region",
               {{"region", text("orders")}, {"bytes", std::uint64_t{1} << 20}})
          .code()
        == errc::ok);
  CHECK(bytes_of("orders") == 1U << 20);
  CHECK(client.ask("remove_region", {{"region", text("orders")}}).code()
        == errc::ok);
  CHECK(client.ask("region", {{"region", text("orders")}}).code()
        == errc::no_such_region);
}

TEST_CASE("attach brings the control object and the data object",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();
  const auto* access = GENERATE("read", "write");

  const auto heard = client.ask("attach", attach_arguments("quotes", access));

  REQUIRE(heard.code() == errc::ok);
  const auto frame = heard.frame();
  CHECK(frame.descriptors == 2);
  CHECK(*wire::find_text(frame.fields, "region") == "quotes");
  CHECK(*wire::find_text(frame.fields, "access") == access);
  CHECK(wire::number_or(frame.fields, "owner", 0) > 0);
  REQUIRE(heard.descriptors.size() == 2);
  std::uint64_t magic = 0;
  for (const auto& [index, expected] : std::map<std::size_t, std::uint64_t>{
         {0, shm::layout::control_magic}, {1, shm::layout::data_magic}}) {
    const int fd = heard.descriptors[index].get();
    REQUIRE(::pread(fd, &magic, sizeof(magic), 0) == sizeof(magic));
    CHECK(magic == expected);
  }
  const auto writable = [&heard](std::size_t index) {
    auto* mapped = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
                          heard.descriptors[index].get(), 0);
    if (mapped != MAP_FAILED)
      ::munmap(mapped, 4096);
    return mapped != MAP_FAILED;
  };
  CHECK_FALSE(writable(0));
  CHECK(writable(1) == (std::string_view{access} == "write"));
}

TEST_CASE("a session attaches a region once, until it gives it back",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();
  const auto attach = [&client](const char* access) {
    return client.ask("attach", attach_arguments("quotes", access)).code();
  };
  const auto clients = [&client] {
    return wire::number_or(
      client.ask("region", {{"region", text("quotes")}}).frame().fields,
      "clients", 99);
  };

  CHECK(attach("read") == errc::ok);
  CHECK(clients() == 1);
  CHECK(attach("write") == errc::exists);
  CHECK(client.ask("detach", {{"region", text("quotes")}}).code() == errc::ok);
  CHECK(clients() == 0);
  CHECK(attach("write") == errc::ok);
  CHECK(client.ask("detach", {{"region", text("rates")}}).code()
        == errc::no_such_region);
}

TEST_CASE("watching is counted once, and needs an attachment",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();
  const auto watch = [&client](const char* scope) {
    return client
      .ask("watch", {{"region", text("quotes")}, {"scope", text(scope)}})
      .code();
  };
  CHECK(watch("variable") == errc::no_such_region);

  const auto attached
    = client.ask("attach", attach_arguments("quotes", "read"));
  REQUIRE(attached.descriptors.size() == 2);
  auto* mapped = ::mmap(nullptr, shm::layout::page, PROT_READ, MAP_SHARED,
                        attached.descriptors[0].get(), 0);
  REQUIRE(mapped != MAP_FAILED);
  const auto& control
    = *static_cast<const shm::layout::control_header*>(mapped);

  CHECK(watch("variable") == errc::ok);
  CHECK(watch("variable") == errc::ok);
  CHECK(control.variable_watchers == 1);
  CHECK(control.region_watchers == 0);
  CHECK(watch("region") == errc::ok);
  CHECK(control.region_watchers == 1);
  CHECK(client.ask("detach", {{"region", text("quotes")}}).code() == errc::ok);
  CHECK(control.variable_watchers == 0);
  CHECK(control.region_watchers == 0);
  ::munmap(mapped, shm::layout::page);
}

TEST_CASE("sessions tell who is attached to the own tenant",
          "[conformance][commands]") {
  const conformance_node node;
  auto client = node.client();
  const raw_client other{node.node.socket(), "prod"};
  const raw_client of_another_tenant{node.node.socket(), "little"};

  const auto all = client.ask("sessions").frame().fields;

  REQUIRE(rows_in(all).size() == 2);
  CHECK_FALSE(more_in(all));
  const auto row = rows_in(all)[0];
  CHECK(names_of(row)
        == std::set<std::string>{"session", "principal", "client", "uid", "pid",
                                 "regions", "age_ms"});
  CHECK(*wire::find_text(row, "client") == "conformance");
  CHECK(wire::number_or(row, "uid", 1) == ::geteuid());
  CHECK(wire::number_or(row, "pid", 0)
        == static_cast<std::uint64_t>(::getpid()));
  const auto first = wire::number_or(row, "session", 0);
  const auto rest = client.ask("sessions", {{"after", first}}).frame().fields;
  CHECK(rows_in(rest).size() == 1);
}

TEST_CASE("many variables come page by page, each once",
          "[conformance][commands]") {
  const test::real_node node{test::node_text(test::own_tenant(
    R"([{"name": "wide", "bytes": "4MiB", "variables_max": 1024}])"))};
  raw_client client{node.socket(), "prod"};
  for (int i = 0; i < 600; ++i)
    REQUIRE(client
              .ask("add_variable", {{"region", text("wide")},
                                    {"name", "v" + std::to_string(1000 + i)},
                                    {"kind", text("value")},
                                    {"type", text("u8")},
                                    {"capacity", std::uint64_t{1}}})
              .code()
            == errc::ok);

  std::vector<std::string> seen;
  for (bool more = true; more;) {
    wire::fields arguments{{"region", text("wide")}};
    if (!seen.empty())
      arguments.push_back({"after", seen.back()});
    const auto page = client.ask("variables", arguments).frame().fields;
    for (const auto& row : rows_in(page))
      seen.push_back(*wire::find_text(row, "name"));
    more = more_in(page);
    REQUIRE(!(more && rows_in(page).empty()));
  }

  REQUIRE(seen.size() == 600);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(seen.front() == "v1000");
  CHECK(seen.back() == "v1599");
}
