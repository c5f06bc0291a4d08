// A line taken apart into words, as people expect from a shell.
#pragma once

#include "shm/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shell {

/// Words are parted by blanks; quotes and '\' keep blanks in a word; '#' at
/// the start of a word begins a comment. A word that begins with '{' or '['
/// goes to the bracket that closes it, quotes and all, so that JSON needs no
/// quoting. Errors: bad_argument for a quote or bracket that is not closed.
shm::result<std::vector<std::string>> words_of(std::string_view line);

} // namespace holdfast::shell
