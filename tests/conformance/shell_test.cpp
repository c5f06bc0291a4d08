// caf-shell against a real node: commands, forms of output, exit codes.
#include "shm/client/connection.hpp"
#include "tests/conformance/conformance_node.hpp"
#include "tests/conformance/shell_run.hpp"
#include "tests/support/catch.hpp"

#include <nlohmann/json.hpp>

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <future>
#include <string>
#include <utility>
#include <vector>

using namespace holdfast;
using namespace std::chrono_literals;
using nlohmann::json;
using test::conformance_node;
using test::run_shell;
using test::shell_end;
using words = std::vector<std::string>;

namespace {

struct shell_and_node {
  shell_end run(words command, const std::string& input = {},
                const std::string& tenant = "prod") const {
    words all{"--socket", node.node.socket(), "--tenant", tenant};
    all.insert(all.end(), command.begin(), command.end());
    return run_shell(all, input);
  }

  /// What it prints when it must succeed.
  std::string printed(words command) const {
    const auto end = run(std::move(command));
    CHECK(end.talk == "");
    CHECK(end.code == 0);
    return end.out;
  }

  json as_json(words command) const {
    command.insert(command.begin(), "--json");
    return json::parse(run(std::move(command)).out);
  }

  client::connection own_client() const {
    auto made = client::connection::connect(
      {node.node.socket(), "prod", "shell_test", 5s});
    REQUIRE(made);
    return std::move(made).assume_value();
  }

  conformance_node node;
};

} // namespace

TEST_CASE_METHOD(shell_and_node, "lists come as lines with tabs in a pipe",
                 "[conformance][shell]") {
  const auto regions = printed({"regions"});
  CHECK_THAT(regions, Catch::StartsWith("quotes\t1048576\t"));
  CHECK_THAT(regions, Catch::Contains("\t1\tactive\thome\tread write create "
                                      "admin\nrates\t1048576\t"));
  CHECK(std::count(regions.begin(), regions.end(), '\n') == 2);
  CHECK(printed({"variables", "quotes"})
        == "quotes/bid\tvalue\tf64\t8\t0\t0\n"
           "quotes/orders\tcounter\ti64\t8\t0\t0\n"
           "quotes/title\tstring\tstring\t64\t0\t0\n");
  CHECK_THAT(printed({"status"}), Catch::Contains("\nstate\tserving\n"));
  CHECK(printed({"version"}).find("protocol\t1\n") != std::string::npos);
  CHECK_THAT(printed({"time"}), Catch::StartsWith("unix_ns\t"));
  CHECK_THAT(printed({"sessions"}), Catch::Contains("\tme\tcaf-shell\t"));
  CHECK_THAT(printed({"region", "quotes"}), Catch::Contains("repairs\t0\n"));
}

TEST_CASE_METHOD(shell_and_node, "values of every type are set and got",
                 "[conformance][shell]") {
  printed({"create", "all", "512KiB", "--variables", "32"});
  const std::vector<words> values{
    {"bool", "true"},      {"i8", "-128"},
    {"u8", "255"},         {"i16", "-32768"},
    {"u16", "65535"},      {"i32", "-2147483648"},
    {"u32", "4294967295"}, {"i64", "-9223372036854775808"},
    {"f32", "0.1"},        {"f64", "-2.5e-300"},
    {"f64", "inf"},        {"u64", "18446744073709551615"}};

  int number = 0;
  for (const auto& each : values) {
    const auto name = "all/v" + std::to_string(number++);
    printed({"add", name, each[0]});
    CHECK(printed({"set", name, each[1]}) == "version 1\n");
    CHECK(printed({"get", name}) == each[1] + "\n");
  }
  printed({"add", "all/text", "string", "64"});
  printed({"set", "all/text", "two words\tand a tab"});
  CHECK(printed({"get", "all/text"}) == "two words\tand a tab\n");
  CHECK(printed({"get", "all/text", "all/v0"})
        == "all/text\ttwo words\\tand a tab\t1\ttrue\tfresh\n"
           "all/v0\ttrue\t1\ttrue\tfresh\n");
  printed({"add", "all/doc", "json", "1KiB"});
  printed({"set", "all/doc", R"({"a": [1, "b"]})"});
  CHECK(printed({"get", "all/doc"})
        == R"({"a":[1,"b"]})"
           "\n");
  printed({"add", "all/own", "my::type/1", "4"});
  printed({"set", "all/own", "0x00ff10A0"});
  CHECK(printed({"get", "all/own"}) == "0x00ff10a0\n");
  printed({"add", "all/blob", "bytes", "16"});
  const auto file = node.node.directory() + "/blob";
  std::ofstream{file} << "ABC";
  printed({"set", "all/blob", "@" + file});
  CHECK(printed({"get", "all/blob"}) == "0x414243\n");
}

TEST_CASE_METHOD(shell_and_node, "what is stored is flushed, and read for sure",
                 "[conformance][shell]") {
  CHECK(printed({"set", "quotes/bid", "1.5", "--flush"})
        == "version 1, committed\n");
  CHECK(printed({"incr", "quotes/orders", "3", "--flush"}) == "3\n");
  CHECK(printed({"get", "quotes/bid", "--confirm"}) == "1.5\n");
  CHECK(printed({"get", "quotes/bid", "quotes/orders", "--confirm"})
        == "quotes/bid\t1.5\t1\ttrue\tfresh\n"
           "quotes/orders\t3\t1\ttrue\tfresh\n");
  CHECK_THAT(printed({"flush", "quotes"}),
             Catch::StartsWith("region\tquotes\nepoch\t"));

  const auto provisional = as_json({"set", "quotes/bid", "2.5"});
  CHECK(provisional["data"]["committed"] == false);
  const auto refused = as_json({"flush", "quotes", "--disk"});
  CHECK(refused["error"]["name"] == "bad_argument");
  CHECK(run({"flush", "quotes", "--disk"}).code == 2);
  CHECK(run({"flush", "quotes"}, "", "little").code == 5);
  CHECK(run({"flush", "nowhere"}).code == 3);
}

TEST_CASE_METHOD(shell_and_node, "a store that is not known to be safe says so",
                 "[conformance][shell]") {
  // The node stops answering after the region was attached.
  const auto script = node.node.directory() + "/script";
  REQUIRE(::mkfifo(script.c_str(), 0600) == 0);
  auto shell = std::async(std::launch::async, [&] {
    return test::run_shell_script(
      {"--socket", node.node.socket(), "--tenant", "prod", "--patience", "300"},
      script);
  });
  std::ofstream commands{script};
  const auto own = own_client();
  commands << "set quotes/bid 1.5" << std::endl;
  const auto view = own.attach("quotes", shm::access::read);
  REQUIRE(view);
  const auto bid = view.assume_value().find<double>("bid").value();
  REQUIRE(test::eventually([&] { return bid.version() == 1; }));

  node.node.freeze();
  const bool stores = GENERATE(true, false);
  commands << (stores ? "set quotes/bid 2.5 --flush"
                      : "get quotes/bid --confirm")
           << std::endl;
  commands.close();
  const auto end = shell.get();
  node.node.thaw();

  CHECK(end.code == 7);
  CHECK_THAT(end.talk, Catch::Contains("unknown: "));
  if (stores)
    CHECK_THAT(end.talk, Catch::Contains("stored, but not known to be safe"));
  CHECK(bid.version() == (stores ? 2 : 1));
}

TEST_CASE_METHOD(shell_and_node, "counters are added to",
                 "[conformance][shell]") {
  CHECK(printed({"get", "quotes/orders"}) == "0\n");
  CHECK(printed({"incr", "quotes/orders"}) == "1\n");
  CHECK(printed({"incr", "quotes/orders", "41"}) == "42\n");
  CHECK(printed({"incr", "quotes/orders", "-50"}) == "-8\n");
  const auto refused = run({"set", "quotes/orders", "5"});
  CHECK(refused.code == 2);
  CHECK_THAT(refused.talk, Catch::Contains("use incr"));
}

TEST_CASE_METHOD(shell_and_node, "each exit code means what help says",
                 "[conformance][shell]") {
  const auto code
    = [this](words command) { return run(std::move(command)).code; };

  CHECK(code({"status"}) == 0);
  CHECK(code({"set", "quotes/title", std::string(65, 'x')}) == 1);
  CHECK(code({"nonsense"}) == 2);
  CHECK(code({"get"}) == 2);
  CHECK(code({"get", "quotes"}) == 2);
  CHECK(code({"status", "more"}) == 2);
  CHECK(code({"set", "quotes/bid", "1", "--colour", "blue"}) == 2);
  CHECK(code({"set", "quotes/bid", "much"}) == 2);
  CHECK(code({"set", "quotes/bid", "1", "--if-version"}) == 2);
  CHECK(code({"rm", "quotes"}) == 2);
  CHECK(code({"create", "x", "5 apples"}) == 2);
  CHECK(code({"get", "quotes/bid"}) == 3);
  CHECK(code({"get", "quotes/none"}) == 3);
  CHECK(code({"get", "none/bid"}) == 3);
  CHECK(run_shell({"--socket", "/nowhere", "status"}).code == 4);
  CHECK(run({"status"}, "", "others").code == 5);
  CHECK(run({"set", "quotes/x", "1"}, "", "little").code == 5);
  CHECK(code({"create", "quotes", "1MiB"}) == 6);
  CHECK(code({"set", "quotes/bid", "1", "--if-version", "7"}) == 6);
  CHECK(code({"create", "large", "64MiB"}) == 9);

  node.node.freeze();
  CHECK(code({"--patience", "100", "status"}) == 7);
  node.node.thaw();
}

TEST_CASE_METHOD(shell_and_node, "a value of a frozen node is shown as stale",
                 "[conformance][shell]") {
  printed({"set", "quotes/bid", "1.5"});
  const auto own = own_client();
  const auto view = own.attach("quotes", shm::access::read);
  REQUIRE(view);
  const auto script = node.node.directory() + "/script";
  REQUIRE(::mkfifo(script.c_str(), 0600) == 0);
  auto shell = std::async(std::launch::async, [&] {
    return test::run_shell_script(
      {"--socket", node.node.socket(), "--tenant", "prod"}, script);
  });
  std::ofstream commands{script};

  commands << "get quotes/bid" << std::endl;
  REQUIRE(test::eventually([&] {
    const auto quotes = own.call("region", {{"region", std::string{"quotes"}}});
    return wire::number_or(quotes.assume_value(), "clients", 0) == 2;
  }));
  node.node.freeze();
  REQUIRE(test::eventually([&] {
    return view.assume_value().freshness_now().kind
           == shm::freshness_kind::stale;
  }));
  commands << "get quotes/bid" << std::endl;
  commands.close();

  const auto end = shell.get();
  node.node.thaw();
  CHECK(end.out == "1.5\n1.5\n");
  CHECK(end.code == 8);
}

TEST_CASE_METHOD(shell_and_node, "watching shows each change until the count",
                 "[conformance][shell]") {
  printed({"set", "quotes/bid", "1.5"});
  auto watching = std::async(std::launch::async, [this] {
    return run({"watch", "quotes/bid", "quotes/title", "--count", "2"});
  });
  // By then it has shown what was there, and sleeps.
  const auto view = own_client().attach("quotes", shm::access::read);
  REQUIRE(view);
  const auto& control = view.assume_value().attached()->control();
  REQUIRE(test::eventually([&] { return control.variable_watchers != 0; }));

  printed({"set", "quotes/title", "moved"});
  printed({"set", "quotes/bid", "2.5"});

  const auto seen = watching.get();
  CHECK(seen.code == 0);
  CHECK(seen.out
        == "quotes/bid\t1.5\t1\tfresh\n"
           "quotes/title\tmoved\t1\tfresh\n"
           "quotes/bid\t2.5\t2\tfresh\n");
}

TEST_CASE_METHOD(shell_and_node, "programs get JSON, of errors as well",
                 "[conformance][shell]") {
  printed({"set", "quotes/bid", "101.5"});

  const auto got = as_json({"get", "quotes/bid"});
  CHECK(got["ok"] == true);
  CHECK(got["error"] == nullptr);
  CHECK(got["data"]["value"] == 101.5);
  CHECK(got["data"]["version"] == 1);
  CHECK(got["data"]["freshness"] == "fresh");
  CHECK(got["meta"]["node"]["id"] == 1);
  CHECK(got["meta"]["tenant"] == "prod");

  const auto missing = as_json({"region", "none"});
  CHECK(missing["ok"] == false);
  CHECK(missing["data"] == nullptr);
  CHECK(missing["error"]["code"] == 10);
  CHECK(missing["error"]["name"] == "no_such_region");
  CHECK_FALSE(missing["error"]["hint"].get<std::string>().empty());

  CHECK(as_json({"regions"})["data"].size() == 2);
  CHECK(as_json({"nonsense"})["error"]["name"] == "no_such_command");
  const auto nobody
    = json::parse(run_shell({"--socket", "/nowhere", "status", "--json"}).out);
  CHECK(nobody["error"]["name"] == "unreachable");
  CHECK(nobody["meta"] == nullptr);
  // Beyond 2^53 many readers would lose digits.
  printed({"add", "quotes/big", "u64"});
  printed({"set", "quotes/big", "18446744073709551615"});
  CHECK(as_json({"get", "quotes/big"})["data"]["value"]
        == "18446744073709551615");
}

TEST_CASE_METHOD(shell_and_node, "a script ends at its first failure",
                 "[conformance][shell]") {
  const auto end = run({}, "set quotes/bid 1\n"
                           "\n"
                           "# the title next\n"
                           "set quotes/title 'a # b'\n"
                           "get quotes/title\n"
                           "get quotes/none\n"
                           "version\n");

  CHECK(end.out == "version 1\nversion 1\na # b\n");
  CHECK(end.code == 3);
  CHECK(run({}, "status\nquit\nnonsense\n").code == 0);
}

TEST_CASE_METHOD(shell_and_node, "what is removed needs a yes",
                 "[conformance][shell]") {
  CHECK_THAT(run({"rm", "quotes/bid"}).talk, Catch::Contains("--yes"));
  printed({"rm", "quotes/bid", "--yes"});
  CHECK(run({"get", "quotes/bid"}).code == 3);
  printed({"rm", "quotes", "--yes"});
  CHECK(run({"region", "quotes"}).code == 3);
}

TEST_CASE_METHOD(shell_and_node, "a region grows", "[conformance][shell]") {
  printed({"grow", "quotes", "2MiB"});

  CHECK(as_json({"region", "quotes"})["data"]["bytes"] == 2U << 20);
}

TEST_CASE_METHOD(shell_and_node, "help needs no node", "[conformance][shell]") {
  const auto all = run_shell({"--socket", "/nowhere", "help"});
  const auto codes = run_shell({"help", "exit-codes"});
  const auto one = run_shell({"help", "set"});

  CHECK(all.code == 0);
  CHECK_THAT(all.out, Catch::Contains("watch REGION/NAME..."));
  CHECK_THAT(codes.out, Catch::Contains("130\tinterrupted\tCtrl-C\n"));
  CHECK_THAT(one.out, Catch::Contains("--if-version N"));
  CHECK(run_shell({"help", "nonsense"}).code == 2);
  CHECK(run_shell({"--help"}).code == 0);
}

TEST_CASE_METHOD(shell_and_node, "a person has prompt, completion and history",
                 "[conformance][shell]") {
  const test::temporary_directory home;
  const words arguments{"--socket", node.node.socket(), "--tenant", "prod"};
  {
    test::shell_terminal terminal{arguments, home.path()};
    REQUIRE(terminal.shows("prod@node-1> "));
    terminal.type("reg\tquo");
    REQUIRE(terminal.shows("ion")); // of region and regions
    terminal.type("\x03");
    REQUIRE(terminal.shows("prod@node-1> "));
    terminal.type("set quotes/b\t7.25\r");
    REQUIRE(terminal.shows("version 1"));
    terminal.type("get quo\tb\t\r");
    REQUIRE(terminal.shows("7.25"));
    REQUIRE(terminal.shows("fresh"));
    terminal.type("watch quotes/bid\r");
    REQUIRE(terminal.shows("quotes/bid  7.25  1  fresh"));
    terminal.type("\x03");
    REQUIRE(terminal.shows("prod@node-1> "));
    terminal.type("quit\r");
    CHECK(terminal.wait_for_end() == 0);
  }
  test::shell_terminal again{arguments, home.path()};
  REQUIRE(again.shows("prod@node-1> "));
  again.type("\x1b[A\x1b[A");
  CHECK(again.shows("watch quotes/bid"));
  again.type("\x03");
  node.node.kill();
  REQUIRE(again.shows("prod@node-1> "));
  again.type("status\r");
  CHECK(again.shows("unreachable"));
}
