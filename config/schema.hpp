// Every key of the file in one table: the loader, the printed default and
// docs/configuration.md all say what this table says.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace holdfast::config {

enum class section {
  top,
  node,
  log,
  attach,
  lease,
  cluster,
  cluster_peer,
  health,
  tls,
  tenant,
  quota,
  principal,
  grant,
  region,
  variable,
};

/// Where a section stands: "tenants[].quota"; empty for the whole file.
std::string_view title_of(section where);

enum class shape { count, size, duration, text, word, list, object };

struct key_rule {
  section where;
  std::string_view key;
  enum shape shape;
  bool required;
  std::uint64_t fallback; ///< plain number, bytes or milliseconds
  std::uint64_t least;
  std::uint64_t most;    ///< of a list: entries
  std::string_view text; ///< default of a text or a word
  /// Says what is the default when it is not one value.
  std::string_view fallback_words;
  std::string_view allowed; ///< of a text or a list
  std::vector<std::string_view> words;
  std::string_view summary;
};

const std::vector<key_rule>& schema();

/// The rule of a key, or null when there is no such key.
const key_rule* rule_of(section where, std::string_view key);

std::vector<std::string_view> keys_of(section where);

/// The words as a phrase: `one of "read", "write"`.
std::string one_of(const std::vector<std::string_view>& words);

/// "required", "none", or the default as it is written in the file.
std::string default_text(const key_rule& rule);

/// What may be written, as a noun phrase: "a whole number from 1 to 64".
std::string allowed_text(const key_rule& rule);

} // namespace holdfast::config
