// Nobody reaches what was not granted, however it is spelled.
#include "tests/hostile/raw_client.hpp"
#include "tests/hostile/stage.hpp"
#include "tests/support/catch.hpp"

#include <string>
#include <vector>

using namespace holdfast;
using namespace holdfast::test;
using shm::errc;

namespace {

// The code of the failure; ok if the node did what was asked.
errc code_of(const std::optional<wire::frame>& answer) {
  if (!answer)
    return errc::unreachable;
  return answer->kind == wire::frame_kind::failure
           ? wire::error_of(*answer).code
           : errc::ok;
}

wire::fields on(const std::string& region, wire::fields more = {}) {
  more.insert(more.begin(), {"region", region});
  return more;
}

// The answer as an exit code, from a session of the attacker in its tenant.
errc ask_as_attacker(const stage& at, const std::string& command,
                     const wire::fields& arguments) {
  return static_cast<errc>(at.attack(attacker_user, [&] {
    raw_client client{at.socket()};
    if (!client.hello("alpha"))
      return static_cast<int>(errc::refused);
    return static_cast<int>(code_of(client.ask(command, arguments)));
  }));
}

const std::vector<std::string> spellings{"vault",
                                         "beta/vault",
                                         "beta:vault",
                                         "beta.vault",
                                         "../beta/vault",
                                         "/beta/vault",
                                         "canary/vault",
                                         "vault/",
                                         "./vault",
                                         "open/../vault",
                                         "%2e%2e/vault",
                                         "VAULT",
                                         std::string{"open\0vault", 10},
                                         "*",
                                         "v*",
                                         "",
                                         " vault",
                                         std::string(63, 'v'),
                                         std::string(4096, 'v')};

} // namespace

TEST_CASE("a tenant reaches no region of another by any spelling",
          "[hostile][tenant]") {
  const stage at;
  canary canary{at};

  for (const auto& name : spellings)
    for (const auto* access : {"read", "write"}) {
      INFO("'" << name << "' for " << access);
      const auto got = ask_as_attacker(
        at, "attach", on(name, {{"access", std::string{access}}}));
      CHECK((got == errc::no_such_region || got == errc::no_right
             || got == errc::bad_argument));
    }
  for (const auto* command :
       {"region", "variables", "detach", "remove_region"}) {
    INFO(command);
    const auto got = ask_as_attacker(at, command, on("vault"));
    CHECK((got == errc::no_such_region || got == errc::no_right
           || got == errc::bad_argument));
  }
  canary.expect_unharmed();
}

TEST_CASE("nobody becomes a principal of another tenant", "[hostile][tenant]") {
  if (!have_root())
    return skip_aloud("saying hello as another user");
  const stage at;
  for (const auto& tenant :
       {std::string{"beta"}, std::string{"canary"}, std::string{"nobody"},
        std::string{"alpha/../beta"}, std::string{"ALPHA"},
        std::string{"alpha\0beta", 10}, std::string(5000, 'a')}) {
    INFO("tenant '" << tenant << "'");
    CHECK(at.attack(attacker_user, [&] {
      raw_client client{at.socket()};
      return client.hello(tenant) ? 1 : 0;
    }) == 0);
  }
  // And a user without a tenant gets in nowhere.
  CHECK(at.attack(64003, [&] {
    raw_client client{at.socket()};
    return client.hello("") || client.hello("alpha") ? 1 : 0;
  }) == 0);
}

TEST_CASE("a right is not another right", "[hostile][tenant]") {
  const stage at;
  const wire::fields variable{{"name", std::string{"mine"}},
                              {"kind", std::string{"bytes"}},
                              {"type", std::string{"bytes"}},
                              {"capacity", std::uint64_t{64}}};
  const wire::fields made{{"bytes", std::uint64_t{1} << 20},
                          {"bytes_max", std::uint64_t{1} << 20},
                          {"variables_max", std::uint64_t{16}},
                          {"writers", std::string{"clients"}}};
  const auto writing = [](const char* region) {
    return on(region, {{"access", std::string{"write"}}});
  };
  const auto reading = [](const char* region) {
    return on(region, {{"access", std::string{"read"}}});
  };

  // With the grant it works, so the refusals below are about the grant.
  CHECK(ask_as_attacker(at, "attach", reading("glance")) == errc::ok);
  CHECK(ask_as_attacker(at, "attach", writing("open")) == errc::ok);
  CHECK(ask_as_attacker(at, "add_variable", on("open", variable)) == errc::ok);

  CHECK(ask_as_attacker(at, "attach", writing("glance")) == errc::no_right);
  CHECK(ask_as_attacker(at, "attach", writing("ours")) == errc::no_right);
  const auto secret = ask_as_attacker(at, "attach", reading("secret"));
  CHECK((secret == errc::no_right || secret == errc::no_such_region));
  CHECK(ask_as_attacker(at, "add_variable", on("glance", variable))
        == errc::no_right);
  CHECK(ask_as_attacker(at, "add_variable", on("grows", variable))
        == errc::no_right);
  CHECK(ask_as_attacker(at, "remove_variable",
                        on("glance", {{"name", std::string{"v"}}}))
        == errc::no_right);
  CHECK(ask_as_attacker(at, "create_region", on("open2", made))
        == errc::no_right);
  CHECK(ask_as_attacker(at, "remove_region", on("open")) == errc::no_right);
  CHECK(ask_as_attacker(at, "grow_region",
                        on("grows", {{"bytes", std::uint64_t{2} << 20}}))
        == errc::no_right);
  CHECK(ask_as_attacker(at, "sessions", {}) == errc::no_right);
}
