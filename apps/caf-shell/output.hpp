// How results are shown: tables on a terminal, plain text with tabs in a
// pipe, JSON for programs. Data goes to stdout, talk to stderr.
#pragma once

#include "apps/caf-shell/exit_code.hpp"
#include "apps/caf-shell/shown.hpp"
#include "shm/error.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace holdfast::shell {

enum class output_form { table, tabs, json };

/// Tables for a terminal, tabs for everything else.
output_form form_of_stdout() noexcept;

class output {
public:
  explicit output(output_form form);

  /// With the meta of the node that answered; null where none did.
  exit_code show(const shown& what, const nlohmann::ordered_json& meta) const;
  exit_code show(const shm::error& error,
                 const nlohmann::ordered_json& meta) const;

  /// One of many that come one after the other: a line, shown at once.
  void stream(const nlohmann::ordered_json& row) const;

  /// For people only, on stderr.
  void say(std::string_view talk) const;

  output_form form() const noexcept {
    return form_;
  }

private:
  output_form form_;
  bool colours_;
};

} // namespace holdfast::shell
