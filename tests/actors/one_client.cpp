#include "tests/actors/one_client.hpp"

namespace holdfast::test {

using namespace std::chrono_literals;

one_client::one_client() {
  REQUIRE(run_command(catalog::create_tenant{"prod", {64 << 20, 8, 4096, 8}}));
  catalog::principal ops;
  ops.who
    = {"ops",
       10,
       {},
       {{"quotes", {rules::right::read, rules::right::write}},
        {"own-*",
         {rules::right::read, rules::right::create, rules::right::admin}}}};
  REQUIRE(run_command(catalog::put_principal{"prod", ops}));
  for (const auto* name : {"quotes", "secret"}) {
    catalog::create_region made;
    made.name = {"prod", name};
    made.options = {1 << 20, 1 << 20, 16, 16};
    made.variables = {{"bid", shm::layout::variable_kind::value, "f64", 8}};
    REQUIRE(run_command(made));
  }
  session = connect(10);
}

actors::session_actor one_client::connect(std::uint32_t uid) {
  line = std::make_shared<recorded_line>();
  actors::session_options options;
  options.line = line;
  options.credentials = {uid, 20, 30};
  options.catalog = catalog;
  options.keeper = keeper;
  options.node = {1, {1, 1}, 0, "node-1", "1.0", 300ms, now()()};
  options.now = now();
  options.wall_now = [] { return std::chrono::system_clock::time_point{1s}; };
  options.log = log();
  return start(actors::session, std::move(options));
}

wire::bytes one_client::packet(std::uint64_t id, std::string command,
                               wire::fields fields) {
  wire::frame frame;
  frame.request_id = id;
  frame.command = std::move(command);
  frame.fields = std::move(fields);
  return wire::encode(frame).value();
}

void one_client::send(std::string command, wire::fields fields) {
  tell(session,
       line_packet{packet(++last_id, std::move(command), std::move(fields))});
}

const recorded_line::packet& one_client::call(std::string command,
                                              wire::fields fields) {
  send(std::move(command), std::move(fields));
  REQUIRE_FALSE(line->sent.empty());
  CHECK(line->sent.back().frame.request_id == last_id);
  return line->sent.back();
}

shm::errc one_client::refusal(std::string command, wire::fields fields) {
  const auto& answer = call(std::move(command), std::move(fields)).frame;
  return answer.kind == wire::frame_kind::failure ? wire::error_of(answer).code
                                                  : shm::errc::ok;
}

void one_client::say_hello() {
  REQUIRE(refusal("hello", {{"protocol", std::uint64_t{1}}}) == shm::errc::ok);
}

} // namespace holdfast::test
