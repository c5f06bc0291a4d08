// The commands of the shell: one list for the prompt, for one-shot use and for
// help.
#pragma once

#include "apps/caf-shell/exit_code.hpp"
#include "apps/caf-shell/node_link.hpp"
#include "apps/caf-shell/output.hpp"
#include "apps/caf-shell/shown.hpp"
#include "shm/error.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::shell {

/// A command's words, sorted into values and options.
struct arguments {
  std::vector<std::string> values;
  std::map<std::string, std::string, std::less<>> options;

  bool has(std::string_view option) const {
    return options.contains(option);
  }

  /// The number after an option. Errors: bad_argument.
  shm::result<std::optional<std::uint64_t>>
  number(std::string_view option) const;
};

/// What commands work with.
struct workplace {
  node_link& node;
  const output& out;
  bool may_ask = false; // a person is there to answer
};

/// An option: "--count N" takes a value, "--yes" does not. Given more than
/// once, the last counts, or all do, joined by commas.
struct option_spec {
  std::string_view name; // without the dashes
  std::string_view value = {};
  std::string_view meaning;
  bool repeats = false;
};

/// What a word of the command names, for completion.
enum class completes { nothing, command, region, variable };

struct command {
  std::string_view name;   // one word or two: "certs init"
  std::string_view values; // "REGION/NAME VALUE", as help shows it
  std::size_t values_min = 0;
  std::size_t values_max = 0;
  completes first = completes::nothing;
  std::string_view summary;
  std::string_view example;
  shm::result<shown> (*run)(workplace&, const arguments&);
  std::span<const option_spec> options = {};
};

std::span<const command> all_commands() noexcept;

/// Errors: no_such_command, with the nearest name.
shm::result<const command*> find_command(std::string_view name);

/// The command that a line's words begin with; its name may be two of them.
/// Errors: no_such_command, with what may follow or the nearest name.
shm::result<const command*> find_command(std::span<const std::string> words);

/// How many of a line's words are its command's name.
std::size_t words_of_name(const command& of) noexcept;

/// Errors: bad_argument, with the usage.
shm::result<arguments> sort_arguments(const command& of,
                                      std::span<const std::string> words);

/// "set REGION/NAME VALUE [--if-version N]".
std::string usage_of(const command& of);

/// Runs a line's words and shows the result; nothing for no words. `--json`
/// among the words shows this one result as JSON.
exit_code run_words(workplace& at, std::vector<std::string> words);

} // namespace holdfast::shell
