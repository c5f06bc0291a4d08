#include "apps/holdfast-torture/progress.hpp"

#include "apps/holdfast-torture/checker/words.hpp"

#include <unistd.h>

#include <cstdio>

namespace holdfast::torture {

namespace {

constexpr const char* clear_line = "\r\033[K";

bool on_terminal() noexcept {
  return ::isatty(STDERR_FILENO) == 1;
}

} // namespace

void say(const std::string& what) {
  say_nothing();
  std::fprintf(stderr, "%s\n", what.c_str());
}

/// On a terminal in place of the one before; else only each hundredth.
void say_fault(std::size_t number, std::size_t of, const planned_fault& what) {
  const std::string word{word_for(what.kind)};
  if (on_terminal())
    std::fprintf(stderr, "%sfault %zu of %zu: %s", clear_line, number, of,
                 word.c_str());
  else if (number == 1 || number == of || number % 100 == 0)
    std::fprintf(stderr, "fault %zu of %zu: %s\n", number, of, word.c_str());
}

void say_nothing() {
  if (on_terminal())
    std::fputs(clear_line, stderr);
}

} // namespace holdfast::torture
