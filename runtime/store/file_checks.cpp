#include "runtime/store/file_checks.hpp"

namespace holdfast::runtime {

shm::result<void> check_whole_file(database& db,
                                   std::string_view application_id) {
  auto id = db.ask("PRAGMA application_id");
  if (!id)
    return std::move(id).assume_error();
  if (id.assume_value() != application_id)
    return damaged("the file is one of another kind");
  auto verdict = db.ask("PRAGMA quick_check(1)");
  if (!verdict)
    return std::move(verdict).assume_error();
  if (verdict.assume_value() != "ok")
    return damaged(verdict.assume_value());
  return boost::outcome_v2::success();
}

shm::result<void> check_schema(database& db,
                               std::span<const std::string_view> tables) {
  auto names
    = db.prepare("SELECT sql FROM sqlite_schema ORDER BY type, name, sql");
  if (!names)
    return std::move(names).assume_error();
  auto& rows = names.assume_value();
  for (const auto& table : tables) {
    auto row = rows.step();
    if (!row)
      return std::move(row).assume_error();
    if (!row.assume_value() || rows.text(0) != table)
      return damaged("the tables are not those of this version");
  }
  auto more = rows.step();
  if (!more)
    return std::move(more).assume_error();
  if (more.assume_value())
    return damaged("there are more tables than this version makes");
  return boost::outcome_v2::success();
}

} // namespace holdfast::runtime
