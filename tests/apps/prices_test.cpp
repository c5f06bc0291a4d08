#include "apps/examples/prices.hpp"

#include "tests/support/catch.hpp"

#include <sstream>

using namespace holdfast::examples;

namespace {

price_series read(const std::string& lines) {
  std::istringstream from{"symbol,date,price\n" + lines};
  return read_prices(from);
}

} // namespace

TEST_CASE("prices are played by date, and as in the file within a month",
          "[apps][prices]") {
  const auto series = read("IBM,Feb 1 2000,92.11\nIBM,Jan 1 2000,100.52\n"
                           "AAPL,Jan 1 2000,25.94\r\nAAPL,Dec 1 1999,24\n");

  REQUIRE(series.prices.size() == 4);
  CHECK(series.prices[0].date == "Dec 1 1999");
  CHECK(series.prices[1].symbol == "IBM");
  CHECK(series.prices[1].value == 100.52);
  CHECK(series.prices[2].symbol == "AAPL");
  CHECK(series.prices[2].value == 25.94);
  CHECK(series.prices[3].date == "Feb 1 2000");
  CHECK(series.symbols == std::vector<std::string>{"IBM", "AAPL"});
  CHECK(series.skipped == 0);
}

TEST_CASE("a line that holds no price is skipped and counted",
          "[apps][prices]") {
  const auto* line = GENERATE(
    "", "IBM", "IBM,Jan 1 2000", "IBM,Jan 1 2000,", "IBM,,1",
    "IBM,Jan 1 2000,1,2", "IBM,Jan 1 2000,1x", "IBM,Jan 1 2000,nan",
    "IBM,Jan 1 2000,inf", "IBM,Jan 1 2000,-1", "IBM,Jan 1 2000,0",
    "IBM,Jan 1 2000,1e999", "IBM,Jan 1,1", "IBM,Foo 1 2000,1", "IBM,Jan 1 -5,1",
    "IBM,Jan 1 99999,1", ",Jan 1 2000,1", "ibm/x,Jan 1 2000,1",
    "LONGNAME,Jan 1 2000,1", "IBM,Jan 1 2000        ,1");

  const auto series = read(std::string{line} + "\nAAPL,Jan 1 2000,25.94\n");

  INFO(line);
  CHECK(series.skipped == 1);
  CHECK(series.symbols == std::vector<std::string>{"AAPL"});
}

TEST_CASE("nothing to read is an empty series", "[apps][prices]") {
  std::istringstream nothing;

  CHECK(read_prices(nothing).prices.empty());
  CHECK(read(std::string(100'000, 'x')).prices.empty());
}
