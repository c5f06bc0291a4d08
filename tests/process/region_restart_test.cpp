// What was made by command is there again after the node was killed.
#include "tests/process/one_region.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

std::string text(const char* value) {
  return value;
}

void make_orders(const client::connection& client) {
  REQUIRE(client.call("create_region", {{"region", text("orders")},
                                        {"bytes", std::uint64_t{1 << 20}},
                                        {"bytes_max", std::uint64_t{2 << 20}},
                                        {"variables_max", std::uint64_t{8}}}));
  REQUIRE(client.call("add_variable", {{"region", text("orders")},
                                       {"name", text("last")},
                                       {"kind", text("value")},
                                       {"type", text("f64")},
                                       {"capacity", std::uint64_t{8}}}));
  REQUIRE(client.call("grow_region", {{"region", text("orders")},
                                      {"bytes", std::uint64_t{2 << 20}}}));
}

wire::fields told_about(const client::connection& client, const char* region) {
  auto told = client.call("region", {{"region", text(region)}});
  if (!told)
    FAIL(told.assume_error().message());
  return std::move(told).assume_value();
}

shm::variable<double> last_order(const client::connection& client) {
  auto attached = client.attach("orders", shm::access::write);
  REQUIRE(attached);
  auto found = attached.assume_value().find<double>("last");
  REQUIRE(found);
  return std::move(found).assume_value();
}

void overwrite_from(const std::string& file, std::uintmax_t offset) {
  const auto size = std::filesystem::file_size(file);
  REQUIRE(size > offset);
  std::fstream damaged{file, std::ios::in | std::ios::out | std::ios::binary};
  damaged.seekp(static_cast<std::streamoff>(offset));
  damaged << std::string(size - offset, 'x');
}

/// Changes the catalog until that fails, and answers how.
shm::error change_until_it_fails(const client::connection& client) {
  for (int i = 0; i < 1000; ++i) {
    auto done = client.call("add_variable", {{"region", text("quotes")},
                                             {"name", text("ask")},
                                             {"kind", text("value")},
                                             {"type", text("f64")},
                                             {"capacity", std::uint64_t{8}}});
    if (done)
      done = client.call("remove_variable",
                         {{"region", text("quotes")}, {"name", text("ask")}});
    if (!done)
      return std::move(done).assume_error();
  }
  return {};
}

} // namespace

TEST_CASE("a region made by command survives the death of its node",
          "[process][restart]") {
  real_node node{node_text(own_tenant(one_region))};
  std::uint64_t epoch = 0;
  {
    const auto client = connect(node);
    make_orders(client);
    epoch = wire::number_or(told_about(client, "orders"), "epoch", 0);
    REQUIRE(last_order(client).store(7.5));
  }

  node.kill();
  node.restart();

  const auto client = connect(node);
  const auto orders = told_about(client, "orders");
  CHECK(wire::number_or(orders, "bytes", 0) == 2 << 20);
  CHECK(wire::number_or(orders, "epoch", 0) > epoch);
  CHECK(last_order(client).read().assume_error() == shm::errc::no_value);
  CHECK(wire::number_or(told_about(client, "quotes"), "variables", 0) == 1);
}

TEST_CASE("a region that was removed by command stays removed",
          "[process][restart]") {
  real_node node{node_text(own_tenant(one_region))};
  {
    const auto client = connect(node);
    make_orders(client);
    REQUIRE(client.call("remove_region", {{"region", text("orders")}}));
  }

  CHECK(node.stop() == 0);
  node.restart();

  const auto client = connect(node);
  const auto gone = client.call("region", {{"region", text("orders")}});
  REQUIRE_FALSE(gone);
  CHECK(gone.assume_error().code == shm::errc::no_such_region);
  make_orders(client);
}

TEST_CASE("a node whose log is damaged does not start and says so",
          "[process][restart]") {
  real_node node{node_text(own_tenant(one_region))};
  REQUIRE(node.stop() == 0);
  const auto directory = node.directory() + "/state/consensus/";
  // Of the database all but its first page; of the log before it the second
  // half, which SQLite by itself would take for a commit that was cut off.
  if (GENERATE(true, false))
    overwrite_from(directory + "consensus.db", 4096);
  else
    overwrite_from(directory + "consensus.db-wal",
                   std::filesystem::file_size(directory + "consensus.db-wal")
                     / 2);

  const auto ended = run_node({"--config", node.config_file()});

  CHECK(ended.exit_code == 14);
  CHECK(ended.output.find("corrupt") != std::string::npos);
  CHECK(ended.output.find(node.directory() + "/state/consensus")
        != std::string::npos);
}

TEST_CASE("a node whose disk takes nothing any more ends and says so",
          "[process][restart]") {
  real_node node{node_text(own_tenant(one_region))};
  {
    const auto client = connect(node);
    const rlimit small{256 << 10, 256 << 10};
    REQUIRE(::prlimit(node.pid(), RLIMIT_FSIZE, &small, nullptr) == 0);

    const auto failure = change_until_it_fails(client);

    // It is not known to have happened, or the line ended before the answer.
    CHECK((failure.code == shm::errc::unknown
           || failure.code == shm::errc::unreachable));
  }
  CHECK(node.wait_for_end(10s) == 15);
  const auto log = node.log();
  CHECK(log.find("the log of consensus cannot be written")
        != std::string::npos);
  CHECK(log.find(node.directory() + "/state/consensus") != std::string::npos);

  node.restart();

  const auto client = connect(node);
  CHECK(wire::number_or(told_about(client, "quotes"), "variables", 0) >= 1);
}
