// Reads a series of prices: lines of "symbol,date,price" below a heading.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace holdfast::examples {

struct price {
  std::string symbol;
  std::string date; // as in the file: "Jan 1 2000"
  int month;        // months since the year 0, to play in the right order
  double value;
};

struct price_series {
  std::vector<price> prices; // by date, then as in the file
  std::vector<std::string> symbols;
  std::size_t skipped = 0; // lines that hold no price
};

/// Lines that are too long, have other than three fields, no date of the form
/// above or no positive price are skipped and counted.
price_series read_prices(std::istream& from);

} // namespace holdfast::examples
