#include "actors/rules/session_rights.hpp"

#include "tests/support/catch.hpp"

#include <chrono>

using namespace holdfast::rules;

TEST_CASE("a pattern matches the whole name", "[rules][session_rights]") {
  CHECK(matches("quotes", "quotes"));
  CHECK_FALSE(matches("quotes", "quotes2"));
  CHECK_FALSE(matches("quotes", "quote"));
  CHECK_FALSE(matches("", "a"));
  CHECK(matches("", ""));
}

TEST_CASE("a star is any characters and a question mark is one",
          "[rules][session_rights]") {
  CHECK(matches("*", ""));
  CHECK(matches("*", "anything"));
  CHECK(matches("eu-*", "eu-quotes"));
  CHECK_FALSE(matches("eu-*", "us-quotes"));
  CHECK(matches("*-quotes", "eu-quotes"));
  CHECK(matches("a*b*c", "a1b2b3c"));
  CHECK_FALSE(matches("a*b*c", "a1b2b3"));
  CHECK(matches("q?", "q1"));
  CHECK_FALSE(matches("q?", "q"));
  CHECK_FALSE(matches("q?", "q12"));
  CHECK(matches("*?", "x"));
  CHECK_FALSE(matches("*?", ""));
}

TEST_CASE("a hostile pattern costs no more than its length times the name's",
          "[rules][session_rights]") {
  std::string pattern;
  for (int i = 0; i < 31; ++i)
    pattern += "a*";
  pattern += 'b';
  const std::string name(63, 'a');

  const auto begin = std::chrono::steady_clock::now();
  bool matched = false;
  for (int i = 0; i < 1000; ++i)
    matched = matched || matches(pattern, name);

  CHECK_FALSE(matched);
  // By trying every split it would take years.
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{10});
}

TEST_CASE("rights of all matching grants add up, and no others",
          "[rules][session_rights]") {
  const std::vector<grant> grants{
    {"*", {right::read}}, {"eu-*", {right::write}}, {"us-*", {right::admin}}};

  CHECK(rights_on(grants, "eu-quotes") == right_set{right::read, right::write});
  CHECK(rights_on(grants, "asia") == right_set{right::read});
  CHECK(rights_on({}, "asia").empty());
  CHECK(has_anywhere(grants, right::admin));
  CHECK_FALSE(has_anywhere(grants, right::create));
}

TEST_CASE("rights are written in their order", "[rules][session_rights]") {
  CHECK(to_string(right_set{right::admin, right::read}) == "read admin");
  CHECK(to_string(right_set{}).empty());
}

TEST_CASE("the principal that describes a client closest is the one",
          "[rules][session_rights]") {
  const std::vector<principal> principals{{"group", {}, 20, {}},
                                          {"user", 10, {}, {}},
                                          {"both", 10, 20, {}},
                                          {"user again", 10, {}, {}}};
  const auto name = [&](std::uint32_t uid, std::uint32_t gid) {
    const auto* found = find_principal(principals, uid, gid);
    return found != nullptr ? found->name : "nobody";
  };

  CHECK(name(10, 20) == "both");
  CHECK(name(10, 21) == "user");
  CHECK(name(11, 20) == "group");
  CHECK(name(11, 21) == "nobody");
}

TEST_CASE("a principal without ids is nobody", "[rules][session_rights]") {
  const std::vector<principal> principals{{"ghost", {}, {}, {}}};

  CHECK(find_principal(principals, 0, 0) == nullptr);
}
